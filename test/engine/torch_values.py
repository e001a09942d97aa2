"""Numbers of PyTorch that the engine's tests compare with: `python torch_values.py > torch-values.json` (torch 2.13, float64).

Parameters, in the order of their names, are filled with 0.4·sin(0.9·j + k + 1), k the parameter's place and j the
entry's; inputs with sin(0.37·i + 0.2). The loss is Σ out_i·cos(i); each gradient is told by Σ g_j·cos(j).
"""

import json
import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def filled(shape, shift, scale=0.4, step=0.9):
    count = math.prod(shape)
    return (scale * torch.sin(step * torch.arange(count) + shift)).reshape(shape)


def weigh(x):
    flat = x.reshape(-1)
    return (flat * torch.cos(torch.arange(flat.numel(), dtype=flat.dtype))).sum()


def layer(module, shape, run=None, whole=None):
    for place, (_, parameter) in enumerate(sorted(module.named_parameters())):
        parameter.data = filled(parameter.shape, place + 1)
    if whole is None:
        x = filled(shape, 0.2, 1.0, 0.37).requires_grad_()
    else:
        x = torch.tensor([(7 * i + 3) % whole for i in range(math.prod(shape))]).reshape(shape)
    out = (run or module)(x)
    loss = weigh(out)
    loss.backward()
    gradients = {name: weigh(p.grad).item() for name, p in module.named_parameters()}
    if whole is None:
        gradients["x"] = weigh(x.grad).item()
    return {"loss": loss.item(), "gradients": gradients}


class Gpt(nn.Module):
    def __init__(self, vocabulary, context, width, layers, heads):
        super().__init__()
        self.token = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(context, width)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 4 * width, dropout=0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens):
        places = tokens.shape[1]
        x = self.token(tokens) + self.position.weight[:places]
        mask = nn.Transformer.generate_square_subsequent_mask(places)
        for block in self.layers:
            x = block(x, src_mask=mask)
        return self.head(self.norm(x))


def trajectory(make, schedule=lambda optimiser: None, clip=None):
    """Five steps on Σ cos(i)·w_i³/3 + ½Σ b², whose gradients depend on the parameters."""
    w = filled((3, 4), 1.0).requires_grad_()
    b = filled((4,), 2.0).requires_grad_()
    optimiser = make(w, b)
    losses, norms = [], []
    for _ in range(5):
        optimiser.zero_grad()
        loss = weigh(w**3) / 3 + (b**2).sum() / 2
        loss.backward()
        losses.append(loss.item())
        if clip is not None:
            norms.append(torch.nn.utils.clip_grad_norm_([w, b], clip).item())
        optimiser.step()
    return {"losses": losses, "norms": norms, "w": w.flatten().tolist(), "b": b.tolist()}


block = nn.TransformerEncoderLayer(8, 2, 32, dropout=0, activation="relu", batch_first=True, norm_first=True)
attention = nn.MultiheadAttention(8, 2, batch_first=True)
gru = nn.GRU(4, 8, batch_first=True)
print(
    json.dumps(
        {
            "torch": torch.__version__,
            "layers": {
                "linear": layer(nn.Linear(8, 4), (3, 8)),
                "embedding": layer(nn.Embedding(5, 4), (2, 3), whole=5),
                "layerNorm": layer(nn.LayerNorm(8), (3, 8)),
                "rmsNorm": layer(nn.RMSNorm(8, eps=1e-6), (3, 8)),
                "groupNorm": layer(nn.GroupNorm(2, 4), (2, 4, 3, 5)),
                "convolution": layer(nn.Conv2d(4, 8, 3, padding=1), (2, 4, 5, 4)),
                "stridedConvolution": layer(nn.Conv2d(4, 4, 3, stride=2, padding=1), (2, 4, 7, 6)),
                "gru": layer(gru, (2, 5, 4), lambda x: gru(x)[0]),
                "multiHeadAttention": layer(
                    attention, (2, 4, 8), lambda x: attention(x, x, x, need_weights=False)[0]
                ),
                "attentionBlock": layer(
                    block,
                    (2, 4, 8),
                    lambda x: block(x, src_mask=nn.Transformer.generate_square_subsequent_mask(4)),
                ),
                "transformer": layer(Gpt(8, 6, 8, 2, 2), (2, 4), whole=8),
            },
            "optimisers": {
                "adamw": trajectory(
                    lambda w, b: torch.optim.AdamW(
                        [{"params": [w], "weight_decay": 0.1}, {"params": [b], "weight_decay": 0.0}],
                        lr=0.05,
                        betas=(0.9, 0.99),
                        eps=1e-6,
                    )
                ),
                "adamwClipped": trajectory(
                    lambda w, b: torch.optim.AdamW([w, b], lr=0.05, weight_decay=0.0), clip=0.3
                ),
                "sgd": trajectory(lambda w, b: torch.optim.SGD([w, b], lr=0.1)),
                "sgdMomentum": trajectory(
                    lambda w, b: torch.optim.SGD([w, b], lr=0.1, momentum=0.9, weight_decay=0.05)
                ),
            },
        },
        indent=1,
    )
)
