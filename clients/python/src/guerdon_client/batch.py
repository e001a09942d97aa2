"""What the server says about a batch of rollouts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional, Union

from .error import GuerdonError

#: A column's value for one row: a number, None when it could not be computed, or a list of those
#: for signals that score steps or tokens.
Value = Union[float, None, list[Optional[float]]]


@dataclass(frozen=True)
class Reason:
    """Why a column (or ``reward``) of a row is invalid, or what else there is to say about it."""

    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """The scores of one rollout. An invalid row has ``reward`` None, never a number."""

    id: str
    reward: Optional[float]
    valid: bool
    #: None when the spec has no advantage, or none by rollout
    advantage: Optional[float]
    columns: dict[str, Value]
    reasons: list[Reason]
    #: one number a token, for specs that give them
    token_rewards: Optional[list[Optional[float]]] = None
    token_advantages: Optional[list[Optional[float]]] = None
    #: weight of the row in the loss, when the spec gives one
    weight: Optional[float] = None
    #: false when the spec's advantage leaves the row out
    kept: bool = True

    @property
    def why(self) -> str:
        """The reasons as one sentence; empty when there are none.

        >>> Row("r0", None, False, None, {}, [Reason("correct", "no reference")]).why
        'correct: no reference'
        """
        return "; ".join(f"{reason.column}: {reason.reason}" for reason in self.reasons)


@dataclass(frozen=True)
class Batch:
    """A scored batch; row *i* belongs to row *i* of the request."""

    #: id of the batch in the server's store
    id: str
    spec_digest: str
    #: true when the server had scored an equal request before and gave its answer again
    repeated: bool
    rows: list[Row]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def rewards(self) -> list[Optional[float]]:
        """One reward a row, None for invalid rows."""
        return [row.reward for row in self.rows]

    @property
    def advantages(self) -> list[Optional[float]]:
        """One advantage a row; None for every row when the spec has no advantage."""
        return [row.advantage for row in self.rows]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in the server's order; empty for an empty batch."""
        return list(self.rows[0].columns) if self.rows else []

    def column(self, name: str) -> list[Value]:
        """The values of one column.

        Raises ``GuerdonError`` ``ARGUMENT_INVALID`` when the reward has no such column.
        """
        if self.rows and name not in self.rows[0].columns:
            known = ", ".join(self.column_names) or "none"
            raise GuerdonError(
                "ARGUMENT_INVALID", f'the reward has no column "{name}"; it has: {known}'
            )
        return [row.columns[name] for row in self.rows]


def _number(value: Any, place: str) -> Optional[float]:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise GuerdonError("ANSWER_INVALID", f"{place} is not a number or null: {value!r:.60}")
    return float(value)


def _numbers(value: Any, place: str) -> Optional[list[Optional[float]]]:
    return None if value is None else [_number(entry, place) for entry in value]


def _value(value: Any, place: str) -> Value:
    return _numbers(value, place) if isinstance(value, list) else _number(value, place)


def _row(value: Any, place: str) -> Row:
    valid = value["valid"]
    reward = _number(value["reward"], f"{place}.reward")
    if valid is not True and valid is not False:
        raise GuerdonError("ANSWER_INVALID", f"{place}.valid is not true or false")
    if valid and reward is None:
        raise GuerdonError("ANSWER_INVALID", f"{place} is valid but has no reward")
    return Row(
        id=value["id"],
        reward=reward if valid else None,
        valid=valid,
        advantage=_number(value.get("advantage"), f"{place}.advantage"),
        columns={
            name: _value(entry, f"{place}.columns.{name}")
            for name, entry in value["columns"].items()
        },
        reasons=[Reason(entry["column"], entry["reason"]) for entry in value.get("reasons", [])],
        token_rewards=_numbers(value.get("tokenRewards"), f"{place}.tokenRewards"),
        token_advantages=_numbers(value.get("tokenAdvantages"), f"{place}.tokenAdvantages"),
        weight=_number(value.get("weight"), f"{place}.weight"),
        kept=value.get("kept") is not False,
    )


def parse_batch(answer: Any, ids: list[str]) -> Batch:
    """Checks an answer of ``POST /v1/rewards`` against the ids that were sent.

    Raises ``GuerdonError`` ``ANSWER_INVALID`` when rows are missing, too many, in another order, or
    not of the protocol's form: numbers of the wrong rows would train on nothing.
    """
    try:
        rows = [_row(value, f"rows[{index}]") for index, value in enumerate(answer["rows"])]
        batch = Batch(answer["batch"], answer["specDigest"], bool(answer["repeated"]), rows)
    except (KeyError, TypeError, AttributeError) as error:
        raise GuerdonError(
            "ANSWER_INVALID",
            f"the answer is not of the protocol's form ({type(error).__name__}: {error}); "
            "is this the address of a Guerdon server?",
        ) from error
    if len(rows) != len(ids):
        raise GuerdonError(
            "ANSWER_INVALID", f"{len(ids)} rows were sent, the answer holds {len(rows)}"
        )
    for index, (row, sent) in enumerate(zip(rows, ids)):
        if row.id != sent:
            raise GuerdonError(
                "ANSWER_INVALID", f'rows[{index}] answers "{row.id}", sent was "{sent}"'
            )
    return batch
