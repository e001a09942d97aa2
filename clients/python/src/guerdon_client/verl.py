"""Custom reward functions for verl.

verl stacks what the function returns, so every row has the same keys: ``score``, ``acc``,
``valid``, every column of the reward, and ``<column>_valid`` (1.0 or 0.0) beside each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Callable, Optional

from ._rows import columns_of, digest, number_of, numbers_of_columns, reference, simple, text
from .batch import Row
from .client import Client

_RESERVED = ("score", "acc", "valid")

#: Columns that say whether an answer is right, looked for in this order when none is named.
_ACCURACY_NAMES = ("acc", "accuracy", "correct")

#: Entries of ``extra_info`` that hold the question, in this order.
_PROMPT_NAMES = ("prompt", "question", "problem")


def compute_score(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    acc: Optional[str] = None,
    invalid: Optional[float] = None,
    prompt: Optional[str] = None,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[..., Awaitable[dict[str, float]]]:
    """An async ``compute_score``: one row a request, as the ``naive`` and ``dapo`` managers ask.

    verl hands no group over. Rewards that compare the rows of a group need the group's size told to
    the server (``--group-size``) and ``extra_info`` with the question or an ``index``.

    Args:
        url: address of ``guerdon serve``.
        key: API key; ``GUERDON_KEY`` when not given.
        timeout: seconds one try may take.
        acc: column that becomes ``acc``, which verl's validation reports; otherwise ``acc``,
            ``accuracy`` or ``correct``, or the score when the reward has none of them.
        invalid: what a row counts as that could not be scored. Not given, such a row raises: verl
            has no word for it, and nothing becomes a silent 0.
        prompt: entry of ``extra_info`` with the question; otherwise ``prompt``, ``question`` or
            ``problem``.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https.

    Raises:
        GuerdonError: from the function. The ``rate_limited`` manager turns exceptions into 0.0; use
            another one.

    Example, a file for ``reward.custom_reward_function.path``::

        import guerdon_client.verl

        compute_score = guerdon_client.verl.compute_score("http://127.0.0.1:8765")
    """
    client = Client(url, key, timeout, retries, ca_file)

    async def compute_score(
        data_source: Any,
        solution_str: str,
        ground_truth: Any,
        extra_info: Optional[Mapping[str, Any]] = None,
        **_: Any,
    ) -> dict[str, float]:
        row = _row(0, data_source, solution_str, ground_truth, extra_info, prompt)
        batch = await client.score_async([row], groups="single", protocol="verl")
        return _result(batch.rows[0], acc, invalid)

    return compute_score


def compute_score_batch(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    acc: Optional[str] = None,
    invalid: Optional[float] = None,
    prompt: Optional[str] = None,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[..., list[dict[str, float]]]:
    """A ``compute_score`` for verl's ``batch`` manager: the whole batch in one request.

    Rows with equal questions, or else equal ``index`` in ``extra_info``, form a group.

    Arguments and errors as ``compute_score``.

    Example, a file for ``custom_reward_function.path`` with ``reward_manager=batch``::

        import guerdon_client.verl

        compute_score = guerdon_client.verl.compute_score_batch("http://127.0.0.1:8765")
    """
    client = Client(url, key, timeout, retries, ca_file)

    def compute_score(
        data_sources: Sequence[Any],
        solution_strs: Sequence[str],
        ground_truths: Sequence[Any],
        extra_infos: Optional[Sequence[Optional[Mapping[str, Any]]]] = None,
        **_: Any,
    ) -> list[dict[str, float]]:
        infos = [None] * len(solution_strs) if extra_infos is None else extra_infos
        rows = [
            _row(index, source, solution, truth, info, prompt)
            for index, (source, solution, truth, info) in enumerate(
                zip(data_sources, solution_strs, ground_truths, infos)
            )
        ]
        return [_result(row, acc, invalid) for row in client.score(rows, protocol="verl")]

    return compute_score


def _row(
    index: int,
    data_source: Any,
    solution: str,
    truth: Any,
    info: Optional[Mapping[str, Any]],
    prompt_name: Optional[str],
) -> dict[str, Any]:
    info = {} if info is None else info
    names = _PROMPT_NAMES if prompt_name is None else (prompt_name,)
    prompt = next((text(info[name]) for name in names if info.get(name) is not None), "")
    row: dict[str, Any] = {"id": f"r{index}", "prompt": prompt, "completion": solution}
    place = simple(info.get("index"))
    if prompt:
        row["group"] = digest([str(data_source), prompt])
    elif place is not None:
        row["group"] = f"{data_source}/{info.get('split', '')}/{place}"
    else:
        # Without question and index nothing says which rows belong together.
        row["group"] = f"r{index}"
    if reference(truth) is not None:
        row["reference"] = reference(truth)
    columns = columns_of(info, leave_out=names)
    if isinstance(data_source, str):
        columns["data_source"] = data_source
    row["columns"] = columns
    return row


def _result(row: Row, acc: Optional[str], invalid: Optional[float]) -> dict[str, float]:
    score = number_of(row, invalid)
    names = _ACCURACY_NAMES if acc is None else (acc,)
    accuracy = next((row.columns[name] for name in names if name in row.columns), score)
    return {
        "score": score,
        "acc": accuracy if isinstance(accuracy, float) else 0.0,
        "valid": 1.0 if row.valid else 0.0,
        **numbers_of_columns(row, _RESERVED),
    }
