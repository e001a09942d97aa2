"""The environment for NeMo-RL, as the plain class that Ray would wrap."""

import pytest

from guerdon_client import GuerdonError
from guerdon_client.nemo_rl import GuerdonEnvironment

torch = pytest.importorskip("torch")


def log(answer, question="17 + 25?"):
    return [
        {"role": "user", "content": question, "token_ids": torch.tensor([1, 2])},
        {"role": "assistant", "content": answer, "token_ids": torch.tensor([3])},
    ]


METADATA = [{"ground_truth": "42", "level": 1, "tests": []}, {"ground_truth": "42"}]


def test_a_step(server):
    environment = GuerdonEnvironment({"url": server.url})
    result = environment.step([log("<answer>42</answer>"), log("41")], METADATA)
    assert torch.equal(result.rewards, torch.tensor([1.1, 0.0]))
    assert torch.equal(result.terminateds, torch.tensor([True, True]))
    assert result.terminateds.dtype == torch.bool
    assert result.observations[0] == {"role": "environment", "content": "reward: 1.1"}
    assert result.metadata == METADATA
    assert (result.next_stop_strings, result.answers) == ([None, None], None)
    assert result._fields == (
        "observations",
        "metadata",
        "next_stop_strings",
        "rewards",
        "terminateds",
        "answers",
    )
    sent = server.seen[0].body
    assert sent["protocol"] == "nemo-rl"
    assert sent["rows"][0] == {
        "id": "r0",
        "prompt": [{"role": "user", "content": "17 + 25?"}],
        "completion": [{"role": "assistant", "content": "<answer>42</answer>"}],
        "reference": "42",
        "columns": {"level": 1},
    }
    environment.shutdown()


def test_rewards_by_column(server):
    environment = GuerdonEnvironment({"url": server.url, "rewards": "columns"})
    result = environment.step([log("<answer>42</answer>"), log("42")], METADATA)
    assert list(result.rewards) == ["reward/correct", "reward/format"]
    assert result.rewards["reward/format"].tolist() == [1.0, 0.0]
    assert environment.step([], []).rewards == {}


@pytest.mark.parametrize("kind", ["total", "columns"])
def test_a_row_that_cannot_be_scored_raises_unless_it_may_count(server, kind):
    config = {"url": server.url, "rewards": kind}
    with pytest.raises(GuerdonError, match="ROW_INVALID"):
        GuerdonEnvironment(config).step([log("42")], [None])
    result = GuerdonEnvironment({**config, "invalid": -1.0}).step([log("42")], [None])
    rewards = result.rewards if kind == "total" else result.rewards["reward/correct"]
    assert rewards.tolist() == [-1.0]
    assert result.observations[0]["content"] == "not scored: correct: no reference"


def test_the_reference_can_be_named(server):
    environment = GuerdonEnvironment({"url": server.url, "reference": "target"})
    assert environment.step([log("42")], [{"target": 42, "answer": "7"}]).rewards.tolist() == [1.0]
    assert server.seen[0].body["rows"][0]["columns"] == {"answer": "7"}


def test_metrics():
    environment = GuerdonEnvironment({"url": "http://127.0.0.1:1"})
    batch = {"total_reward": torch.tensor([1, 0])}
    assert environment.global_post_process_and_metrics(batch) == (batch, {"guerdon_reward": 0.5})
    assert environment.global_post_process_and_metrics({}) == ({}, {})


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({}, 'needs "url"'),
        ({"url": "http://a", "reward": "x"}, "no option reward; it has: ca_file"),
        ({"url": "http://a", "rewards": "all"}, 'rewards is "all"; expected "total" or "columns"'),
    ],
)
def test_a_wrong_configuration_is_refused(config, sentence):
    with pytest.raises(GuerdonError, match=sentence):
        GuerdonEnvironment(config)


def test_a_conversation_without_an_answer_is_refused(server):
    with pytest.raises(GuerdonError, match="conversation 0 has no assistant message"):
        GuerdonEnvironment({"url": server.url}).step([log("42")[:1]], [{}])


def test_as_a_ray_actor(server):
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=1, include_dashboard=False, configure_logging=False)
    try:
        actor = GuerdonEnvironment.options(num_cpus=0).remote({"url": server.url})
        result = ray.get(actor.step.remote([log("42")], METADATA[:1]))
        assert result.rewards.tolist() == [1.0]
    finally:
        ray.shutdown()
