"""The client of a reward server: rows in, rewards out."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
import threading
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Literal, Optional, TypeVar

from ._http import Answer, Http
from ._json import decode, encode
from .batch import Batch, parse_batch
from .error import GuerdonError

Groups = Literal["whole", "single"]
Result = TypeVar("Result")


class Client:
    """Talks to ``guerdon serve``. Safe to share between threads and to pickle.

    Args:
        url: address of the server, ``http://127.0.0.1:8765``.
        key: API key; the environment variable ``GUERDON_KEY`` when not given.
        timeout: seconds one try may take.
        retries: tries after the first, for lost connections and the statuses 429, 502, 503, 504.
        ca_file: certificates (PEM) to trust for https instead of the system's.
        concurrency: requests that the async methods keep under way at once. A server that waits for
            the rows of a group needs all of them under way, so keep it above rows a step.
        first_wait: seconds before the first retry; doubles with each, with jitter.

    Example::

        client = Client("http://127.0.0.1:8765")
        batch = client.score([
            {"prompt": "What is 17 + 25?", "completion": "It is 42.", "reference": "42"},
        ])
        batch.rewards          # [1.0]
    """

    def __init__(
        self,
        url: str,
        key: Optional[str] = None,
        timeout: float = 120,
        retries: int = 5,
        ca_file: Optional[str] = None,
        *,
        concurrency: int = 1024,
        first_wait: float = 0.5,
    ) -> None:
        if key is None:
            key = os.environ.get("GUERDON_KEY") or None
        self._arguments = (url, key, timeout, retries, ca_file, concurrency, first_wait)
        self._http = Http(url, key, timeout, retries, ca_file, first_wait)
        self._concurrency = concurrency
        self._pool: Optional[ThreadPoolExecutor] = None
        self._pool_process = 0
        self._pool_lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        # Connections and threads stay behind: Ray sends reward functions to its workers.
        return _rebuild, self._arguments

    def score(
        self,
        rows: Sequence[Mapping[str, Any]],
        step: Optional[int] = None,
        groups: Groups = "whole",
        *,
        protocol: str = "python",
        spec: str = "default",
    ) -> Batch:
        """Scores rollouts and returns one answer a row, in order.

        Args:
            rows: ``prompt`` and ``completion`` (strings or lists of chat messages), and any of
                ``id``, ``group``, ``reference``, ``columns``, ``finish_reason``, ``tokens``,
                ``logprobs``. Rows without a group are grouped by their prompt.
            step: training step, for the server's charts.
            groups: ``"whole"`` when every group is complete in these rows, ``"single"`` when the
                others come in requests of their own.
            protocol: label of the batch in the server's store and metrics.
            spec: name of the reward that must be served, or ``"default"``.

        Raises:
            GuerdonError: the server's own sentence when it refuses, ``CONNECTION_FAILED``,
                ``ANSWER_INVALID``, or ``ARGUMENT_INVALID`` (NaN in a row, for example).
        """
        body, ids = request_body(rows, step, groups, protocol, spec)
        return parse_batch(self.post("/v1/rewards", body), ids)

    async def score_async(
        self,
        rows: Sequence[Mapping[str, Any]],
        step: Optional[int] = None,
        groups: Groups = "whole",
        *,
        protocol: str = "python",
        spec: str = "default",
    ) -> Batch:
        """``score`` without blocking the event loop."""
        return await self.in_thread(
            functools.partial(self.score, rows, step, groups, protocol=protocol, spec=spec)
        )

    def post(self, path: str, body: bytes) -> Any:
        """Posts JSON to a path of the server and returns the parsed answer.

        The request carries one ``Idempotency-Key`` over all its tries.

        Raises:
            GuerdonError: as ``score``.
        """
        return _parsed(self._http.send("POST", path, body, str(uuid.uuid4())))

    def get(self, path: str) -> Any:
        """Gets a path of the server and returns the parsed answer.

        Raises:
            GuerdonError: as ``score``.
        """
        return _parsed(self._http.send("GET", path, None, None))

    def signal_names(self) -> list[str]:
        """Names of the signals of the reward that is served now, in the order of its spec.

        Raises:
            GuerdonError: as ``score``; ``ANSWER_INVALID`` when the server is another one.
        """
        served = self.get("/v1/rewards")
        try:
            return [str(signal["name"]) for signal in served["signals"]]
        except (KeyError, TypeError) as error:
            raise GuerdonError(
                "ANSWER_INVALID", "the description of the served reward has another form"
            ) from error

    async def in_thread(self, call: Callable[[], Result]) -> Result:
        """Runs a blocking call of this client in one of its threads.

        ``asyncio.to_thread`` would do but for its few threads (processors + 4): rows of one group,
        each held by the server until the group is complete, would wait for one that never starts.
        """
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._threads(), functools.partial(context.run, call)
        )

    def _threads(self) -> ThreadPoolExecutor:
        with self._pool_lock:
            if self._pool is None or self._pool_process != os.getpid():
                self._pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="guerdon")
                self._pool_process = os.getpid()
            return self._pool

    def close(self) -> None:
        """Closes the connections and lets the threads of async calls end."""
        with self._pool_lock:
            if self._pool is not None and self._pool_process == os.getpid():
                self._pool.shutdown(wait=False)
            self._pool = None
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _rebuild(
    url: str,
    key: Optional[str],
    timeout: float,
    retries: int,
    ca_file: Optional[str],
    concurrency: int,
    first_wait: float,
) -> Client:
    return Client(
        url, key, timeout, retries, ca_file, concurrency=concurrency, first_wait=first_wait
    )


def request_body(
    rows: Sequence[Mapping[str, Any]],
    step: Optional[int],
    groups: Groups,
    protocol: str,
    spec: str,
) -> tuple[bytes, list[str]]:
    """The body of ``POST /v1/rewards`` and its rows' ids; a row without one gets ``r<index>``.

    Raises:
        GuerdonError: ``ARGUMENT_INVALID``.
    """
    named = []
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise GuerdonError(
                "ARGUMENT_INVALID", f"rows[{index}] is a {type(row).__name__}; expected a dict"
            )
        named.append({**row, "id": str(row.get("id", f"r{index}"))})
    message: dict[str, Any] = {"spec": spec, "protocol": protocol, "groups": groups, "rows": named}
    if all(row["id"] == f"r{index}" for index, row in enumerate(named)):
        # Ids that only count: the server keeps the rows under names of their own.
        message["positional"] = True
    if step is not None:
        message["step"] = step
    return encode(message), [row["id"] for row in named]


def _parsed(answer: Answer) -> Any:
    try:
        parsed = decode(answer.body)
    except (ValueError, RecursionError) as error:
        if 200 <= answer.status < 300:
            raise GuerdonError("ANSWER_INVALID", f"the answer is not JSON: {error}") from error
        parsed = None
    if 200 <= answer.status < 300:
        return parsed
    failure = parsed.get("error") if isinstance(parsed, dict) else None
    if isinstance(failure, dict) and "message" in failure:
        raise GuerdonError(
            str(failure.get("code", "UNKNOWN")), str(failure["message"]), answer.status
        )
    text = answer.body[:300].decode(errors="replace").strip() or "an empty answer"
    raise GuerdonError("ANSWER_INVALID", f"the server answered: {text}", answer.status)
