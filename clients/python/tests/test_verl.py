"""The custom reward functions for verl."""

import asyncio
import inspect

import pytest

from guerdon_client import GuerdonError
from guerdon_client.verl import compute_score, compute_score_batch

INFO = {"split": "train", "index": 3, "question": "17 + 25?", "num_turns": None, "more": [1]}
KEYS = ["score", "acc", "valid", "correct", "correct_valid", "format", "format_valid"]


def one(function, solution="<answer>42</answer>", truth="42", info=INFO, **kwargs):
    return asyncio.run(
        function(
            data_source="guerdon/sums",
            solution_str=solution,
            ground_truth=truth,
            extra_info=info,
            **kwargs,
        )
    )


def test_one_row(server):
    function = compute_score(server.url)
    assert inspect.iscoroutinefunction(function)
    result = one(function, reward_router_address="host:1", reward_model_tokenizer=None)
    assert list(result) == KEYS
    assert list(result.values()) == [1.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    sent = server.seen[0].body
    assert (sent["protocol"], sent["groups"]) == ("verl", "single")
    (row,) = sent["rows"]
    assert (row["prompt"], row["completion"], row["reference"]) == (
        "17 + 25?",
        "<answer>42</answer>",
        "42",
    )
    assert row["columns"] == {
        "split": "train",
        "index": 3,
        "num_turns": None,
        "data_source": "guerdon/sums",
    }


def test_a_row_without_extra_info(server):
    assert one(compute_score(server.url), info=None)["score"] == 1.1
    assert server.seen[0].body["rows"][0]["prompt"] == ""


def test_a_row_that_cannot_be_scored_raises_unless_it_may_count(server):
    with pytest.raises(GuerdonError, match='row "r0" could not be scored: correct: no reference'):
        one(compute_score(server.url), truth=None)
    result = one(compute_score(server.url, invalid=-1.0), truth=None)
    assert list(result) == KEYS
    assert list(result.values()) == [-1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]


def test_accuracy_by_name_or_from_the_score(server):
    assert one(compute_score(server.url, acc="format"), solution="42")["acc"] == 0.0

    def edit(answer):
        for row in answer["rows"]:
            row["columns"] = {"score": 3, "steps": [1, 0]}
        return answer

    server.edit = edit
    result = one(compute_score(server.url))
    assert result == {
        "score": 1.1,
        "acc": 1.1,
        "valid": 1.0,
        "score_column": 3.0,
        "score_column_valid": 1.0,
    }


def test_a_batch_is_one_request_with_its_groups(server):
    infos = [
        {"question": "17 + 25?"},
        {"question": "17 + 25?"},
        {"index": 7},
        {"index": 7},
        {"index": 8},
        None,
    ]
    results = compute_score_batch(server.url, invalid=0.0)(
        data_sources=["a"] * 6,
        solution_strs=["42", "41", "42", "<answer>", "42", "42"],
        ground_truths=["42", "42", 42, {"x": 42}, None, "42"],
        extra_infos=infos,
    )
    assert [result["score"] for result in results] == [1.0, 0.0, 1.0, 0.1, 0.0, 1.0]
    assert [result["valid"] for result in results] == [1, 1, 1, 1, 0, 1]
    assert all(list(result) == KEYS for result in results)
    (seen,) = server.seen
    groups = [row["group"] for row in seen.body["rows"]]
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]
    assert len(set(groups)) == 4


def test_a_batch_of_arrays(server):
    numpy = pytest.importorskip("numpy")
    info = {"index": numpy.int64(3), "level": numpy.float64("nan")}
    results = compute_score_batch(server.url)(
        data_sources=numpy.array(["a"], dtype=object),
        solution_strs=["42"],
        ground_truths=[numpy.array(["42"])],
        extra_infos=numpy.array([info], dtype=object),
    )
    assert results[0]["score"] == 1.0
    row = server.seen[0].body["rows"][0]
    assert row["reference"] == ["42"]
    assert row["columns"] == {"index": 3, "level": None, "data_source": "a"}


def test_an_empty_batch(server):
    assert compute_score_batch(server.url)([], [], []) == []
