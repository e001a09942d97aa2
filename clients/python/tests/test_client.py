"""Scoring: order, invalid rows, what is sent, what is refused."""

import asyncio
import json
import math
import pickle
import threading

import pytest

from guerdon_client import Client, GuerdonError

ROWS = [
    {"prompt": "17 + 25?", "completion": "<answer>42</answer>", "reference": "42"},
    {"prompt": "17 + 25?", "completion": "41", "reference": "42"},
    {"prompt": "17 + 25?", "completion": "42"},
]


def test_rows_come_back_in_order_with_everything_the_server_says(server):
    batch = Client(server.url).score(ROWS, step=7)
    assert batch.rewards == [1.1, 0.0, None]
    assert batch.advantages == [pytest.approx(0.55), pytest.approx(-0.55), None]
    assert batch.column_names == ["correct", "format"]
    assert batch.column("correct") == [1.0, 0.0, None]
    assert [row.valid for row in batch] == [True, True, False]
    assert batch.rows[2].why == "correct: no reference"
    assert (batch.id, batch.repeated, len(batch)) == ("b_1", False, 3)
    sent = server.seen[0].body
    assert {name: sent[name] for name in ("spec", "protocol", "step", "groups")} == {
        "spec": "default",
        "protocol": "python",
        "step": 7,
        "groups": "whole",
    }
    assert [row["id"] for row in sent["rows"]] == ["r0", "r1", "r2"]


def test_an_empty_batch_is_a_normal_request(server):
    batch = Client(server.url).score([])
    assert (batch.rewards, batch.column_names, batch.column("any")) == ([], [], [])
    assert "step" not in server.seen[0].body


def test_own_ids_are_kept_and_other_keys_pass(server):
    row = {**ROWS[0], "id": 12, "finish_reason": "stop", "tokens": [1, 2]}
    assert Client(server.url).score([row]).rows[0].id == "12"
    assert server.seen[0].body["rows"][0]["tokens"] == [1, 2]


def test_async_form_gives_the_same(server):
    batch = asyncio.run(Client(server.url).score_async(ROWS, groups="single"))
    assert batch.rewards == [1.1, 0.0, None]
    assert server.seen[0].body["groups"] == "single"


def test_many_async_rows_are_under_way_together(server):
    # A server that holds rows until their group is complete needs every one of them.
    server.barrier = threading.Barrier(64)
    client = Client(server.url)

    async def all_rows():
        return await asyncio.gather(*(client.score_async([ROWS[0]]) for _ in range(64)))

    assert [batch.rewards for batch in asyncio.run(all_rows())] == [[1.1]] * 64
    client.close()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_never_sent(server, number):
    rows = [ROWS[0], {**ROWS[1], "columns": {"level": number}}]
    with pytest.raises(GuerdonError, match=r"rows\[1\]\.columns\.level is NaN or infinite") as e:
        Client(server.url).score(rows)
    assert e.value.code == "ARGUMENT_INVALID"
    assert server.seen == []


def test_numbers_of_array_libraries_become_plain(server):
    numpy = pytest.importorskip("numpy")
    row = {**ROWS[0], "tokens": numpy.array([3, 4]), "columns": {"level": numpy.float32(0.5)}}
    Client(server.url).score([row])
    sent = server.seen[0].body["rows"][0]
    assert (sent["tokens"], sent["columns"]) == ([3, 4], {"level": 0.5})
    with pytest.raises(GuerdonError, match=r"rows\[0\]\.logprobs\[1\] is NaN"):
        Client(server.url).score([{**row, "logprobs": numpy.array([0.0, numpy.nan])}])


def test_what_json_lacks_and_what_is_no_row_is_refused(server):
    with pytest.raises(GuerdonError, match="set has no JSON form"):
        Client(server.url).score([{**ROWS[0], "columns": {"a": {1}}}])
    with pytest.raises(GuerdonError, match=r"rows\[0\] is a str"):
        Client(server.url).score(["text"])


def test_half_a_surrogate_pair_arrives(server):
    Client(server.url).score([{**ROWS[0], "completion": "42 \ud83d"}])
    assert server.seen[0].body["rows"][0]["completion"] == "42 \ud83d"
    Client(server.url).score([{**ROWS[0], "completion": "é 😀"}])
    assert "é 😀".encode() in server.seen[1].raw


def test_the_servers_sentence_is_in_the_exception(server):
    client = Client(f"{server.url}/elsewhere")
    with pytest.raises(GuerdonError) as e:
        client.get("/nothing")
    assert (e.value.code, e.value.status) == ("PATH_UNKNOWN", 404)
    assert str(e.value) == 'PATH_UNKNOWN: there is no path "/elsewhere/nothing" (HTTP 404)'


def edited(change):
    def edit(answer):
        answer = json.loads(json.dumps(answer))
        change(answer)
        return answer

    return edit


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda a: a["rows"].pop(), "3 rows were sent, the answer holds 2"),
        (lambda a: a["rows"].reverse(), 'answers "r2", sent was "r0"'),
        (lambda a: a["rows"][0].update(reward="1"), "reward is not a number or null"),
        (lambda a: a["rows"][0].update(reward=True), "reward is not a number or null"),
        (lambda a: a["rows"][0].update(reward=None), "is valid but has no reward"),
        (lambda a: a["rows"][0].update(reward=math.nan), "NaN is not JSON"),
        (lambda a: a["rows"][0].update(valid="yes"), "valid is not true or false"),
        (lambda a: a["rows"][0].pop("columns"), "is not of the protocol's form"),
        (lambda a: a.pop("batch"), "is not of the protocol's form"),
    ],
)
def test_an_answer_of_another_form_is_refused(server, change, sentence):
    server.edit = edited(change)
    with pytest.raises(GuerdonError, match="ANSWER_INVALID") as e:
        Client(server.url).score(ROWS)
    assert sentence in str(e.value)


def test_an_invalid_row_has_no_reward_even_if_a_number_stands_there(server):
    server.edit = edited(lambda a: a["rows"][2].update(reward=0.0))
    assert Client(server.url).score(ROWS).rewards[2] is None


def test_columns_of_steps_are_lists(server):
    server.edit = edited(lambda a: [r["columns"].update(steps=[1, None]) for r in a["rows"]])
    assert Client(server.url).score(ROWS).column("steps") == [[1.0, None]] * 3


def test_what_else_a_spec_may_say_of_a_row(server):
    more = {"tokenRewards": [0, 1], "tokenAdvantages": [None, 2.5], "weight": 0.5, "kept": False}
    server.edit = edited(lambda a: a["rows"][0].update(more))
    first, second, _ = Client(server.url).score(ROWS)
    assert (first.token_rewards, first.token_advantages) == ([0.0, 1.0], [None, 2.5])
    assert (first.weight, first.kept) == (0.5, False)
    assert (second.token_rewards, second.weight, second.kept) == (None, None, True)


def test_an_unknown_column_is_named_with_the_known_ones(server):
    with pytest.raises(GuerdonError, match='no column "style"; it has: correct, format'):
        Client(server.url).score(ROWS).column("style")


def test_a_client_can_be_pickled(server):
    client = Client(server.url, key="secret", timeout=9)
    client.score(ROWS)
    copy = pickle.loads(pickle.dumps(client))
    assert copy.score(ROWS).rewards == [1.1, 0.0, None]
    assert server.seen[1].headers["authorization"] == "Bearer secret"


def test_signal_names_come_from_the_served_reward(server):
    assert Client(server.url).signal_names() == ["correct", "format"]
    assert server.seen[0].path == "/v1/rewards"
    server.edit = lambda answer: {"signals": ["correct"]}
    with pytest.raises(GuerdonError, match="ANSWER_INVALID"):
        Client(server.url).signal_names()
