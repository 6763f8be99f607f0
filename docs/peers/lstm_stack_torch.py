# SPDX-License-Identifier: Apache-2.0
"""The workload `lstm-stack` of `runexp bench` in PyTorch: python lstm_stack_torch.py THREADS eager|compile|scan

Two LSTM layers of 200 on 50 one-hot characters of 28, batches of 20, SGD with the gradients' norm clipped to 1. Prints
the tokens per second of whole steps, gathering of batches included: the best of three seconds. `scan` is a loop of cells
that is compiled, the other two are PyTorch's own layer.
"""
import os
import sys
import time

threads, mode = int(sys.argv[1]), sys.argv[2]
os.environ["OMP_NUM_THREADS"] = str(threads)
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(threads)
torch.manual_seed(0)
SIZE, STEPS, BATCH, LETTERS = 200, 50, 20, 28


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.LSTM(LETTERS, SIZE, num_layers=2)
        self.letters = nn.Linear(SIZE, LETTERS)

    def walk(self, x, layer):
        w, u, b, c = (getattr(self.layers, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        inputs = F.linear(x, w, b + c)
        h = cell = x.new_zeros(BATCH, SIZE)
        results = []
        for t in range(STEPS):
            i, f, g, o = (inputs[t] + F.linear(h, u)).chunk(4, 1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(cell)
            results.append(h)
        return torch.stack(results)

    def forward(self, x):
        x = F.one_hot(x.t(), LETTERS).float()
        return self.letters(self.walk(self.walk(x, 0), 1) if mode == "scan" else self.layers(x)[0])


model = Model()
optimizer = torch.optim.SGD(model.parameters(), 1.0)
text = torch.randint(0, LETTERS, (10_000 + STEPS + 1,))


def loss(x, y):
    return F.cross_entropy(model(x).reshape(-1, LETTERS), y.t().reshape(-1))


if mode != "eager":
    loss = torch.compile(loss)


def step():
    starts = torch.randint(0, 10_000, (BATCH,))
    x = torch.stack([text[i : i + STEPS] for i in starts])
    y = torch.stack([text[i + 1 : i + 1 + STEPS] for i in starts])
    optimizer.zero_grad(set_to_none=True)
    loss(x, y).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


for _ in range(8):
    step()
best = 0.0
for _ in range(3):
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 1:
        step()
        count += 1
    best = max(best, count * BATCH * STEPS / (time.perf_counter() - start))
print(f"lstm-stack {mode} {threads}: {best:.0f} tokens/s")
