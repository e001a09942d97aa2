"""Rows of the native request, made from what trainers hand over."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

from ._json import encode, plain
from .batch import Row
from .error import GuerdonError

#: Data-set columns that hold the right answer, the first that is there counts.
REFERENCE_NAMES = ("reference", "answer", "ground_truth", "solution", "label")


def simple(value: Any) -> Any:
    """A NumPy or PyTorch value as Python's own; everything else as it is."""
    return plain(value) if hasattr(value, "tolist") else value


def reference(value: Any) -> Any:
    """A data set's right answer as the server takes it: string, number, list of strings or None.

    Objects become JSON text, true and false the words.

    >>> reference({"target": 24}), reference(True), reference(("a", 1))
    ('{"target": 24}', 'true', ['a', '1'])
    """
    value = simple(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)) and not any(isinstance(v, (Mapping, list)) for v in value):
        return [v if isinstance(v, str) else str(simple(v)) for v in value]
    return json.dumps(value, default=plain, ensure_ascii=False)


def is_column_value(value: Any) -> bool:
    """Whether the server takes it as a row's column: a number, a string, true, false or nothing."""
    return value is None or isinstance(value, (str, int, float))


def column_value(value: Any) -> Any:
    """A value of a column; NaN, pandas' sign for a missing number, becomes None."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def columns_of(info: Mapping[str, Any], leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """The entries of a row's extra information that can be sent as its columns.

    >>> columns_of({"split": "train", "level": 3, "tests": ["a"]}, ["split"])
    {'level': 3}
    """
    left_out = set(leave_out)
    found = {}
    for name, value in info.items():
        value = simple(value)
        if name not in left_out and is_column_value(value):
            found[str(name)] = column_value(value)
    return found


def text(value: Any) -> Any:
    """A prompt or completion as the server takes it: a string, or chat messages of plain JSON.

    Of an image only its place is kept: no signal looks at pixels, and they have no JSON form.
    """
    if isinstance(value, str):
        return value
    value = simple(value)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise GuerdonError(
            "ARGUMENT_INVALID",
            f"a {type(value).__name__} is neither a text nor a list of chat messages",
        )
    return [_message(message) for message in value]


def _message(message: Any) -> dict[str, Any]:
    if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
        raise GuerdonError(
            "ARGUMENT_INVALID", f"{message!r:.60} is not a chat message with a role and content"
        )
    content = simple(message.get("content"))
    if isinstance(content, (list, tuple)):
        content = [
            {"type": "text", "text": part["text"]} if "text" in part else {"type": part["type"]}
            for part in content
        ]
    kept = {"role": message["role"], "content": content}
    for name in ("name", "tool_calls", "tool_call_id"):
        if message.get(name) is not None:
            kept[name] = message[name]
    return kept


def digest(value: Any) -> str:
    """A short name of a prompt or a message, equal for equal content in every process."""
    return hashlib.sha256(encode(value)).hexdigest()[:16]


def finite_list(values: Optional[Sequence[Any]]) -> Optional[list[float]]:
    """A list of numbers, or None when it is absent or holds one that JSON cannot carry."""
    values = simple(values)
    if values is None or not all(
        isinstance(value, (int, float)) and math.isfinite(value) for value in values
    ):
        return None
    return list(values)


def number_of(row: Row, invalid: Optional[float]) -> float:
    """The reward of a row for a trainer that has no word for "could not be scored".

    Args:
        row: the row.
        invalid: what an invalid row counts as; None refuses.

    Raises:
        GuerdonError: ``ROW_INVALID`` with the reasons, when the row is invalid and ``invalid``
            None.
    """
    if row.reward is not None:
        return row.reward
    if invalid is None:
        why = row.why or "the server gave no reason"
        raise GuerdonError("ROW_INVALID", f'row "{row.id}" could not be scored: {why}')
    return invalid


def numbers_of_columns(row: Row, taken: Iterable[str] = ()) -> dict[str, float]:
    """Every rollout column as a number, with ``<column>_valid`` 1.0 or 0.0 beside it.

    The keys are the same for every row of a reward, which is what trainers that stack them need; an
    invalid value is 0.0 and says so. Names in ``taken`` get ``_column`` behind them; columns of
    steps and tokens, which hold a list a row, stay out.
    """
    reserved = set(taken)
    numbers: dict[str, float] = {}
    for column, value in row.columns.items():
        if isinstance(value, list):
            continue
        name = f"{column}_column" if column in reserved else column
        numbers[name] = 0.0 if value is None else value
        numbers[f"{name}_valid"] = 0.0 if value is None else 1.0
    return numbers
