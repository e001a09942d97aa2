"""OpenRLHF's own executors, which generate and then ask for the reward, run against us."""

import asyncio
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
agent = pytest.importorskip("openrlhf.utils.agent")

REWARD_FILE = """
import guerdon_client.openrlhf

reward_func = guerdon_client.openrlhf.reward_func("{url}")
"""
AGENT_FILE = """
import guerdon_client.openrlhf
from openrlhf.utils.agent import AgentInstanceBase, MultiTurnAgentExecutor

reward_of = guerdon_client.openrlhf.step_reward("{url}")


class AgentInstance(AgentInstanceBase):
    def __init__(self, *args, **kwargs):
        pass

    async def reset(self, states, **kwargs):
        return {{"observation": states["observation"]}}

    async def step(self, states, **kwargs):
        return {{**await reward_of(states), "environment_feedback": "", "done": True}}


class AgentExecutor(MultiTurnAgentExecutor):
    def __init__(self):
        super().__init__(AgentInstance)
"""


class Tokenizer:
    """One token a character."""

    eos_token_id = 0

    def __call__(self, text, **_):
        ids = [ord(c) for c in text]
        return {"input_ids": torch.tensor([ids])}

    def decode(self, ids, **_):
        return "".join(chr(int(token)) for token in ids)


class Engine:
    """Gives the same completion to every prompt."""

    def __init__(self, completion):
        self.completion = completion

    async def generate(self, prompt_token_ids, sampling_params, **_):
        output = SimpleNamespace(
            token_ids=[ord(c) for c in self.completion],
            text=self.completion,
            finish_reason="stop",
            logprobs=None,
        )
        return SimpleNamespace(outputs=[output])


def execute(executor, completion, label):
    sampling = SimpleNamespace(max_tokens=64, logprobs=None, min_tokens=1)
    return asyncio.run(
        executor.execute("17 + 25?", label, sampling, 512, Tokenizer(), Engine(completion))
    )


def test_a_reward_function_file(server, tmp_path):
    path = tmp_path / "reward.py"
    path.write_text(REWARD_FILE.format(url=server.url))
    executor = agent.SingleTurnAgentExecutor(str(path))
    result = execute(executor, "<answer>42</answer>", "42")
    assert result["reward"].tolist() == [pytest.approx(1.1)]
    assert result["scores"].tolist() == [1.0]
    assert result["extra_logs"]["format"].tolist() == [1.0]


def test_the_address_itself(server):
    executor = agent.SingleTurnAgentExecutor(f"{server.url}/get_reward")
    result = execute(executor, "41", "42")
    assert (result["reward"], result["scores"]) == ([0.0], [0])


def test_an_agent(server, tmp_path):
    namespace = {}
    exec(AGENT_FILE.format(url=server.url), namespace)
    result = execute(namespace["AgentExecutor"](), "42", "42")
    assert float(result["reward"]) == 1.0
    assert float(result["scores"]) == 1.0
    assert server.seen[0].body["query"] == ["17 + 25?42"]
