"""The trainers' HTTP clients, written by their rules, against a running server: GUERDON_URL.

OpenRLHF: 5 tries one second apart, a new connection each, 180 s. slime: 10 tries with a doubling
wait, at most 64 connections, 120 s. Both insist on a JSON content type.
"""

import asyncio
import random
import uuid

import pytest

aiohttp = pytest.importorskip("aiohttp")


async def openrlhf_request(urls, queries, prompts, labels):
    """Rows in equal shares over the addresses; empty shares are sent too, as older versions do."""
    share = -(-len(queries) // len(urls))

    async def post(url, start):
        rows = slice(start * share, (start + 1) * share)
        data = {"query": queries[rows], "prompts": prompts[rows], "labels": labels[rows]}
        for _ in range(5):
            try:
                timeout = aiohttp.ClientTimeout(total=180)
                session = aiohttp.ClientSession(timeout=timeout)
                async with session, session.post(url, json=data) as response:
                    response.raise_for_status()
                    return await response.json()
            except aiohttp.ClientError as error:
                failure = error
            await asyncio.sleep(1)
        raise failure

    return await asyncio.gather(*(post(url, index) for index, url in enumerate(urls)))


async def slime_request(session, url, sample):
    for attempt in range(10):
        try:
            async with session.post(url, json=sample) as response:
                response.raise_for_status()
                return await response.json()
        except Exception:
            if attempt == 9:
                raise
            await asyncio.sleep(min(2**attempt, 30) + random.random())
    return None


def openrlhf(urls, queries, prompts, labels):
    return asyncio.run(openrlhf_request(urls, queries, prompts, labels))


def batch(count):
    prompt = (
        f"<|im_start|>user\nWhat is 17 + 25? {uuid.uuid4().hex}<|im_end|>\n<|im_start|>assistant\n"
    )
    ends = [r"\boxed{42}<|im_end|>", r"\boxed{13}<|im_end|>"]
    return [prompt + ends[index % 2] for index in range(count)], [prompt] * count


def test_openrlhf_one_row(live_url):
    queries, prompts = batch(1)
    (answer,) = openrlhf([f"{live_url}/get_reward"], queries, prompts, ["42"])
    assert answer["rewards"] == [pytest.approx(1.51)]
    assert answer["scores"] == [1]
    assert answer["extra_logs"]["correct"] == [1]


def test_openrlhf_a_whole_batch_and_labels_of_every_kind(live_url):
    queries, prompts = batch(512)
    labels = ["42", 42] * 256
    (answer,) = openrlhf([f"{live_url}/get_reward"], queries, prompts, labels)
    assert answer["scores"] == [1, 0] * 256
    assert {len(values) for values in answer["extra_logs"].values()} == {512}


def test_openrlhf_an_empty_share(live_url):
    queries, prompts = batch(1)
    urls = [f"{live_url}/get_reward"] * 2
    first, second = openrlhf(urls, queries, prompts, ["42"])
    assert len(first["rewards"]) == 1
    assert (second["rewards"], second["scores"]) == ([], [])


def test_openrlhf_a_query_that_does_not_begin_with_its_prompt(live_url):
    queries, prompts = batch(2)
    queries = [query.replace("What is", "What  is") for query in queries]
    (answer,) = openrlhf([f"{live_url}/get_reward"], queries, prompts, ["42", "42"])
    assert answer["scores"] == [1, 0]


def test_openrlhf_the_same_body_twice_is_the_same_answer(live_url):
    queries, prompts = batch(4)
    url = [f"{live_url}/get_reward"]
    first = openrlhf(url, queries, prompts, ["42"] * 4)
    assert openrlhf(url, queries, prompts, ["42"] * 4) == first


@pytest.mark.parametrize("messages", [False, True])
def test_slime_objects_and_numbers(live_url, messages):
    question = f"What is 17 + 25? {uuid.uuid4().hex}"
    prompt = [{"role": "user", "content": question}] if messages else question
    sample = {"prompt": prompt, "response": r"\boxed{42}", "label": "42"}

    async def both():
        async with aiohttp.ClientSession() as session:
            whole = await slime_request(session, f"{live_url}/slime", sample)
            return whole, await slime_request(session, f"{live_url}/slime?scalar=1", sample)

    answer, number = asyncio.run(both())
    assert answer["score"] == pytest.approx(1.51)
    assert answer["correct"] == 1
    assert number == pytest.approx(1.51)


def test_slime_a_thousand_requests_over_64_connections(live_url):
    mark = uuid.uuid4().hex

    async def all_of_them():
        connector = aiohttp.TCPConnector(limit=64)
        timeout = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            samples = [
                {"prompt": f"{mark} {index}", "response": f"\\boxed{{{index}}}", "label": "7"}
                for index in range(1000)
            ]
            requests = (slime_request(session, f"{live_url}/slime", sample) for sample in samples)
            return await asyncio.gather(*requests)

    answers = asyncio.run(all_of_them())
    assert [index for index, answer in enumerate(answers) if answer["correct"] == 1] == [7]
