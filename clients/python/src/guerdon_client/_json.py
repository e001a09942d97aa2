"""JSON as the protocol wants it: no NaN, no infinity, arrays as plain lists."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn, Optional

from .error import GuerdonError


def encode(value: object) -> bytes:
    """The UTF-8 bytes of ``value`` as JSON.

    Arrays and scalars of NumPy and PyTorch become lists and numbers.

    Raises ``GuerdonError`` ``ARGUMENT_INVALID`` for NaN, infinity and objects that JSON lacks,
    naming the place.

    >>> encode({"reward": 1.5, "text": "\\u00e9"})
    b'{"reward":1.5,"text":"\\xc3\\xa9"}'
    """
    try:
        text = json.dumps(
            value, allow_nan=False, default=plain, separators=(",", ":"), ensure_ascii=False
        )
    except (ValueError, TypeError, RecursionError) as error:
        place = _first_not_finite(value, "")
        if place is None:
            raise GuerdonError("ARGUMENT_INVALID", f"cannot be sent as JSON: {error}") from error
        raise GuerdonError(
            "ARGUMENT_INVALID", f"{place} is NaN or infinite, which JSON cannot carry"
        ) from error
    try:
        return text.encode()
    except UnicodeEncodeError:
        # A tokenizer can cut a surrogate pair in two; escaped, the halves still arrive as they are.
        return json.dumps(value, allow_nan=False, default=plain, separators=(",", ":")).encode()


def decode(body: bytes) -> Any:
    """Parses an answer; NaN and infinity, which Python would accept, are refused.

    Raises ``ValueError``.

    >>> decode(b'{"reward": null}')
    {'reward': None}
    """

    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    return json.loads(body.decode(), parse_constant=refuse)


def plain(value: Any) -> Any:
    """Python's own form of a NumPy or PyTorch value, recognised by its ``tolist``.

    Raises ``TypeError`` for anything else.
    """
    to_list = getattr(value, "tolist", None)
    if callable(to_list):
        return to_list()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _first_not_finite(value: object, place: str) -> Optional[str]:
    """Where the first NaN or infinity stands: ``rows[3].columns.difficulty``."""
    stack: list[tuple[object, str]] = [(value, place)]
    while stack:
        found, where = stack.pop()
        if isinstance(found, float) and not math.isfinite(found):
            return where or "the value"
        if isinstance(found, Mapping):
            stack += [(v, f"{where}.{k}" if where else str(k)) for k, v in found.items()][::-1]
        elif isinstance(found, (list, tuple)):
            stack += [(v, f"{where}[{i}]") for i, v in enumerate(found)][::-1]
        elif hasattr(found, "tolist") and len(where) < 1000:
            stack.append((found.tolist(), where))
    return None
