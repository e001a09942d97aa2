"""The peers of speed/hh-rlhf.ts: logistic regression on differences of embeddings, and the same heads in PyTorch."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

work = Path(sys.argv[1])
run = json.loads((work / "run.json").read_text())
width = run["width"]
read = lambda name: np.fromfile(work / f"{name}.f32", dtype="<f4").reshape(-1, width)
train = [read("train-chosen"), read("train-rejected")]
test = [read("test-chosen"), read("test-rejected")]
untied = np.array(run["tie"]) == 0
torch.set_num_threads(1)


def accuracy(difference):
    difference = difference[untied]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


result = {}
difference = train[0] - train[1]
# Both orders: the fit does not depend on which side stands first.
both = np.concatenate([difference, -difference])
labels = np.concatenate([np.ones(len(difference)), np.zeros(len(difference))])
fit = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000).fit(both, labels)
result["scikit-learn ridge"] = [accuracy((test[0] - test[1]) @ fit.coef_[0])]

for name, head in run["heads"].items():
    accuracies = []
    for seed in range(1, run["seeds"] + 1):
        torch.manual_seed(seed)
        widths = [width, *head["hidden"], 1]
        layers = []
        for index in range(len(widths) - 1):
            layers.append(torch.nn.Linear(widths[index], widths[index + 1]))
            if index < len(widths) - 2:
                layers.append(torch.nn.SiLU())
        net = torch.nn.Sequential(*layers)
        matrices = [p for p in net.parameters() if p.dim() > 1]
        vectors = [p for p in net.parameters() if p.dim() <= 1]
        optimiser = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": head["weightDecay"]}, {"params": vectors, "weight_decay": 0.0}],
            lr=head["rate"],
        )
        chosen, rejected = (torch.from_numpy(side) for side in train)
        size = min(head["batchSize"], len(chosen))
        per_epoch = len(chosen) // size
        steps = per_epoch * head["epochs"]
        warmup = max(1, round(0.05 * steps))
        step = 0
        for _ in range(head["epochs"]):
            order = torch.randperm(len(chosen))
            for batch in range(per_epoch):
                step += 1
                scale = (
                    step / warmup
                    if step <= warmup
                    else 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
                )
                for group in optimiser.param_groups:
                    group["lr"] = head["rate"] * scale
                rows = order[batch * size : (batch + 1) * size]
                loss = torch.nn.functional.softplus(net(rejected[rows]) - net(chosen[rows])).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        with torch.no_grad():
            scores = [net(torch.from_numpy(side)).squeeze(-1).double().numpy() for side in test]
        accuracies.append(accuracy(scores[0] - scores[1]))
    result[f"PyTorch {name}"] = accuracies
(work / "result.json").write_text(json.dumps(result))
