"""Reward functions for OpenRLHF.

For most runs no Python is needed: ``--reward.remote_url http://HOST:PORT/get_reward``. These are
for a server with a key, for https with its own certificates, for retries that are recognised, and
for agents. PyTorch is imported when a function is called.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Callable, Optional

from ._json import encode
from ._rows import reference
from .client import Client
from .error import GuerdonError

Rewards = dict[str, Any]


def reward_func(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[..., Rewards]:
    """A ``reward_func`` for OpenRLHF's reward function file.

    It returns ``rewards``, ``scores`` and ``extra_logs`` as float tensors of one number a row.
    The server takes the prompt and the end-of-turn tokens off the query.

    Args:
        url: address of ``guerdon serve`` (without ``/get_reward``).
        key: API key; ``GUERDON_KEY`` when not given.
        timeout: seconds one try may take.
        retries: tries after the first.
        ca_file: certificates (PEM) to trust for https.

    Raises:
        GuerdonError: from the function. OpenRLHF logs it and goes on without that reward, which
            stops the step.

    Example, a file for ``--reward.remote_url reward.py``::

        import guerdon_client.openrlhf

        reward_func = guerdon_client.openrlhf.reward_func("http://127.0.0.1:8765")
    """
    client = Client(url, key, timeout, retries, ca_file)

    def reward_func(
        queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **_: Any
    ) -> Rewards:
        return _tensors(_ask(client, queries, prompts, labels))

    return reward_func


def step_reward(
    url: str,
    key: Optional[str] = None,
    timeout: float = 120,
    *,
    retries: int = 5,
    ca_file: Optional[str] = None,
) -> Callable[[Mapping[str, Any]], Awaitable[Rewards]]:
    """An async function that gives the reward part of an agent's ``step``.

    Arguments and errors as ``reward_func``.

    Example, in a file for ``--train.agent_func_path``::

        reward_of = guerdon_client.openrlhf.step_reward("http://127.0.0.1:8765")

        class AgentInstance(AgentInstanceBase):
            async def step(self, states, **kwargs):
                return {**await reward_of(states), "environment_feedback": "", "done": True}
    """
    client = Client(url, key, timeout, retries, ca_file)

    async def step(states: Mapping[str, Any]) -> Rewards:
        prompt, action = states["observation_text"], states["action_text"]
        answer = await client.in_thread(
            functools.partial(_ask, client, [prompt + action], [prompt], [states.get("label")])
        )
        return _tensors(answer)

    return step


def _ask(
    client: Client, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]
) -> Any:
    body = {
        "query": list(queries),
        "prompts": list(prompts),
        "labels": [reference(label) for label in labels],
    }
    answer = client.post("/get_reward", encode(body))
    rewards = answer.get("rewards") if isinstance(answer, dict) else None
    if not isinstance(rewards, list) or len(rewards) != len(queries):
        raise GuerdonError(
            "ANSWER_INVALID", f"/get_reward did not answer {len(queries)} rows with as many rewards"
        )
    return answer


def _tensors(answer: Any) -> Rewards:
    import torch

    def tensor(numbers: Any) -> Any:
        return torch.tensor(numbers, dtype=torch.float32)

    return {
        "rewards": tensor(answer["rewards"]),
        "scores": tensor(answer.get("scores", answer["rewards"])),
        "extra_logs": {name: tensor(n) for name, n in answer.get("extra_logs", {}).items()},
    }
