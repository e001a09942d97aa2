"""verl's own reward managers call the functions and stack what they return."""

import asyncio

import pytest

from guerdon_client.verl import compute_score, compute_score_batch

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
batch_manager = pytest.importorskip("verl.workers.reward_manager.batch")
naive_manager = pytest.importorskip("verl.experimental.reward_loop.reward_manager.naive")
DataProto = pytest.importorskip("verl").DataProto

TEXTS = {1: "<answer>42</answer>", 2: "41", 3: "42"}


class Tokenizer:
    """One token is one text; 0 is padding."""

    def decode(self, ids, skip_special_tokens=True):
        return "".join(TEXTS.get(int(token), "") for token in ids)


def data(responses, truths):
    rows = len(responses)
    responses = torch.tensor(responses)
    prompts = torch.full((rows, 1), 9)
    mask = torch.cat([torch.ones(rows, 1, dtype=torch.long), (responses != 0).long()], dim=1)

    def objects(values):
        array = numpy.empty(rows, dtype=object)
        array[:] = values
        return array

    return DataProto.from_dict(
        tensors={"prompts": prompts, "responses": responses, "attention_mask": mask},
        non_tensors={
            "data_source": objects(["guerdon/sums"] * rows),
            "reward_model": objects([{"ground_truth": truth} for truth in truths]),
            "extra_info": objects([{"question": "17 + 25?", "index": 0} for _ in truths]),
        },
    )


def test_the_batch_manager(server):
    manager = batch_manager.BatchRewardManager(
        Tokenizer(), num_examine=0, compute_score=compute_score_batch(server.url, invalid=-1.0)
    )
    result = manager(data([[1, 0], [2, 0], [3, 0]], ["42", "42", None]), return_dict=True)
    assert result["reward_tensor"].tolist() == [[pytest.approx(1.1), 0], [0, 0], [-1, 0]]
    assert result["reward_extra_info"]["acc"] == [1.0, 0.0, 0.0]
    assert result["reward_extra_info"]["correct_valid"] == [1.0, 1.0, 0.0]
    lengths = {len(values) for values in result["reward_extra_info"].values()}
    assert lengths == {3}
    assert len(server.seen) == 1


def test_the_naive_manager(server):
    async def run():
        function = compute_score(server.url)
        manager = naive_manager.NaiveRewardManager(None, Tokenizer(), function)
        return await asyncio.gather(
            *(manager.run_single(data([[token, 0]], ["42"])) for token in (1, 2, 3))
        )

    results = asyncio.run(run())
    assert [result["reward_score"] for result in results] == [1.1, 0.0, 1.0]
    keys = [list(result["reward_extra_info"]) for result in results]
    assert keys[0] == keys[1] == keys[2]
    assert results[0]["reward_extra_info"]["acc"] == 1.0
