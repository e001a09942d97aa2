"""The hooks for slime, with samples of slime's fields."""

import asyncio
import enum
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Optional

import pytest

from guerdon_client import GuerdonError
from guerdon_client.slime import group_rm, post_process, rm


class Status(enum.Enum):
    COMPLETED = "completed"
    TRUNCATED = "truncated"


@dataclass
class Sample:
    prompt: Any = "17 + 25?"
    response: str = "<answer>42</answer>"
    label: Optional[str] = "42"
    tokens: list = field(default_factory=list)
    response_length: int = 0
    status: Status = Status.COMPLETED
    group_index: Optional[int] = None
    metadata: dict = field(default_factory=dict)
    rollout_log_probs: Optional[list] = None
    remove_sample: bool = False


ARGS = SimpleNamespace(reward_key=None, eval_reward_key=None)
KEYED = SimpleNamespace(reward_key="score", eval_reward_key=None)


def test_one_sample(server):
    sample = Sample(
        tokens=[9, 9, 1, 2],
        response_length=2,
        status=Status.TRUNCATED,
        group_index=5,
        metadata={"level": 3, "rm_type": "x", "tests": []},
        rollout_log_probs=[-0.5, -1.0],
    )
    assert asyncio.run(rm(server.url)(ARGS, sample, evaluation=False)) == 1.1
    sent = server.seen[0].body
    assert (sent["protocol"], sent["groups"]) == ("slime", "single")
    assert sent["rows"] == [
        {
            "id": "r0",
            "group": "g5",
            "prompt": "17 + 25?",
            "completion": "<answer>42</answer>",
            "reference": "42",
            "columns": {"level": 3, "rm_type": "x"},
            "finish_reason": "length",
            "tokens": [1, 2],
            "logprobs": [-0.5, -1.0],
        }
    ]


def test_with_a_reward_key_all_columns_come(server):
    assert asyncio.run(rm(server.url)(KEYED, Sample())) == {
        "score": 1.1,
        "correct": 1.0,
        "correct_valid": 1.0,
        "format": 1.0,
        "format_valid": 1.0,
    }


def test_a_sample_that_cannot_be_scored_raises_unless_it_may_count(server):
    with pytest.raises(GuerdonError, match="ROW_INVALID"):
        asyncio.run(rm(server.url)(ARGS, Sample(label=None)))
    assert asyncio.run(rm(server.url, invalid=-1.0)(ARGS, Sample(label=None))) == -1.0


def test_a_group(server):
    messages = [{"role": "user", "content": "17 + 25?"}]
    samples = [Sample(prompt=messages, response=text) for text in ("42", "41")]
    assert asyncio.run(group_rm(server.url)(ARGS, samples)) == [1.0, 0.0]
    (seen,) = server.seen
    assert seen.body["groups"] == "whole"
    assert seen.body["rows"][0]["group"] == seen.body["rows"][1]["group"]


def samples_of_two_groups():
    return [
        Sample(response=text, label=label, group_index=group)
        for group, text, label in [(0, "42", "42"), (0, "41", "42"), (1, "3", "2"), (1, "2", None)]
    ]


def test_advantages_take_the_place_of_normalisation(server):
    samples = samples_of_two_groups()[:3]
    raw, processed = post_process(server.url)(ARGS, samples)
    assert raw == [1.0, 0.0, 0.0]
    assert processed == [0.5, -0.5, 0.0]
    assert not any(sample.remove_sample for sample in samples)
    assert post_process(server.url)(ARGS, []) == ([], [])


def test_an_invalid_sample_is_removed_and_moves_no_average(server):
    samples = samples_of_two_groups()
    raw, processed = post_process(server.url)(ARGS, samples)
    assert raw == [1.0, 0.0, 0.0, pytest.approx(1 / 3)]
    assert processed == [0.5, -0.5, 0.0, 0.0]
    assert [sample.remove_sample for sample in samples] == [False, False, False, True]
    with pytest.raises(GuerdonError, match='row "r3" could not be scored'):
        post_process(server.url, invalid="raise")(ARGS, samples)


def test_a_sample_that_the_advantage_leaves_out_is_removed(server):
    def edit(answer):
        answer["rows"][0].update(kept=False, advantage=None)
        return answer

    server.edit = edit
    samples = samples_of_two_groups()[:2]
    assert post_process(server.url)(ARGS, samples) == ([1.0, 0.0], [0.0, -0.5])
    assert [sample.remove_sample for sample in samples] == [True, False]


def test_no_valid_sample_and_no_advantage_are_refused(server):
    with pytest.raises(GuerdonError, match="no sample of the batch could be scored: correct"):
        post_process(server.url)(ARGS, [Sample(label=None)])
    server.has_advantage = False
    with pytest.raises(GuerdonError, match="the served spec gives no advantage"):
        post_process(server.url)(ARGS, [Sample()])


def test_token_lists_of_another_length_stay_at_home(server):
    sample = Sample(tokens=[1], response_length=2, rollout_log_probs=[float("nan")] * 2)
    asyncio.run(rm(server.url)(ARGS, sample))
    sample = Sample(tokens=[1, 2], response_length=2, rollout_log_probs=[float("nan")] * 2)
    asyncio.run(rm(server.url)(ARGS, sample))
    first, second = (seen.body["rows"][0] for seen in server.seen)
    assert "tokens" not in first
    assert "logprobs" not in first
    assert second["tokens"] == [1, 2]
    assert "logprobs" not in second
