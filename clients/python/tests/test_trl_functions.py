"""The reward functions for TRL, called as TRL calls them."""

import asyncio
import inspect
import warnings
from types import SimpleNamespace

import pytest
from native_server import REFUSED

from guerdon_client import GuerdonError
from guerdon_client.trl import reward_fn, reward_fns

PROMPTS = ["17 + 25?", "17 + 25?", "1 + 1?", "1 + 1?"]
COMPLETIONS = ["<answer>42</answer>", "41", "2", "3"]
IDS = [[1, 2, 3], [4], [5, 6], [7]]
STATE = SimpleNamespace(global_step=12, epoch=0.5)


class Log:
    """What TRL's log_extra and log_metric collect."""

    def __init__(self):
        self.extra, self.metrics = {}, {}

    def call(self, function, prompts=PROMPTS, completions=COMPLETIONS, **columns):
        return function(
            prompts=prompts,
            completions=completions,
            completion_ids=IDS[: len(completions)],
            trainer_state=STATE,
            log_extra=self.extra.__setitem__,
            log_metric=self.metrics.__setitem__,
            **columns,
        )


def run(awaitable):
    return asyncio.run(awaitable)


def test_rewards_in_order_with_columns_in_the_log(server):
    log = Log()
    function = reward_fn(server.url)
    assert function.__name__ == "guerdon"
    assert inspect.iscoroutinefunction(function)
    rewards = run(log.call(function, answer=["42", "42", "2", "2"], difficulty=[2, 2, 1, 1]))
    assert rewards == [1.1, 0.0, 1.0, 0.0]
    assert log.extra["guerdon/correct"] == [1, 0, 1, 0]
    assert log.extra["guerdon/reasons"] == ["", "", "", ""]
    assert log.metrics == {
        "guerdon/invalid_rows": 0.0,
        "guerdon/correct": 0.5,
        "guerdon/format": 0.25,
    }
    sent = server.seen[0].body
    assert (sent["protocol"], sent["step"], sent["groups"]) == ("trl", 12, "whole")
    first, second, third, _ = sent["rows"]
    assert first["group"] == second["group"] != third["group"]
    assert first["reference"] == "42"
    assert first["columns"] == {"difficulty": 2}
    assert first["tokens"] == [1, 2, 3]


def test_a_row_that_cannot_be_scored_is_none(server):
    log = Log()
    rewards = run(log.call(reward_fn(server.url), answer=["42", None, "2", "2"]))
    assert rewards == [1.1, None, 1.0, 0.0]
    assert log.metrics["guerdon/invalid_rows"] == 1
    assert log.metrics["guerdon/correct"] == pytest.approx(2 / 3)
    assert log.extra["guerdon/reasons"][1] == "correct: no reference"


def test_older_versions_call_without_logs_and_state(server):
    function = reward_fn(server.url, name="math")
    assert function.__name__ == "math"
    rewards = run(function(prompts=PROMPTS, completions=COMPLETIONS, answer=["42"] * 4))
    assert rewards == [1.1, 0.0, 0.0, 0.0]
    assert "step" not in server.seen[0].body
    assert "tokens" not in server.seen[0].body["rows"][0]


def test_conversations(server):
    prompts = [[{"role": "user", "content": "17 + 25?"}]] * 2
    completions = [
        [{"role": "assistant", "content": "42"}],
        [
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
            {"role": "tool", "tool_call_id": "1", "name": "sum", "content": "42"},
            {"role": "assistant", "content": "41"},
        ],
    ]
    rewards = run(Log().call(reward_fn(server.url), prompts, completions, answer=["42", "42"]))
    assert rewards == [1.0, 0.0]
    rows = server.seen[0].body["rows"]
    assert rows[0]["prompt"] == prompts[0]
    assert [row["completion"] for row in rows] == completions
    assert rows[0]["group"] == rows[1]["group"]


def test_of_images_only_the_place_is_sent(server):
    parts = [{"type": "image", "image": object()}, {"type": "text", "text": "17 + 25?"}]
    prompts = [[{"role": "user", "content": parts}]]
    run(Log().call(reward_fn(server.url), prompts, ["42"], answer=["42"]))
    assert server.seen[0].body["rows"][0]["prompt"] == [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "17 + 25?"}]}
    ]


@pytest.mark.parametrize("name", ["reference", "answer", "ground_truth", "solution", "label"])
def test_columns_that_become_the_reference(server, name):
    run(Log().call(reward_fn(server.url), **{name: ["42"] * 4}))
    row = server.seen[0].body["rows"][0]
    assert row["reference"] == "42"
    assert "columns" not in row


def test_the_reference_column_can_be_named(server):
    function = reward_fn(server.url, reference="target")
    run(Log().call(function, target=[42] * 4, answer=["no"] * 4))
    row = server.seen[0].body["rows"][0]
    assert row["reference"] == 42
    assert row["columns"] == {"answer": "no"}
    with pytest.raises(GuerdonError, match='no column "target" for the reference; it has: answer'):
        run(Log().call(function, answer=["no"] * 4))


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (True, "true"),
        ({"a": 1}, '{"a": 1}'),
        (["42", "forty-two"], ["42", "forty-two"]),
        ([42, 43], ["42", "43"]),
        (4.5, 4.5),
    ],
)
def test_references_of_every_kind(server, value, sent):
    run(Log().call(reward_fn(server.url), answer=[value] * 4))
    assert server.seen[0].body["rows"][0]["reference"] == sent


def test_only_numbers_strings_and_booleans_are_sent_as_columns(server):
    columns = {
        "level": [1, float("nan"), 3, None],
        "hard": [True, False, True, False],
        "source": ["a"] * 4,
        "tests": [["x"]] * 4,
        "environments": [object()] * 4,
    }
    run(Log().call(reward_fn(server.url), **columns))
    rows = server.seen[0].body["rows"]
    assert rows[0]["columns"] == {"level": 1, "hard": True, "source": "a"}
    assert rows[1]["columns"] == {"level": None, "hard": False, "source": "a"}


def test_columns_can_be_chosen(server):
    columns = {"level": [1] * 4, "tests": [["x"]] * 4, "answer": ["42"] * 4}
    run(Log().call(reward_fn(server.url, columns=["level", "answer"]), **columns))
    assert server.seen[0].body["rows"][0]["columns"] == {"level": 1, "answer": "42"}
    run(Log().call(reward_fn(server.url, columns=[]), **columns))
    assert "columns" not in server.seen[1].body["rows"][0]
    with pytest.raises(GuerdonError, match='no column "style"'):
        run(Log().call(reward_fn(server.url, columns=["style"]), **columns))
    with pytest.raises(GuerdonError, match='column "tests" holds more than'):
        run(Log().call(reward_fn(server.url, columns=["tests"]), **columns))


def test_tokens_can_stay_at_home(server):
    run(Log().call(reward_fn(server.url, tokens=False)))
    assert "tokens" not in server.seen[0].body["rows"][0]


def test_a_refusal_stops_training_with_the_servers_sentence(server):
    server.failures = [REFUSED]
    with pytest.raises(GuerdonError, match="DATA_FIELD_INVALID: is wrong"):
        run(Log().call(reward_fn(server.url)))


def test_one_function_a_signal_and_one_request_for_all(server):
    functions = reward_fns(server.url)
    assert [function.__name__ for function in functions] == ["correct", "format"]
    asked = len(server.seen)
    log = Log()

    async def step():
        return await asyncio.gather(
            *(log.call(function, answer=["42", None, "2", "2"]) for function in functions)
        )

    assert run(step()) == [[1.0, None, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
    assert len(server.seen) == asked + 1
    assert log.metrics["guerdon/invalid_rows"] == 1
    # The same batch once more is a new request, shared again.
    assert run(step())[0][0] == 1.0
    assert len(server.seen) == asked + 2


def test_different_batches_at_once_do_not_mix(server):
    first, second = reward_fns(server.url, columns=["correct", "format"])

    async def both():
        return await asyncio.gather(
            Log().call(first, answer=["42"] * 4),
            Log().call(first, answer=["2"] * 4),
            Log().call(second, answer=["2"] * 4),
            Log().call(second, answer=["42"] * 4),
        )

    assert run(both()) == [[1, 0, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]]
    assert len(server.seen) == 2


def test_a_failed_request_fails_every_function_and_is_forgotten(server):
    functions = reward_fns(server.url, columns=["correct", "format"])

    async def step():
        calls = (Log().call(function) for function in functions)
        return await asyncio.gather(*calls, return_exceptions=True)

    for count in (1, 2):
        server.failures = [REFUSED]
        assert [type(result) for result in run(step())] == [GuerdonError, GuerdonError]
        assert len(server.seen) == count


def test_a_cancelled_function_leaves_the_answer_to_the_others(server):
    first, second = reward_fns(server.url, columns=["correct", "format"])

    async def step():
        cancelled = asyncio.ensure_future(Log().call(first, answer=["42"] * 4))
        other = asyncio.ensure_future(Log().call(second, answer=["42"] * 4))
        await asyncio.sleep(0)
        cancelled.cancel()
        return await other

    assert run(step()) == [1, 0, 0, 0]
    assert len(server.seen) == 1


def test_a_name_that_is_no_signal_is_refused(server):
    (function,) = reward_fns(server.url, columns=["style"])
    with pytest.raises(GuerdonError, match='no column "style"; it has: correct, format'):
        run(Log().call(function))


def test_columns_of_steps_are_no_reward(server):
    def edit(answer):
        for row in answer["rows"]:
            row["columns"]["steps"] = [1, 0]
        return answer

    server.edit = edit
    (function,) = reward_fns(server.url, columns=["steps"])
    with pytest.raises(GuerdonError, match='"steps" has a number for every step or token'):
        run(Log().call(function))


@pytest.mark.parametrize(
    ("world", "options", "rows", "split"),
    [
        ("1", {"num_generations": 3}, 4, False),
        ("2", {"num_generations": 4}, 4, False),
        ("2", {"num_generations": 3}, 4, True),
        ("2", {"num_generations": 3, "groups": "single"}, 4, False),
        ("2", {}, 4, False),
        ("2", {}, 3, True),
    ],
)
def test_split_groups_are_warned_about_once(server, monkeypatch, world, options, rows, split):
    monkeypatch.setenv("WORLD_SIZE", world)
    function = reward_fn(server.url, **options)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            run(Log().call(function, PROMPTS[:rows], COMPLETIONS[:rows]))
    assert len([w for w in caught if "split between processes" in str(w.message)]) == int(split)
    assert server.seen[0].body["groups"] == options.get("groups", "whole")
