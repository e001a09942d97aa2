"""Reward functions for TRL (``GRPOTrainer``, ``RLOOTrainer``).

TRL calls a reward function with the prompts and completions of its process and takes one number a
row, None for a row that could not be scored. It always makes its own advantages from them; those of
a Guerdon spec stay in the server's store and charts.
"""

from __future__ import annotations

import asyncio
import os
import warnings
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import Any, Callable, Optional

from ._rows import (
    REFERENCE_NAMES,
    column_value,
    digest,
    finite_list,
    is_column_value,
    reference,
    simple,
    text,
)
from .batch import Batch
from .client import Client, Groups, request_body
from .error import GuerdonError

RewardFunction = Callable[..., Awaitable[list[Optional[float]]]]

#: Arguments of TRL that are no data-set columns.
_NO_COLUMNS = frozenset({"prompt", "completion", "trainer_state", "environments"})


class _Request:
    """How a call of TRL becomes a request; one for all functions of a server."""

    def __init__(
        self,
        columns: Optional[Sequence[str]],
        reference_column: Optional[str],
        num_generations: Optional[int],
        groups: Groups,
        tokens: bool,
    ) -> None:
        self._columns = None if columns is None else list(columns)
        self._reference_column = reference_column
        self._num_generations = num_generations
        self.groups = groups
        self._tokens = tokens
        self._warned = False

    def rows(
        self, prompts: Sequence[Any], completions: Sequence[Any], completion_ids: Any, extra: Any
    ) -> list[dict[str, Any]]:
        count = len(completions)
        if len(prompts) != count:
            raise GuerdonError(
                "ARGUMENT_INVALID", f"{len(prompts)} prompts but {count} completions were given"
            )
        data = {name: simple(values) for name, values in extra.items() if name not in _NO_COLUMNS}
        data = {
            name: values
            for name, values in data.items()
            if isinstance(values, (list, tuple)) and len(values) == count
        }
        references = self._references(data)
        columns = self._sent_columns(data)
        rows: list[dict[str, Any]] = []
        for index in range(count):
            prompt = text(prompts[index])
            row: dict[str, Any] = {
                "id": f"r{index}",
                "group": digest(prompt),
                "prompt": prompt,
                "completion": text(completions[index]),
            }
            answer = reference(references[index]) if references is not None else None
            if answer is not None:
                row["reference"] = answer
            if columns:
                row["columns"] = {
                    name: column_value(values[index]) for name, values in columns.items()
                }
            if self._tokens and completion_ids is not None:
                tokens = finite_list(completion_ids[index])
                if tokens is not None:
                    row["tokens"] = tokens
            rows.append(row)
        self._warn_of_split_groups([row["group"] for row in rows])
        return rows

    def _references(self, data: dict[str, Any]) -> Any:
        if self._reference_column is None:
            return next((data[name] for name in REFERENCE_NAMES if name in data), None)
        if self._reference_column not in data:
            raise GuerdonError(
                "ARGUMENT_INVALID",
                f'the data set has no column "{self._reference_column}" for the reference; '
                f"it has: {', '.join(data) or 'none'}",
            )
        return data[self._reference_column]

    def _sent_columns(self, data: dict[str, Any]) -> dict[str, list[Any]]:
        sent = {}
        for name in data if self._columns is None else self._columns:
            if name not in data:
                raise GuerdonError(
                    "ARGUMENT_INVALID",
                    f'the data set has no column "{name}"; it has: {", ".join(data) or "none"}',
                )
            values = [simple(value) for value in data[name]]
            if all(is_column_value(value) for value in values):
                # The reference travels as such; sent twice only where it is asked for by name.
                if self._columns is not None or not self._is_reference(name, data):
                    sent[name] = values
            elif self._columns is not None:
                raise GuerdonError(
                    "ARGUMENT_INVALID",
                    f'column "{name}" holds more than numbers, strings and booleans',
                )
        return sent

    def _is_reference(self, name: str, data: dict[str, Any]) -> bool:
        if self._reference_column is not None:
            return name == self._reference_column
        return name == next((known for known in REFERENCE_NAMES if known in data), None)

    def _warn_of_split_groups(self, groups: list[str]) -> None:
        if self._warned or self.groups == "single" or int(os.environ.get("WORLD_SIZE", "1")) < 2:
            return
        if self._num_generations is not None:
            split = len(groups) % self._num_generations != 0
        else:
            split = len(set(Counter(groups).values())) > 1
        if split:
            self._warned = True
            warnings.warn(
                "A group of completions is split between processes, so signals that compare a "
                "group see a part of it. Make the batch of a device a multiple of num_generations, "
                'or start the server with --group-size and use groups="single".',
                RuntimeWarning,
                stacklevel=2,
            )


def reward_fn(
    url: str,
    name: str = "guerdon",
    columns: Optional[Sequence[str]] = None,
    timeout: float = 120,
    key: Optional[str] = None,
    *,
    reference: Optional[str] = None,
    num_generations: Optional[int] = None,
    groups: Groups = "whole",
    tokens: bool = True,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> RewardFunction:
    """An async reward function that asks a Guerdon server: one request a batch.

    TRL logs its result as ``rewards/<name>/mean``. Each of the reward's columns goes to the table
    of completions as ``<name>/<column>`` and, as its mean over valid rows, to the metrics;
    ``<name>/invalid_rows`` counts the rows that could not be scored, for which TRL gets None.

    Args:
        url: address of ``guerdon serve``.
        name: name of the function, and of its metrics.
        columns: data-set columns to send along; all that hold numbers, strings or booleans when not
            given.
        timeout: seconds one try may take.
        key: API key; ``GUERDON_KEY`` when not given.
        reference: data-set column with the right answer; otherwise the first of ``reference``,
            ``answer``, ``ground_truth``, ``solution`` and ``label`` that is there.
        num_generations: the trainer's own setting. With it, training in several processes is
            warned about split groups reliably; without it, only by groups of unequal size.
        groups: ``"single"`` when groups are split between processes and the server was started with
            ``--group-size``: it then waits for the other parts.
        tokens: whether the completions' token ids are sent, which signals of length count.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https.

    Raises:
        GuerdonError: from the function, when the server refuses or cannot be reached. Training
            stops there, which is better than training on zeros.

    Example::

        trainer = GRPOTrainer(model=..., reward_funcs=reward_fn("http://127.0.0.1:8765"), ...)
    """
    client = Client(url, key, timeout, retries, ca_file)
    request = _Request(columns, reference, num_generations, groups, tokens)

    async def reward(
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Any = None,
        *,
        trainer_state: Any = None,
        log_extra: Optional[Callable[[str, list[Any]], None]] = None,
        log_metric: Optional[Callable[[str, float], None]] = None,
        **extra: Any,
    ) -> list[Optional[float]]:
        rows = request.rows(prompts, completions, completion_ids, extra)
        batch = await client.score_async(rows, _step(trainer_state), groups, protocol="trl")
        _log(batch, name, log_extra, log_metric)
        return batch.rewards

    return _named(reward, name)


def reward_fns(
    url: str,
    columns: Optional[Sequence[str]] = None,
    timeout: float = 120,
    key: Optional[str] = None,
    *,
    name: str = "guerdon",
    reference: Optional[str] = None,
    num_generations: Optional[int] = None,
    groups: Groups = "whole",
    tokens: bool = True,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> list[RewardFunction]:
    """One async reward function for each signal, so that TRL logs and weights them itself.

    All of them share one request a batch. What they return are the signals before shaping and
    combining; set their weights with ``GRPOConfig(reward_weights=[...])``, in the same order.

    Args:
        url: address of ``guerdon serve``.
        columns: names of the signals (``signal.part`` for one of several parts); when not given,
            the server is asked now and its signals are taken in their order.
        name: what the invalid rows are counted under, ``<name>/invalid_rows``.
        timeout, key, reference, num_generations, groups, tokens, retries, ca_file: as
            ``reward_fn``.

    Raises:
        GuerdonError: now, when the server cannot name its signals; from the functions, as
            ``reward_fn``, and ``ARGUMENT_INVALID`` for a name that the reward does not have.
    """
    client = Client(url, key, timeout, retries, ca_file)
    names = client.signal_names() if columns is None else list(columns)
    request = _Request(None, reference, num_generations, groups, tokens)
    shared = _SharedRequest(client, groups, names)

    def function_of(column: str) -> RewardFunction:
        async def reward(
            prompts: Sequence[Any],
            completions: Sequence[Any],
            completion_ids: Any = None,
            *,
            trainer_state: Any = None,
            log_extra: Optional[Callable[[str, list[Any]], None]] = None,
            log_metric: Optional[Callable[[str, float], None]] = None,
            **extra: Any,
        ) -> list[Optional[float]]:
            rows = request.rows(prompts, completions, completion_ids, extra)
            batch = await shared.score(column, rows, _step(trainer_state))
            if column == names[0]:
                _log(batch, name, log_extra, log_metric)
            return [_scalar(column, value) for value in batch.column(column)]

        return _named(reward, column)

    return [function_of(column) for column in names]


class _SharedRequest:
    """One request for all functions of a batch, told by its content.

    Every function takes the answer once. So a batch that comes again, equal in every letter, is a
    new request: nothing is remembered that was fully handed out.
    """

    def __init__(self, client: Client, groups: Groups, names: Sequence[str]) -> None:
        self._client = client
        self._groups = groups
        self._names = frozenset(names)
        self._open: dict[tuple[str, int], tuple[asyncio.Task[Batch], set[str]]] = {}

    async def score(self, name: str, rows: Sequence[dict[str, Any]], step: Optional[int]) -> Batch:
        body, _ = request_body(rows, step, self._groups, "trl", "default")
        # A task belongs to its event loop; another loop asks for itself.
        content = (digest(body.decode()), id(asyncio.get_running_loop()))
        known = self._open.get(content)
        if known is None or name not in known[1]:
            task = asyncio.ensure_future(
                self._client.score_async(rows, step, self._groups, protocol="trl")
            )
            known = (task, set(self._names))
            self._open[content] = known
        task, waiting = known
        waiting.discard(name)
        if not waiting:
            del self._open[content]
        # Shielded: a function that is cancelled must not take the answer from the others.
        return await asyncio.shield(task)


def _scalar(column: str, value: Any) -> Optional[float]:
    if isinstance(value, list):
        raise GuerdonError(
            "ARGUMENT_INVALID",
            f'column "{column}" has a number for every step or token; TRL takes one a row',
        )
    return float(value) if value is not None else None


def _named(function: RewardFunction, name: str) -> RewardFunction:
    function.__name__ = name
    function.__qualname__ = name
    return function


def _step(trainer_state: Any) -> Optional[int]:
    step = getattr(trainer_state, "global_step", None)
    return None if step is None else int(step)


def _log(
    batch: Batch,
    name: str,
    log_extra: Optional[Callable[[str, list[Any]], None]],
    log_metric: Optional[Callable[[str, float], None]],
) -> None:
    """Hands the columns to TRL's table and metrics; older versions of TRL offer neither."""
    if log_extra is not None:
        for column in batch.column_names:
            log_extra(f"{name}/{column}", batch.column(column))
        log_extra(f"{name}/reasons", [row.why for row in batch])
    if log_metric is not None:
        log_metric(f"{name}/invalid_rows", float(sum(not row.valid for row in batch)))
        for column in batch.column_names:
            values = [v for v in batch.column(column) if v is not None and not isinstance(v, list)]
            if values:
                log_metric(f"{name}/{column}", sum(values) / len(values))
