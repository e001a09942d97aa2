"""The one exception of this package."""

from __future__ import annotations

from typing import Optional


class GuerdonError(Exception):
    """A failure with a code, one sentence, and the HTTP status when the server answered.

    ``code`` is the server's own (``KEY_MISSING``, ``SIGNAL_FAILED``, ...) or one of the client's:

    - ``CONNECTION_FAILED``: no answer after all tries,
    - ``ANSWER_INVALID``: the answer is not what the protocol says,
    - ``ROW_INVALID``: a row could not be scored and the trainer has no word for that,
    - ``ARGUMENT_INVALID``: the call itself is wrong; nothing was sent.

    >>> str(GuerdonError("KEY_MISSING", "a key is needed", 401))
    'KEY_MISSING: a key is needed (HTTP 401)'
    """

    def __init__(self, code: str, message: str, status: Optional[int] = None) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status

    def __str__(self) -> str:
        suffix = "" if self.status is None else f" (HTTP {self.status})"
        return f"{self.code}: {self.message}{suffix}"
