"""A small server of the native protocol, so that the client's own behaviour can be tested alone.

It scores by two simple rules, remembers every request, and can be told to fail next.
"""

import gzip
import hashlib
import json
import threading
import types
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Optional


class Seen(NamedTuple):
    """A request as it arrived."""

    path: str
    headers: dict
    body: Any
    raw: bytes
    client: tuple


class Failure(NamedTuple):
    """What happens to the next request; ``drop`` closes the connection after the work is done."""

    status: int = 0
    headers: Mapping[str, str] = types.MappingProxyType({})
    body: bytes = b""
    drop: bool = False


REFUSED = Failure(400, body=b'{"error":{"code":"DATA_FIELD_INVALID","message":"is wrong"}}')


def text_of(value):
    return value if isinstance(value, str) else value[-1]["content"]


def score_row(row):
    """1 for the reference in the completion, 0.1 more for an answer tag; no reference: invalid."""
    completion = text_of(row["completion"])
    answered = 1 if "<answer>" in completion else 0
    if "reference" not in row:
        return None, {"correct": None, "format": answered}
    reference = row["reference"]
    accepted = reference if isinstance(reference, list) else [reference]
    correct = 1 if any(str(entry) in completion for entry in accepted) else 0
    return correct + 0.1 * answered, {"correct": correct, "format": answered}


class NativeServer:
    """Runs in a thread; ``with NativeServer() as server`` gives ``server.url``."""

    def __init__(self, context=None):
        self.seen: list[Seen] = []
        self.failures: list[Failure] = []
        self.answers: dict[str, dict] = {}
        self.scored_batches = 0
        self.has_advantage = True
        self.edit = lambda answer: answer
        self.close_after_answer = False
        self.barrier: Optional[threading.Barrier] = None
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                server.handle(self, b"")

            def do_POST(self):
                server.handle(self, self.rfile.read(int(self.headers["Content-Length"])))

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.httpd = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.httpd.server_port}"
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.httpd.shutdown()
        self.httpd.server_close()

    def handle(self, handler, raw):
        packed = handler.headers.get("Content-Encoding") == "gzip"
        content = gzip.decompress(raw) if packed else raw
        body = json.loads(content) if content else None
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self.lock:
            self.seen.append(Seen(handler.path, headers, body, raw, handler.client_address))
            failure = self.failures.pop(0) if self.failures else None
        if self.barrier is not None:
            self.barrier.wait(timeout=20)
        if failure is not None and not failure.drop:
            return self.reply(handler, failure.status, failure.body, failure.headers)
        status, answer = self.answer(handler.path, headers, body)
        if failure is not None:
            handler.close_connection = True
            handler.connection.close()
            return None
        self.reply(handler, status, json.dumps(self.edit(answer)).encode(), {})
        if self.close_after_answer:
            handler.close_connection = True
        return None

    def reply(self, handler, status, content, headers):
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
        handler.wfile.flush()

    def answer(self, path, headers, body):
        if path.endswith("/v1/rewards"):
            if body is None:
                return 200, self.served()
            with self.lock:
                known = self.answers.get(headers["idempotency-key"])
                if known is not None:
                    return 200, {**known, "repeated": True}
                answer = self.score(body)
                self.answers[headers["idempotency-key"]] = answer
            return 200, answer
        if path == "/get_reward":
            rows = [
                {
                    "completion": query[len(prompt) :],
                    **({} if label is None else {"reference": label}),
                }
                for query, prompt, label in zip(body["query"], body["prompts"], body["labels"])
            ]
            scored = [score_row(row) for row in rows]
            if any(reward is None for reward, _ in scored):
                return 500, error("SIGNAL_FAILED", "correct: no reference")
            return 200, {
                "rewards": [reward for reward, _ in scored],
                "scores": [columns["correct"] for _, columns in scored],
                "extra_logs": {"format": [columns["format"] for _, columns in scored]},
            }
        return 404, error("PATH_UNKNOWN", f'there is no path "{path}"')

    def served(self):
        return {
            "reward": "small",
            "run": "now",
            "specDigest": "0" * 64,
            "columns": ["correct", "format"],
            "signals": [
                {"name": "correct", "method": "math-answer"},
                {"name": "format", "method": "format-tags"},
            ],
            "advantage": self.has_advantage,
            "groupSize": None,
        }

    def score(self, body):
        self.scored_batches += 1
        groups: dict[str, list[float]] = {}
        scored = [score_row(row) for row in body["rows"]]
        names = [row.get("group", json.dumps(row["prompt"])) for row in body["rows"]]
        for name, (reward, _) in zip(names, scored):
            if reward is not None:
                groups.setdefault(name, []).append(reward)
        rows = []
        for row, name, (reward, columns) in zip(body["rows"], names, scored):
            advantage = None
            if reward is not None and self.has_advantage:
                advantage = reward - sum(groups[name]) / len(groups[name])
            reasons = (
                [] if reward is not None else [{"column": "correct", "reason": "no reference"}]
            )
            rows.append(
                {
                    "id": row["id"],
                    "reward": reward,
                    "valid": reward is not None,
                    "advantage": advantage,
                    "columns": columns,
                    "reasons": reasons,
                }
            )
        digest = hashlib.sha256(json.dumps(body).encode()).hexdigest()
        return {
            "batch": f"b_{self.scored_batches}",
            "specDigest": digest[:8],
            "repeated": False,
            "rows": rows,
        }


def error(code, message):
    return {"error": {"code": code, "message": message}}
