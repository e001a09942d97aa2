"""HTTP for a trainer: one kept connection a thread, and retries the server knows again."""

from __future__ import annotations

import contextlib
import email.utils
import gzip
import http.client
import os
import random
import ssl
import threading
import time
import weakref
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

from .error import GuerdonError

RETRIED_STATUSES = frozenset({429, 502, 503, 504})

#: A body below this is sent as it is: packing it costs more time than it saves.
_PACK_ABOVE_BYTES = 65_536

#: No wait is longer, whatever ``Retry-After`` says: a trainer that sleeps for an hour looks hung.
_LONGEST_WAIT_SECONDS = 60.0


class Answer(NamedTuple):
    """Status and body of an HTTP answer, the body unpacked."""

    status: int
    body: bytes
    retry_after: Optional[str]


class Connections(threading.local):
    """The calling thread's kept connection, and the process that opened it."""

    connection: Optional[http.client.HTTPConnection] = None
    process: int = 0


class Http:
    """Sends requests to one server.

    Args:
        url: ``http://host:port`` or ``https://...``, with or without a path in front of the API.
        key: sent as ``Authorization: Bearer``.
        timeout: seconds that one try may take, connecting and every wait for bytes each.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https instead of the system's.
        first_wait: seconds before the first retry; doubles with each, with jitter.

    Raises:
        GuerdonError: ``ARGUMENT_INVALID`` for an address that is not http or https.
    """

    def __init__(
        self,
        url: str,
        key: Optional[str],
        timeout: float,
        retries: int,
        ca_file: Optional[str],
        first_wait: float = 0.5,
    ) -> None:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname
        if not known or parts.query or parts.fragment or parts.username:
            raise GuerdonError(
                "ARGUMENT_INVALID", f'"{url}" is not an address; expected http://host:port'
            )
        self._url = url
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port
        self._prefix = parts.path.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._retries = retries
        self._ca_file = ca_file
        self._first_wait = first_wait
        self._local = Connections()
        self._opened: weakref.WeakSet[http.client.HTTPConnection] = weakref.WeakSet()
        self._opened_lock = threading.Lock()

    def send(
        self, method: str, path: str, body: Optional[bytes], idempotency_key: Optional[str]
    ) -> Answer:
        """Sends a request until it is answered with something final, and returns that answer.

        Retried: failures of the connection, time-outs, and the statuses 429, 502, 503 and 504,
        after ``Retry-After`` or a doubling wait with jitter. Every try carries the same
        ``Idempotency-Key``, so a request whose answer was lost is answered again, not scored again.

        Raises:
            GuerdonError: ``CONNECTION_FAILED`` when the last try got no answer.
        """
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if body is not None:
            headers["Content-Type"] = "application/json"
            if len(body) > _PACK_ABOVE_BYTES:
                body = gzip.compress(body, compresslevel=1)
                headers["Content-Encoding"] = "gzip"
        target = self._prefix + path
        for attempt in range(self._retries + 1):
            failure: Optional[Exception] = None
            answer: Optional[Answer] = None
            try:
                answer = self._try(method, target, body, headers)
            except ssl.SSLCertVerificationError as error:
                # Waiting does not mend a certificate.
                raise self._unreachable(error, attempt + 1) from error
            except (OSError, http.client.HTTPException, EOFError) as error:
                failure = error
            if answer is not None and answer.status not in RETRIED_STATUSES:
                return answer
            if attempt < self._retries:
                time.sleep(self._wait(attempt, answer))
            elif answer is not None:
                return answer
            elif failure is not None:
                raise self._unreachable(failure, attempt + 1) from failure
        raise AssertionError("a request has at least one try")

    def _unreachable(self, error: Exception, tries: int) -> GuerdonError:
        what = str(error) or type(error).__name__
        times = "1 try" if tries == 1 else f"{tries} tries"
        return GuerdonError("CONNECTION_FAILED", f"no answer from {self._url} in {times}: {what}")

    def _wait(self, attempt: int, answer: Optional[Answer]) -> float:
        asked = _seconds(answer.retry_after) if answer is not None else None
        doubling = min(self._first_wait * 2.0**attempt, 30.0)
        # Jitter: a thousand rows refused together must not come back together.
        jitter = random.random() * doubling / 2
        return min((doubling / 2 if asked is None else asked) + jitter, _LONGEST_WAIT_SECONDS)

    def _try(
        self, method: str, target: str, body: Optional[bytes], headers: dict[str, str]
    ) -> Answer:
        if self._local.process != os.getpid():
            # A forked process must not write into its parent's connection.
            self._local.connection = None
            self._local.process = os.getpid()
        kept = self._local.connection
        if kept is not None:
            try:
                return self._exchange(kept, method, target, body, headers)
            except (http.client.RemoteDisconnected, ConnectionError):
                # The server closed it while it lay idle; that is no failed try.
                pass
        connection = self._connect()
        self._local.connection = connection
        with self._opened_lock:
            self._opened.add(connection)
        return self._exchange(connection, method, target, body, headers)

    def _connect(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        context = ssl.create_default_context(cafile=self._ca_file)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=self._timeout, context=context
        )

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        body: Optional[bytes],
        headers: dict[str, str],
    ) -> Answer:
        try:
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
            if response.getheader("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
        except BaseException:
            # Half an exchange is still in it: the next request must not read the rest.
            connection.close()
            self._local.connection = None
            raise
        return Answer(response.status, content, response.getheader("Retry-After"))

    def close(self) -> None:
        """Closes every thread's connection; a next request opens a new one."""
        with self._opened_lock:
            opened = list(self._opened)
        for connection in opened:
            with contextlib.suppress(OSError):
                connection.close()


def _seconds(retry_after: Optional[str]) -> Optional[float]:
    """Seconds to wait by a ``Retry-After`` header: a number or a date; None when it is neither."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return None
    return max(0.0, moment.timestamp() - time.time())
