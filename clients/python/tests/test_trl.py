"""TRL's own GRPO trainer with a tiny random model on the CPU, rewarded by a running server.

Three steps; what TRL logs is compared with what the server's store holds for each of them.
"""

import math

import pytest

from guerdon_client import Client
from guerdon_client.trl import reward_fn, reward_fns

trl = pytest.importorskip("trl")
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
datasets = pytest.importorskip("datasets")
tokenizers = pytest.importorskip("tokenizers")

STEPS = 3
GENERATIONS = 4
WORDS = [*"0123456789+=?", "what", "is", "the", "sum", "of", "and", "answer", "user", "assistant"]
CHAT = (
    "{% for message in messages %}{{ message.role }} {{ message.content }} {% endfor %}"
    "{% if add_generation_prompt %}assistant {% endif %}"
)


def tokenizer():
    vocabulary = {word: index for index, word in enumerate(["<pad>", "<end>", "<unk>", *WORDS])}
    model = tokenizers.models.WordLevel(vocabulary, unk_token="<unk>")
    words = tokenizers.Tokenizer(model)
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="<pad>",
        eos_token="<end>",
        unk_token="<unk>",
        chat_template=CHAT,
    )


def model(size):
    torch.manual_seed(0)
    config = transformers.Qwen2Config(
        vocab_size=size,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    return transformers.Qwen2ForCausalLM(config)


def train(folder, reward_funcs, conversational=False, **options):
    words = tokenizer()
    questions = [f"what is {a} + {b} ?" for a in range(4) for b in range(4)]
    if conversational:
        questions = [[{"role": "user", "content": question}] for question in questions]
    # A question without answer gives rows that cannot be scored.
    answers = [None if i % 4 == 0 else str(sum(divmod(i, 4))) for i in range(16)]
    data = datasets.Dataset.from_dict({"prompt": questions, "answer": answers, "level": [1.5] * 16})
    trainer = trl.GRPOTrainer(
        model=model(len(words)),
        processing_class=words,
        reward_funcs=reward_funcs,
        train_dataset=data,
        args=trl.GRPOConfig(
            output_dir=str(folder),
            max_steps=STEPS,
            per_device_train_batch_size=2 * GENERATIONS,
            num_generations=GENERATIONS,
            max_completion_length=8,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
            bf16=False,
            seed=3,
            **options,
        ),
    )
    trainer.train()
    return [entry for entry in trainer.state.log_history if "reward" in entry]


def stored_rows(client):
    """All rows of the live run: sequence → row."""
    (run,) = [run["id"] for run in client.get("/studio/api/runs")["runs"] if run["live"]]
    found, after = {}, ""
    while True:
        page = client.get(f"/studio/api/runs/{run}/rows?limit=200{after}")
        found.update({row["sequence"]: row for row in page["rows"]})
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def mean(values):
    numbers = [value for value in values if value is not None]
    return sum(numbers) / len(numbers)


@pytest.fixture
def new_rows(live_url):
    """Gives the rows that the server stored since the test began."""
    client = Client(live_url)
    before = set(stored_rows(client))
    return lambda: [row for key, row in stored_rows(client).items() if key not in before]


@pytest.mark.parametrize("conversational", [False, True])
def test_trl_logs_what_the_server_stores(live_url, new_rows, tmp_path, conversational):
    function = reward_fn(live_url, num_generations=GENERATIONS)
    logs = train(tmp_path, function, conversational)
    rows = new_rows()
    assert len(logs) == STEPS
    assert len(rows) == STEPS * 2 * GENERATIONS
    assert {row["protocol"] for row in rows} == {"trl"}
    assert any(row["reward"] is None for row in rows)
    for step, entry in enumerate(logs):
        stored = [row for row in rows if row["step"] == step]
        assert len(stored) == 2 * GENERATIONS
        assert len({row["batch"] for row in stored}) == 1
        rewards = [row["reward"] for row in stored]
        assert entry["rewards/guerdon/mean"] == pytest.approx(mean(rewards), abs=1e-6)
        assert entry["guerdon/invalid_rows"] == rewards.count(None)
        even = mean([row["columns"]["even"] for row in stored])
        assert entry["guerdon/even"] == pytest.approx(even, abs=1e-6)
        assert all(row["logged"]["level"] == 1.5 for row in stored)
    # Random models are bad at sums but not equally bad: an empty comparison would prove nothing.
    assert len({row["reward"] for row in rows}) > 2
    assert any(entry["reward_std"] > 0 for entry in logs)


def test_one_function_a_signal(live_url, new_rows, tmp_path):
    functions = reward_fns(live_url, columns=["correct", "even", "words"])
    logs = train(tmp_path, functions, reward_weights=[1.0, 0.5, 0.01])
    rows = new_rows()
    assert len(rows) == STEPS * 2 * GENERATIONS
    for step, entry in enumerate(logs):
        stored = [row for row in rows if row["step"] == step]
        for name in ("even", "words"):
            expected = mean([row["columns"][name] for row in stored])
            assert entry[f"rewards/{name}/mean"] == pytest.approx(expected, abs=1e-5)
        correct = [row["columns"]["correct"] for row in stored]
        if any(value is not None for value in correct):
            assert entry["rewards/correct/mean"] == pytest.approx(mean(correct), abs=1e-6)
        else:
            assert math.isnan(entry["rewards/correct/mean"])
