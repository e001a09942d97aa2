"""The reward functions for OpenRLHF."""

import asyncio

import pytest

from guerdon_client import GuerdonError
from guerdon_client.openrlhf import reward_func, step_reward

torch = pytest.importorskip("torch")


def test_tensors_of_one_number_a_row(server):
    result = reward_func(server.url)(
        ["17 + 25?<answer>42</answer>", "1 + 1?3"], ["17 + 25?", "1 + 1?"], ["42", 2], extra=1
    )
    assert torch.equal(result["rewards"], torch.tensor([1.1, 0.0]))
    assert torch.equal(result["scores"], torch.tensor([1.0, 0.0]))
    assert torch.equal(result["extra_logs"]["format"], torch.tensor([1.0, 0.0]))
    assert all(t.dtype == torch.float32 for t in (result["rewards"], result["scores"]))
    assert server.seen[0].body["labels"] == ["42", 2]


def test_an_empty_batch(server):
    assert reward_func(server.url)([], [], [])["rewards"].shape == (0,)


def test_a_failed_row_raises_with_the_servers_sentence(server):
    with pytest.raises(GuerdonError, match="SIGNAL_FAILED: correct: no reference"):
        reward_func(server.url)(["q42"], ["q"], [None])


def test_answers_without_scores_and_of_another_length(server):
    server.edit = lambda answer: {"rewards": answer["rewards"]}
    result = reward_func(server.url)(["q42"], ["q"], ["42"])
    assert result["scores"].tolist() == [1.0]
    assert result["extra_logs"] == {}
    server.edit = lambda answer: {"rewards": []}
    with pytest.raises(GuerdonError, match="ANSWER_INVALID"):
        reward_func(server.url)(["q42"], ["q"], ["42"])


def test_the_reward_part_of_an_agents_step(server):
    states = {"observation_text": "17 + 25?", "action_text": "42", "label": "42"}
    result = asyncio.run(step_reward(server.url)(states))
    assert result["rewards"].tolist() == [1.0]
    assert set(result) == {"rewards", "scores", "extra_logs"}
    assert server.seen[0].body == {
        "query": ["17 + 25?42"],
        "prompts": ["17 + 25?"],
        "labels": ["42"],
    }
