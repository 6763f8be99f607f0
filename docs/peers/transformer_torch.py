# SPDX-License-Identifier: Apache-2.0
"""The workload `transformer` of `runexp bench` in PyTorch: python transformer_torch.py THREADS eager|compile

Two blocks, normalised in front, of causal attention (4 heads) and a dense layer of 512, on 128 features; windows of 64
characters, batches of 32, Adam. Prints the tokens per second of whole steps, gathering of batches included: the best of
three seconds.
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
FEATURES, HEADS, STEPS, BATCH, LETTERS = 128, 4, 64, 32, 28


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = nn.LayerNorm(FEATURES), nn.LayerNorm(FEATURES)
        self.projections, self.mixed = nn.Linear(FEATURES, 3 * FEATURES), nn.Linear(FEATURES, FEATURES)
        self.dense = nn.Sequential(nn.Linear(FEATURES, 512), nn.ReLU(), nn.Linear(512, FEATURES))

    def forward(self, x):
        n, t, _ = x.shape
        heads = self.projections(self.before(x)).view(n, t, 3, HEADS, FEATURES // HEADS)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.mixed(y.transpose(1, 2).reshape(n, t, FEATURES))
        return x + self.dense(self.between(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(LETTERS, FEATURES)
        self.blocks = nn.Sequential(Block(), Block())
        self.norm, self.letters = nn.LayerNorm(FEATURES), nn.Linear(FEATURES, LETTERS)
        angles = torch.arange(STEPS)[:, None] / 10000 ** (torch.arange(0, FEATURES, 2) / FEATURES)
        waves = torch.zeros(STEPS, FEATURES)
        waves[:, 0::2], waves[:, 1::2] = angles.sin(), angles.cos()
        self.register_buffer("waves", waves)

    def forward(self, x):
        return self.letters(self.norm(self.blocks(self.embedding(x) + self.waves)))


model = Model()
optimizer = torch.optim.Adam(model.parameters(), 1e-3, foreach=True)
text = torch.randint(0, LETTERS, (10_000 + STEPS + 1,))


def loss(x, y):
    return F.cross_entropy(model(x).reshape(-1, LETTERS), y.reshape(-1))


if mode == "compile":
    loss = torch.compile(loss)


def step():
    starts = torch.randint(0, 10_000, (BATCH,))
    x = torch.stack([text[i : i + STEPS] for i in starts])
    y = torch.stack([text[i + 1 : i + 1 + STEPS] for i in starts])
    optimizer.zero_grad(set_to_none=True)
    loss(x, y).backward()
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
print(f"transformer {mode} {threads}: {best:.0f} tokens/s")
