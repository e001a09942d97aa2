"""An environment for NeMo-RL.

Register it before training starts, and give the data rows ``env_name: guerdon``::

    from nemo_rl.distributed.ray_actor_environment_registry import ACTOR_ENVIRONMENT_REGISTRY
    from nemo_rl.distributed.virtual_cluster import PY_EXECUTABLES
    from nemo_rl.environments.utils import register_env

    actor = "guerdon_client.nemo_rl.GuerdonEnvironment"
    ACTOR_ENVIRONMENT_REGISTRY[actor] = PY_EXECUTABLES.SYSTEM
    register_env("guerdon", actor)

Ray and PyTorch are imported when they are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from ._rows import (
    REFERENCE_NAMES,
    columns_of,
    number_of,
    reference,
    text,
)
from .batch import Batch, Row
from .client import Client
from .error import GuerdonError

_OPTIONS = frozenset(
    {
        "url",
        "key",
        "timeout",
        "retries",
        "ca_file",
        "rewards",
        "reference",
        "invalid",
        "num_workers",
    }
)


class EnvironmentReturn(NamedTuple):
    """What ``step`` returns: NeMo-RL's own tuple, field by field."""

    observations: list[dict[str, str]]
    metadata: list[Any]
    next_stop_strings: list[Any]
    #: tensor of one number a row, or a dict of ``reward/<column>`` to such tensors
    rewards: Any
    terminateds: Any
    answers: Optional[list[Optional[str]]]


class GuerdonEnvironment:
    """Scores finished conversations with a Guerdon server: one request a batch, one turn each.

    A plain class; ``GuerdonEnvironment.options(...).remote(config)`` makes the Ray actor that
    NeMo-RL asks for.

    Args:
        config: the environment's part of the configuration:

            - ``url`` (needed): address of ``guerdon serve``
            - ``key``, ``timeout`` (120), ``retries`` (5), ``ca_file``: as ``guerdon_client.Client``
            - ``rewards``: ``"total"`` (default) gives one tensor; ``"columns"`` gives a dict of
              ``reward/<column>``, of which NeMo-RL sums or normalises each by itself. Those are the
              signals before shaping and combining.
            - ``reference``: entry of the metadata with the right answer; otherwise the first of
              ``reference``, ``answer``, ``ground_truth``, ``solution``, ``label``
            - ``invalid``: what a row counts as that could not be scored; not given, such a row
              raises

    Raises:
        GuerdonError: ``ARGUMENT_INVALID`` for a configuration without ``url`` or with unknown
            names.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        unknown = sorted(set(config) - _OPTIONS)
        if unknown:
            raise GuerdonError(
                "ARGUMENT_INVALID",
                f"the environment has no option {', '.join(unknown)}; "
                f"it has: {', '.join(sorted(_OPTIONS))}",
            )
        if not config.get("url"):
            raise GuerdonError("ARGUMENT_INVALID", 'the environment needs "url"')
        self._kind = config.get("rewards", "total")
        if self._kind not in ("total", "columns"):
            raise GuerdonError(
                "ARGUMENT_INVALID", f'rewards is "{self._kind}"; expected "total" or "columns"'
            )
        self._reference_name: Optional[str] = config.get("reference")
        self._invalid: Optional[float] = config.get("invalid")
        self._client = Client(
            config["url"],
            config.get("key"),
            config.get("timeout", 120),
            config.get("retries", 5),
            config.get("ca_file"),
        )

    @classmethod
    def options(cls, **options: Any) -> Any:
        """The class as a Ray actor with these options; needs Ray."""
        import ray

        return ray.remote(cls).options(**options)

    def step(
        self, message_log_batch: Sequence[Sequence[Mapping[str, Any]]], metadata: Sequence[Any]
    ) -> EnvironmentReturn:
        """Scores a batch of finished conversations; every episode ends here.

        The completion is the last assistant message, the prompt everything before it.

        Raises:
            GuerdonError: as ``Client.score``; ``ROW_INVALID`` as the option ``invalid`` says.
        """
        import torch

        rows = [
            self._row(index, log, info)
            for index, (log, info) in enumerate(zip(message_log_batch, metadata))
        ]
        batch = self._client.score(rows, protocol="nemo-rl")
        return EnvironmentReturn(
            observations=[{"role": "environment", "content": _feedback(row)} for row in batch],
            metadata=list(metadata),
            next_stop_strings=[None] * len(rows),
            rewards=self._rewards(batch),
            terminateds=torch.ones(len(rows), dtype=torch.bool),
            answers=None,
        )

    def global_post_process_and_metrics(self, batch: Any) -> tuple[Any, dict[str, float]]:
        """The batch as it is, and the mean of its rewards."""
        rewards = batch.get("total_reward")
        if rewards is None or len(rewards) == 0:
            return batch, {}
        return batch, {"guerdon_reward": float(rewards.float().mean())}

    def shutdown(self) -> None:
        """Closes the connection."""
        self._client.close()

    def _rewards(self, batch: Batch) -> Any:
        import torch

        if self._kind == "total":
            totals = [number_of(row, self._invalid) for row in batch]
            return torch.tensor(totals, dtype=torch.float32)
        return {
            f"reward/{name}": torch.tensor(
                [self._column_value(row, name) for row in batch], dtype=torch.float32
            )
            for name, first in (batch.rows[0].columns.items() if batch.rows else ())
            if not isinstance(first, list)
        }

    def _column_value(self, row: Row, name: str) -> float:
        value = row.columns[name]
        if isinstance(value, float):
            return value
        if self._invalid is None:
            raise GuerdonError(
                "ROW_INVALID", f'row "{row.id}" has no value for "{name}": {row.why}'
            )
        return self._invalid

    def _row(self, index: int, log: Sequence[Mapping[str, Any]], info: Any) -> dict[str, Any]:
        last = next(
            (place for place in reversed(range(len(log))) if log[place]["role"] == "assistant"),
            None,
        )
        if last is None:
            raise GuerdonError(
                "ARGUMENT_INVALID", f"conversation {index} has no assistant message to score"
            )
        row: dict[str, Any] = {
            "id": f"r{index}",
            "prompt": text(list(log[:last])),
            "completion": text([log[last]]),
        }
        info = info if isinstance(info, Mapping) else {}
        names = REFERENCE_NAMES if self._reference_name is None else (self._reference_name,)
        found = next((name for name in names if info.get(name) is not None), None)
        if found is not None:
            row["reference"] = reference(info[found])
        columns = columns_of(info, leave_out=() if found is None else (found,))
        if columns:
            row["columns"] = columns
        return row


def _feedback(row: Any) -> str:
    return f"reward: {row.reward}" if row.valid else f"not scored: {row.why}"
