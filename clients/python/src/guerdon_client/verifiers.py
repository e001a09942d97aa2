"""A rubric for PrimeIntellect's verifiers (versions with ``Rubric``, up to 0.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from ._rows import columns_of, number_of, numbers_of_columns, reference, text
from .batch import Row
from .client import Client
from .error import GuerdonError

#: Where a state keeps its score while the rubric adds it up.
_SCORE = "guerdon_score"


def rubric(
    url: str,
    weights: Optional[Mapping[str, float]] = None,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Any:
    """A ``Rubric`` whose one group function posts the whole group to a Guerdon server.

    The reward is the server's, or the weighted sum of columns when ``weights`` names some. Every
    column is a metric of the state.

    verifiers turns an exception in a reward function into 0.0. This rubric asks the server before
    that can happen: a request that fails raises out of ``score_group``. A rollout that could not be
    scored gets ``state["error"]``, and the mean of its group as reward, so that its advantage is 0.

    Args:
        url: address of ``guerdon serve``.
        weights: column → weight; the server's own reward when not given.
        key: API key; ``GUERDON_KEY`` when not given.
        timeout: seconds one try may take.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https.

    Raises:
        ImportError: when verifiers is not installed.
        GuerdonError: ``ARGUMENT_INVALID`` when this version of verifiers has no ``Rubric``; from
            scoring, as ``Client.score``, and ``ROW_INVALID`` when no rollout of a group is valid.

    Example::

        environment = verifiers.SingleTurnEnv(dataset=..., rubric=rubric("http://127.0.0.1:8765"))
    """
    import verifiers

    base = getattr(verifiers, "Rubric", None)
    if base is None:
        raise GuerdonError(
            "ARGUMENT_INVALID",
            "this version of verifiers has no Rubric; call guerdon_client.Client from a reward "
            "function, or use verifiers 0.3",
        )
    client = Client(url, key, timeout, retries, ca_file)

    def guerdon(states: list[Any]) -> list[float]:
        return [state[_SCORE] for state in states]

    class GuerdonRubric(base):  # type: ignore[misc, valid-type]
        """Asks the server for a group, then lets verifiers do its own arithmetic."""

        async def score_group(self, states: list[Any], *arguments: Any, **named: Any) -> None:
            if not states:
                return
            batch = await client.score_async(
                [_row(index, state) for index, state in enumerate(states)], protocol="verifiers"
            )
            scores = [_score(row, weights) for row in batch]
            valid = [score for score in scores if score is not None]
            if not valid:
                number_of(batch.rows[0], None)
            mean = sum(valid) / len(valid)
            for state, score in zip(states, scores):
                state[_SCORE] = mean if score is None else score
            await super().score_group(states, *arguments, **named)
            for state, row, score in zip(states, batch, scores):
                del state[_SCORE]
                state["metrics"] = {
                    **state.get("metrics", {}),
                    **numbers_of_columns(row, ("guerdon",)),
                }
                if score is None:
                    state["error"] = GuerdonError("ROW_INVALID", row.why or "could not be scored")

        async def score_rollout(self, state: Any, *arguments: Any, **named: Any) -> None:
            await self.score_group([state], *arguments, **named)

    return GuerdonRubric(funcs=[guerdon], weights=[1.0])


def _score(row: Row, weights: Optional[Mapping[str, float]]) -> Optional[float]:
    if weights is None:
        return row.reward
    total = 0.0
    for name, weight in weights.items():
        if name not in row.columns:
            raise GuerdonError(
                "ARGUMENT_INVALID",
                f'the reward has no column "{name}"; it has: {", ".join(row.columns)}',
            )
        value = row.columns[name]
        if value is None:
            return None
        if isinstance(value, list):
            raise GuerdonError("ARGUMENT_INVALID", f'column "{name}" holds a list a row')
        total += weight * value
    return total


def _row(index: int, state: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": f"r{index}",
        "prompt": text(state["prompt"]),
        "completion": text(state["completion"]),
    }
    answer = reference(state.get("answer"))
    if answer not in (None, ""):
        row["reference"] = answer
    info = state.get("info")
    if isinstance(info, Mapping) and columns_of(info):
        row["columns"] = columns_of(info)
    return row
