"""Against a running server that serves tests/reward.yaml: GUERDON_URL."""

import asyncio
import uuid

import pytest

from guerdon_client import Client, GuerdonError
from guerdon_client._json import encode
from guerdon_client.client import request_body
from guerdon_client.trl import reward_fn, reward_fns
from guerdon_client.verl import compute_score_batch


@pytest.fixture
def client(live_url):
    with Client(live_url) as made:
        yield made


def rows(count=1, reference="42"):
    # Each test asks for texts of its own, so that no answer is that of an earlier run.
    mark = uuid.uuid4().hex
    made = []
    for index in range(count):
        answer = r"\boxed{42}" if index % 2 == 0 else r"\boxed{13}"
        row = {"prompt": f"What is 17 + 25? ({mark})", "completion": f"It is {answer}"}
        if reference is not None:
            row["reference"] = reference
        made.append(row)
    return made


def test_rewards_advantages_and_columns(client):
    batch = client.score(rows(4), step=1)
    # correct, an even digit, three words of 0.01
    assert batch.rewards == [pytest.approx(r) for r in (1.53, 0.03, 1.53, 0.03)]
    assert batch.column_names == ["correct", "even", "words"]
    assert batch.column("correct") == [1, 0, 1, 0]
    advantages = batch.advantages
    assert sum(advantages) == pytest.approx(0)
    assert advantages[0] == advantages[2] > 0
    assert all(row.valid for row in batch)
    assert not batch.repeated


def test_a_row_without_reference_is_invalid_and_says_why(client):
    batch = client.score([*rows(2), *rows(1, reference=None)])
    assert [row.valid for row in batch] == [True, True, False]
    assert batch.rewards[2] is None
    assert batch.rows[2].columns["correct"] is None
    assert batch.rows[2].columns["even"] == 1
    assert batch.rows[2].why


def test_an_empty_batch(client):
    assert client.score([]).rewards == []


def test_the_same_request_again_is_answered_again(client):
    body, _ = request_body(rows(3), 1, "whole", "python", "default")
    key = str(uuid.uuid4())
    first = client._http.send("POST", "/v1/rewards", body, key)
    second = client._http.send("POST", "/v1/rewards", body, key)
    assert (first.status, second.status) == (200, 200)
    assert b'"repeated":true' in second.body
    rows_at = first.body.index(b'"rows"'), second.body.index(b'"rows"')
    assert (
        first.body[rows_at[0] :].split(b'"specDigest"')[0]
        == (second.body[rows_at[1] :].split(b'"specDigest"')[0])
    )


def test_a_key_is_not_given_to_another_request(client):
    key = str(uuid.uuid4())
    for expected in (200, 422):
        body, _ = request_body(rows(1), 1, "whole", "python", "default")
        assert client._http.send("POST", "/v1/rewards", body, key).status == expected


def test_a_large_packed_batch(client):
    many = rows(2000)
    for row in many:
        row["completion"] = "é" * 200 + " " + row["completion"]
    assert len(encode(many)) > 500_000
    batch = client.score(many)
    assert batch.column("correct") == [1, 0] * 1000


def test_refusals_carry_the_servers_sentence(client):
    with pytest.raises(GuerdonError, match="completion") as e:
        client.score([{"prompt": "a"}])
    assert e.value.status == 400
    with pytest.raises(GuerdonError, match="not served") as e:
        client.score(rows(1), spec="another")
    assert e.value.status == 400
    with pytest.raises(GuerdonError) as e:
        client.get("/no/such/path")
    assert e.value.status == 404


def test_many_requests_at_once(client):
    async def all_of_them():
        return await asyncio.gather(*(client.score_async(rows(2)) for _ in range(64)))

    batches = asyncio.run(all_of_them())
    assert all(batch.column("correct") == [1, 0] for batch in batches)
    assert len({batch.id for batch in batches}) == 64


def test_the_functions_for_trl(live_url):
    made = rows(4)
    columns = {
        "prompts": [row["prompt"] for row in made],
        "completions": [row["completion"] for row in made],
        "completion_ids": [[1, 2]] * 4,
        "answer": ["42", "42", None, "42"],
    }
    rewards = asyncio.run(reward_fn(live_url)(**columns))
    assert rewards == [pytest.approx(1.53), pytest.approx(0.03), None, pytest.approx(0.03)]
    functions = reward_fns(live_url)
    assert [function.__name__ for function in functions] == ["correct", "even", "words"]

    async def step():
        return await asyncio.gather(*(function(**columns) for function in functions))

    assert asyncio.run(step()) == [[1, 0, None, 0], [1, 0, 1, 0], [3, 3, 3, 3]]


def test_the_functions_for_verl(live_url):
    made = rows(2)
    results = compute_score_batch(live_url)(
        data_sources=["sums"] * 2,
        solution_strs=[row["completion"] for row in made],
        ground_truths=["42", "42"],
        extra_infos=[{"question": row["prompt"]} for row in made],
    )
    assert [result["acc"] for result in results] == [1.0, 0.0]
    assert list(results[0]) == list(results[1])


def test_the_functions_for_openrlhf(live_url):
    pytest.importorskip("torch")
    from guerdon_client.openrlhf import reward_func

    made = rows(2)
    result = reward_func(live_url)(
        [row["prompt"] + row["completion"] + "<|im_end|>" for row in made],
        [row["prompt"] for row in made],
        ["42", 42],
    )
    assert result["rewards"].tolist() == [pytest.approx(1.53), pytest.approx(0.03)]
    assert result["scores"].tolist() == [1.0, 0.0]
    assert result["extra_logs"]["words"].tolist() == [3.0, 3.0]
