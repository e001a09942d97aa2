"""Hooks for slime and miles.

``rm`` and ``group_rm`` score samples; ``post_process`` puts Guerdon's advantages in the place of
the trainer's own group normalisation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Callable, Literal, Optional, Union

from ._rows import columns_of, digest, finite_list, number_of, numbers_of_columns, reference, text
from .batch import Batch, Row
from .client import Client
from .error import GuerdonError

Reward = Union[float, dict[str, float]]

_FINISH_REASONS = {"completed": "stop", "truncated": "length", "aborted": "abort"}


def rm(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    invalid: Optional[float] = None,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[..., Awaitable[Reward]]:
    """An async reward function of one sample, for ``--custom-rm-path``.

    It returns a number, or ``{"score", <columns>}`` when the run has a ``--reward-key``
    (``--reward-key score`` trains on the reward).

    Args:
        url: address of ``guerdon serve``.
        key: API key; ``GUERDON_KEY`` when not given.
        timeout: seconds one try may take.
        invalid: what a sample counts as that could not be scored; not given, such a sample raises.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https.

    Raises:
        GuerdonError: from the function.

    Example, ``--custom-rm-path reward.rm``::

        import guerdon_client.slime

        rm = guerdon_client.slime.rm("http://127.0.0.1:8765")
    """
    client = Client(url, key, timeout, retries, ca_file)

    async def rm(args: Any, sample: Any, **_: Any) -> Reward:
        rows = [_row(0, sample)]
        batch = await client.score_async(rows, groups="single", protocol="slime")
        return _reward(args, batch.rows[0], invalid)

    return rm


def group_rm(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    invalid: Optional[float] = None,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[..., Awaitable[list[Reward]]]:
    """An async reward function of a whole group, for ``--custom-rm-path`` with ``--group-rm``.

    slime calls it with the samples of one prompt; evaluation does not allow it. Arguments, errors
    and result as ``rm``, one a sample in order.
    """
    client = Client(url, key, timeout, retries, ca_file)

    async def group_rm(args: Any, samples: Sequence[Any], **_: Any) -> list[Reward]:
        rows = [_row(index, sample) for index, sample in enumerate(samples)]
        batch = await client.score_async(rows, groups="whole", protocol="slime")
        return [_reward(args, row, invalid) for row in batch]

    return group_rm


def post_process(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    invalid: Literal["remove", "raise"] = "remove",
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[..., tuple[list[float], list[float]]]:
    """Rewards and advantages of a rollout batch, for ``--custom-reward-post-process-path``.

    The whole batch goes to the server in one request; the first list it returns are the rewards,
    the second the advantages of the spec, which train as they are. A sample that the spec's
    advantage leaves out (dynamic sampling) gets ``remove_sample``, so that the trainer masks it.

    Args:
        url: address of ``guerdon serve``.
        key: API key; ``GUERDON_KEY`` when not given.
        timeout: seconds one try may take.
        invalid: what happens to a sample that could not be scored. ``"remove"`` sets its
            ``remove_sample``, so that the trainer masks it; its advantage is 0 and its reward the
            mean of the others, which moves no average. ``"raise"`` stops.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https.

    Raises:
        GuerdonError: from the function; ``ARGUMENT_INVALID`` when the spec has no advantage;
            ``ROW_INVALID`` for an invalid sample under ``"raise"``, or when no sample is valid.

    Example, ``--custom-reward-post-process-path reward.post_process``::

        import guerdon_client.slime

        post_process = guerdon_client.slime.post_process("http://127.0.0.1:8765")
    """
    client = Client(url, key, timeout, retries, ca_file)

    def post_process(
        args: Any, samples: Sequence[Any], **_: Any
    ) -> tuple[list[float], list[float]]:
        if not samples:
            return [], []
        rows = [_row(index, sample) for index, sample in enumerate(samples)]
        batch = client.score(rows, groups="whole", protocol="slime")
        mean = _mean_of_valid(batch)
        raw: list[float] = []
        processed: list[float] = []
        for row, sample in zip(batch, samples):
            if row.reward is None:
                number_of(row, None if invalid == "raise" else mean)
                sample.remove_sample = True
                raw.append(mean)
                processed.append(0.0)
                continue
            if not row.kept:
                sample.remove_sample = True
                raw.append(row.reward)
                processed.append(0.0)
                continue
            if row.advantage is None:
                raise GuerdonError(
                    "ARGUMENT_INVALID",
                    "the served spec gives no advantage a rollout; add one, for example "
                    '"advantage: { use: grpo }"',
                )
            raw.append(row.reward)
            processed.append(row.advantage)
        return raw, processed

    return post_process


def _mean_of_valid(batch: Batch) -> float:
    valid = [row.reward for row in batch if row.reward is not None]
    if not valid:
        why = batch.rows[0].why or "the server gave no reason"
        raise GuerdonError("ROW_INVALID", f"no sample of the batch could be scored: {why}")
    return sum(valid) / len(valid)


def _reward(args: Any, row: Row, invalid: Optional[float]) -> Reward:
    score = number_of(row, invalid)
    if getattr(args, "reward_key", None):
        return {"score": score, **numbers_of_columns(row, ("score",))}
    return score


def _row(index: int, sample: Any) -> dict[str, Any]:
    prompt = text(sample.prompt)
    group = getattr(sample, "group_index", None)
    metadata = getattr(sample, "metadata", None)
    row: dict[str, Any] = {
        "id": f"r{index}",
        "group": digest(prompt) if group is None else f"g{group}",
        "prompt": prompt,
        "completion": sample.response,
    }
    label = reference(getattr(sample, "label", None))
    if label is not None:
        row["reference"] = label
    if isinstance(metadata, dict) and columns_of(metadata):
        row["columns"] = columns_of(metadata)
    status = getattr(sample, "status", None)
    reason = _FINISH_REASONS.get(str(getattr(status, "value", status)))
    if reason is not None:
        row["finish_reason"] = reason
    length = getattr(sample, "response_length", None)
    tokens = finite_list(getattr(sample, "tokens", None))
    if length and tokens is not None and len(tokens) >= length:
        row["tokens"] = tokens[len(tokens) - length :]
        logprobs = finite_list(getattr(sample, "rollout_log_probs", None))
        if logprobs is not None and len(logprobs) == length:
            row["logprobs"] = logprobs
    return row
