"""slime's own reward hub and samples call the functions; needs slime's sources on the path."""

import asyncio
import sys
from types import ModuleType, SimpleNamespace

import pytest

from guerdon_client.slime import group_rm, post_process, rm

hub = pytest.importorskip("slime.rollout.rm_hub")
Sample = pytest.importorskip("slime.utils.types").Sample


@pytest.fixture
def arguments(server, monkeypatch):
    """The run's arguments, with the functions at import paths as the flags name them."""
    module = ModuleType("reward_for_slime")
    module.rm, module.group_rm = rm(server.url), group_rm(server.url)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return SimpleNamespace(
        custom_rm_path="reward_for_slime.rm",
        rm_type=None,
        rm_url=None,
        reward_key=None,
        eval_reward_key=None,
    )


def samples(*responses):
    return [
        Sample(
            group_index=0,
            index=index,
            prompt="17 + 25?",
            response=response,
            label="42",
            tokens=[1, 2, 3],
            response_length=2,
            rollout_log_probs=[-0.5, -0.25],
            status=Sample.Status.TRUNCATED,
            metadata={"level": 1},
        )
        for index, response in enumerate(responses)
    ]


def test_one_sample(server, arguments):
    assert asyncio.run(hub.async_rm(arguments, samples("42")[0])) == 1.0
    (row,) = server.seen[0].body["rows"]
    assert (row["group"], row["finish_reason"], row["tokens"]) == ("g0", "length", [2, 3])


def test_with_a_reward_key_the_sample_gives_the_score(arguments):
    arguments.reward_key = "score"
    (sample,) = samples("<answer>42")
    sample.reward = asyncio.run(hub.async_rm(arguments, sample))
    assert sample.get_reward_value(arguments) == 1.1
    assert sample.reward["format"] == 1.0


def test_a_group_and_its_advantages(server, arguments):
    arguments.custom_rm_path = "reward_for_slime.group_rm"
    group = samples("42", "41")
    assert asyncio.run(hub.batched_async_rm(arguments, group)) == [1.0, 0.0]
    assert post_process(server.url)(arguments, group) == ([1.0, 0.0], [0.5, -0.5])


def test_its_own_remote_reward(live_url, arguments):
    arguments.custom_rm_path, arguments.rm_type = None, "remote_rm"
    arguments.rm_url, arguments.reward_key = f"{live_url}/slime", "score"
    (sample,) = samples("It is 42")
    sample.reward = asyncio.run(hub.async_rm(arguments, sample))
    assert sample.get_reward_value(arguments) == pytest.approx(1.53)
    assert sample.reward["correct"] == 1
