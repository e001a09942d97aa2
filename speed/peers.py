"""The peers' side of the bench: reads one JSON command a line, answers one JSON object a line.

Every timed command answers with its seconds by the wall clock and by the processor's clock of this process, so that
`main.ts` can run it in turns with its own code. Kept in one process: imports and warm-up are not part of a figure.
"""

import importlib.metadata
import json
import os
import sys
import time
from collections import defaultdict

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what a library prints goes to standard error, never between the answers

commands = {}
state = {}


def command(function):
    commands[function.__name__.replace("_", "-")] = function
    return function


def timed(work):
    """Runs `work` once; its result is kept alive until the clocks are read."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}, result


@command
def versions(packages):
    found = {"python": sys.version.split()[0]}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None
    return found


# Advantages ---------------------------------------------------------------------------------------------------------


@command
def load_advantages(folder, size):
    """Rewards, group numbers and string ids that main.ts wrote; says which of the trainers' functions can be called."""
    import numpy as np
    import torch

    rewards = np.fromfile(f"{folder}/rewards.f64", dtype=np.float64)
    with open(f"{folder}/ids.txt", encoding="ascii") as file:
        shuffled = np.array(file.read().split("\n"), dtype=object)
    with open(f"{folder}/loop-ids.txt", encoding="ascii") as file:
        loop_strings = np.array(file.read().split("\n"), dtype=object)
    single = torch.from_numpy(rewards.astype(np.float32))
    state.update(
        folder=folder,
        size=size,
        rewards=rewards,
        rewards32=rewards.astype(np.float32),
        tensor=single,
        # The trainers hold a reward a token; one token a row is the least work that their functions accept.
        tokens=single.unsqueeze(1),
        mask=torch.ones(len(rewards), 1),
        strings=shuffled,
        loop_strings=loop_strings,
    )
    callable_functions = {}
    try:
        from verl.trainer.ppo import core_algos

        state["verl"] = core_algos
        callable_functions["verl"] = True
    except Exception as error:  # an import of a heavy package can fail in many ways
        callable_functions["verl"] = f"{type(error).__name__}: {error}"
    try:
        from trl.trainer.utils import nanstd

        state["nanstd"] = nanstd
        callable_functions["trl"] = True
    except Exception as error:
        callable_functions["trl"] = f"{type(error).__name__}: {error}"
        state["nanstd"] = nanstd_by_formula
    return callable_functions


def nanstd_by_formula(values, dim):
    """Sample standard deviation over the entries that are there: sqrt(mean((x - mean)^2) * n / (n - 1))."""
    import torch

    present = (~torch.isnan(values)).sum(dim=dim)
    variance = torch.nanmean((values - torch.nanmean(values, dim=dim, keepdim=True)) ** 2, dim=dim)
    return torch.sqrt(variance * present / (present - 1).clamp(min=1))


def numpy_plain(rewards):
    grouped = rewards.reshape(-1, state["size"])
    mean = grouped.mean(axis=1, keepdims=True)
    return ((grouped - mean) / (grouped.std(axis=1, ddof=1, keepdims=True) + 1e-6)).reshape(-1)


def torch_plain():
    grouped = state["tensor"].view(-1, state["size"])
    mean = grouped.mean(dim=1, keepdim=True)
    return ((grouped - mean) / (grouped.std(dim=1, keepdim=True) + 1e-6)).view(-1)


def trl_steps():
    """The tensor steps of TRL's trainer from the rewards of one function to advantages (they stand inside a method)."""
    import torch

    size, per_function = state["size"], state["tokens"]
    unscorable = torch.isnan(per_function).all(dim=1)
    rewards = (per_function * torch.ones(1)).nansum(dim=1)
    rewards[unscorable] = torch.nan
    mean = torch.nanmean(rewards.view(-1, size), dim=1).repeat_interleave(size, dim=0)
    deviation = state["nanstd"](rewards.view(-1, size), dim=1).repeat_interleave(size, dim=0)
    advantages = (rewards - mean) / (deviation + 1e-4)
    torch.isclose(deviation, torch.zeros_like(deviation))
    return torch.nan_to_num(advantages, nan=0.0)


def verl_vectorised():
    if "verl" in state:
        function = state["verl"].compute_grpo_vectorized_outcome_advantage
        return function(state["tokens"], state["mask"], state["strings"])[0]
    return verl_vectorised_by_formula()


def verl_vectorised_by_formula():
    import numpy as np
    import torch

    _, numbers = np.unique(state["strings"], return_inverse=True)
    groups = torch.from_numpy(numbers)
    scores = state["tokens"].sum(dim=-1)
    count = torch.zeros(int(groups.max()) + 1).index_add_(0, groups, torch.ones_like(scores))
    mean = torch.zeros_like(count).index_add_(0, groups, scores) / count
    centred = scores - mean[groups]
    squares = torch.zeros_like(count).index_add_(0, groups, centred * centred)
    deviation = torch.sqrt(squares / (count - 1).clamp(min=1))
    return (centred / (deviation[groups] + 1e-6)).unsqueeze(-1) * state["mask"]


def verl_loop():
    # The function writes into its scores, which are the sum of the token rewards: a new tensor each time.
    ids = state["loop_strings"]
    tokens, mask = state["tokens"][: len(ids)], state["mask"][: len(ids)]
    if "verl" in state:
        return state["verl"].compute_grpo_outcome_advantage(tokens, mask, ids)[0]
    return verl_loop_by_formula(tokens, mask, ids)


def verl_loop_by_formula(tokens, mask, ids):
    import torch

    scores = tokens.sum(dim=-1)
    members, mean, deviation = defaultdict(list), {}, {}
    for row in range(len(scores)):
        members[ids[row]].append(scores[row])
    for group, values in members.items():
        stacked = torch.stack(values)
        alone = len(values) == 1
        mean[group] = torch.tensor(0.0) if alone else stacked.mean()
        deviation[group] = torch.tensor(1.0) if alone else stacked.std()
    for row in range(len(scores)):
        scores[row] = (scores[row] - mean[ids[row]]) / (deviation[ids[row]] + 1e-6)
    return scores.unsqueeze(-1) * mask


advantage_functions = {
    "numpy": lambda: numpy_plain(state["rewards"]),
    "numpy32": lambda: numpy_plain(state["rewards32"]),
    "torch": torch_plain,
    "trl": trl_steps,
    "verl-vectorised": verl_vectorised,
    "verl-loop": verl_loop,
}


@command
def advantages(which, threads, write=False):
    import numpy as np
    import torch

    torch.set_num_threads(threads)
    figures, result = timed(advantage_functions[which])
    if write:
        np.asarray(result).reshape(-1).astype(np.float64).tofile(f"{state['folder']}/{which}.f64")
    return figures


# Mathematics --------------------------------------------------------------------------------------------------------


@command
def load_math(pairs):
    from math_verify import parse, verify

    state.update(pairs=pairs, parse=parse, verify=verify)
    return {"pairs": len(pairs)}


@command
def math():
    parse, verify, pairs = state["parse"], state["verify"], state["pairs"]

    def work():
        return [bool(verify(parse(pair["gold"]), parse(pair["completion"]))) for pair in pairs]

    figures, verdicts = timed(work)
    return {**figures, "verdicts": verdicts}


# BLEU ---------------------------------------------------------------------------------------------------------------


@command
def bleu(pairs):
    import sacrebleu

    def work():
        return [sacrebleu.sentence_bleu(hypothesis, [reference]).score for hypothesis, reference in pairs]

    figures, scores = timed(work)
    return {**figures, "scores": scores}


# Training -----------------------------------------------------------------------------------------------------------


def read_tensors(path):
    import numpy as np
    import torch

    with open(f"{path}.json", encoding="utf-8") as file:
        described = json.load(file)
    data, offset, tensors = np.fromfile(f"{path}.bin", dtype=np.uint8), 0, {}
    for entry in described:
        size = 4 * int(np.prod(entry["shape"]))
        dtype = np.int32 if entry["dtype"] == "int32" else np.float32
        values = data[offset : offset + size].view(dtype).reshape(entry["shape"])
        tensors[entry["name"]] = torch.from_numpy(values.copy())
        offset += size
    return tensors


def training_models():
    """The modules of the bench: parameters are named as on the other side."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = nn.ModuleList([nn.Linear(384, 256), nn.Linear(256, 256), nn.Linear(256, 1, bias=False)])

        def loss(self, x):
            hidden = torch.relu(self.head[1](torch.relu(self.head[0](x))))
            scores = self.head[2](hidden).flatten()
            return functional.softplus(scores[512:] - scores[:512]).mean()

    class Attention(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
            self.in_proj_bias = nn.Parameter(torch.empty(3 * width))
            self.out_proj = nn.Linear(width, width)

        def project(self, x):
            return functional.linear(x, self.in_proj_weight, self.in_proj_bias)

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.self_attn = Attention(width)
            self.linear1 = nn.Linear(width, 4 * width)
            self.linear2 = nn.Linear(4 * width, width)
            self.norm1 = nn.LayerNorm(width)
            self.norm2 = nn.LayerNorm(width)

        def feed(self, x):
            return x + self.linear2(functional.gelu(self.linear1(self.norm2(x)), approximate="tanh"))

        def forward(self, x):
            batch, places, width = x.shape
            projected = self.self_attn.project(self.norm1(x)).view(batch, places, 3, self.heads, -1)
            query, key, value = projected.permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            return self.feed(x + self.self_attn.out_proj(seen.transpose(1, 2).reshape(batch, places, width)))

        def step(self, x, keys, values, place):
            batch, width = x.shape
            projected = self.self_attn.project(self.norm1(x)).view(batch, 3, self.heads, -1)
            keys[:, :, place], values[:, :, place] = projected[:, 1], projected[:, 2]
            seen = functional.scaled_dot_product_attention(
                projected[:, 0].unsqueeze(2), keys[:, :, : place + 1], values[:, :, : place + 1]
            )
            return self.feed(x + self.self_attn.out_proj(seen.reshape(batch, width)))

    class Gpt(nn.Module):
        def __init__(self, vocabulary=64, context=64, width=128, layers=4, heads=4):
            super().__init__()
            self.gpt = nn.ModuleDict(
                {
                    "token": nn.Embedding(vocabulary, width),
                    "position": nn.Embedding(context, width),
                    "layers": nn.ModuleList(Block(width, heads) for _ in range(layers)),
                    "norm": nn.LayerNorm(width),
                    "head": nn.Linear(width, vocabulary, bias=False),
                }
            )

        def loss(self, x, y):
            parts = self.gpt
            hidden = parts["token"](x) + parts["position"].weight[: x.shape[1]]
            for block in parts["layers"]:
                hidden = block(hidden)
            return functional.cross_entropy(parts["head"](parts["norm"](hidden)).view(len(y), -1), y.long())

        def sample(self, sequences, places):
            parts = self.gpt
            shape = (sequences, 4, places, 32)
            caches = [(torch.empty(shape), torch.empty(shape)) for _ in parts["layers"]]
            tokens = torch.ones(sequences, places, dtype=torch.long)
            for place in range(places - 1):
                hidden = parts["token"](tokens[:, place]) + parts["position"].weight[place]
                for block, (keys, values) in zip(parts["layers"], caches):
                    hidden = block.step(hidden, keys, values, place)
                probabilities = torch.softmax(parts["head"](parts["norm"](hidden)), -1)
                tokens[:, place + 1] = torch.multinomial(probabilities, 1)[:, 0]
            return tokens

    class Residual(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.norm1, self.norm2 = nn.GroupNorm(8, channels), nn.GroupNorm(8, channels)
            self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
            self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

        def forward(self, x):
            first = self.conv1(functional.silu(self.norm1(x)))
            return x + self.conv2(functional.silu(self.norm2(first)))

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.enter = nn.Conv2d(2, 16, 3, padding=1)
            self.down = nn.Conv2d(16, 32, 3, stride=2, padding=1)
            self.up = nn.Conv2d(32, 16, 3, padding=1)
            self.leave = nn.Conv2d(32, 1, 3, padding=1)
            self.last = nn.GroupNorm(8, 32)
            self.outer, self.inner, self.deepest = Residual(16), Residual(32), Residual(32)

        def loss(self, x, y):
            skip = self.outer(self.enter(x))
            deep = self.deepest(self.inner(self.down(skip)))
            wide = functional.interpolate(deep, scale_factor=2, mode="nearest")
            joined = torch.cat([self.up(wide), skip], 1)
            return (self.leave(functional.silu(self.last(joined))) - y).square().mean()

    return {"head": Head, "gpt": Gpt, "unet": UNet}


@command
def load_training(which, folder, batches, decay, clip):
    import torch

    model = training_models()[which]()
    model.load_state_dict(read_tensors(f"{folder}/{which}-parameters"))
    state[f"training {which}"] = {
        "model": model,
        "optimizer": torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=decay, fused=True),
        "batches": [read_tensors(f"{folder}/{which}-batch-{index}") for index in range(batches)],
        "clip": clip,
        "step": 0,
    }
    return {}


@command
def train(which, threads, steps):
    import torch

    torch.set_num_threads(threads)
    own = state[f"training {which}"]
    model, optimizer = own["model"], own["optimizer"]
    parameters = list(model.parameters())

    def work():
        losses = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = model.loss(**own["batches"][own["step"] % len(own["batches"])])
            loss.backward()
            if own["clip"] is not None:
                torch.nn.utils.clip_grad_norm_(parameters, own["clip"])
            optimizer.step()
            own["step"] += 1
            losses.append(loss.item())
        return losses

    figures, losses = timed(work)
    return {**figures, "losses": losses}


@command
def sample(threads, sequences, places):
    import torch

    torch.set_num_threads(threads)
    model = state["training gpt"]["model"]

    def work():
        with torch.inference_mode():
            return model.sample(sequences, places)

    return timed(work)[0]


for line in sys.stdin:
    request = json.loads(line)
    name = request.pop("do")
    try:
        reply = commands[name](**request)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), file=answers, flush=True)
