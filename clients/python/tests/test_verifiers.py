"""The rubric for verifiers, with verifiers' own Rubric."""

import asyncio

import pytest
from native_server import REFUSED

from guerdon_client import GuerdonError
from guerdon_client.verifiers import rubric

verifiers = pytest.importorskip("verifiers")
pytestmark = pytest.mark.skipif(
    not hasattr(verifiers, "Rubric"), reason="this version of verifiers has no Rubric"
)


def states(*pairs):
    return [
        verifiers.State(
            prompt=[{"role": "user", "content": "17 + 25?"}],
            completion=[{"role": "assistant", "content": text}],
            answer=answer,
            info={"level": 1},
            trajectory=[],
            task="sums",
        )
        for text, answer in pairs
    ]


def score(made, group):
    asyncio.run(made.score_group(group))
    return group


def test_a_group_is_scored_in_one_request(server):
    first, second = score(rubric(server.url), states(("<answer>42", "42"), ("41", "42")))
    assert (first["reward"], second["reward"]) == (1.1, 0.0)
    assert first["advantage"] == pytest.approx(0.55)
    assert first["metrics"] == {
        "guerdon": 1.1,
        "correct": 1.0,
        "correct_valid": 1.0,
        "format": 1.0,
        "format_valid": 1.0,
    }
    assert "guerdon_score" not in first
    (seen,) = server.seen
    assert seen.body["protocol"] == "verifiers"
    assert seen.body["rows"][0]["reference"] == "42"
    assert seen.body["rows"][0]["columns"] == {"level": 1}


def test_weights_make_the_reward_from_columns(server):
    made = rubric(server.url, weights={"correct": 2.0, "format": 0.5})
    (state,) = score(made, states(("<answer>42", "42")))
    assert state["reward"] == 2.5
    with pytest.raises(GuerdonError, match='no column "style"'):
        score(rubric(server.url, weights={"style": 1.0}), states(("42", "42")))


def test_an_invalid_rollout_has_an_error_and_no_advantage(server):
    group = score(rubric(server.url), states(("42", "42"), ("41", "42"), ("42", "")))
    assert group[2]["reward"] == 0.5
    assert group[2]["advantage"] == 0.0
    assert "no reference" in str(group[2]["error"])
    assert group[0].get("error") is None
    assert group[0]["advantage"] == 0.5
    with pytest.raises(GuerdonError, match="ROW_INVALID"):
        score(rubric(server.url), states(("42", "")))


def test_a_failed_request_is_no_zero(server):
    server.failures = [REFUSED]
    with pytest.raises(GuerdonError, match="DATA_FIELD_INVALID: is wrong"):
        score(rubric(server.url), states(("42", "42")))


def test_one_rollout_alone(server):
    (state,) = states(("42", "42"))
    asyncio.run(rubric(server.url).score_rollout(state))
    assert state["reward"] == 1.0
