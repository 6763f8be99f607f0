# SPDX-License-Identifier: Apache-2.0
"""The workload `seq2seq` of `runexp bench` in PyTorch: python seq2seq_torch.py THREADS eager|compile

A GRU of two layers of 64 reads 3 to 10 tokens of 200; one that begins with its states looks at it by additive attention
before each of its steps. Batches of 64, Adam with the gradients' norm clipped to 1, losses of real tokens. Prints the
tokens per second of whole steps (64 · 10 of a batch), gathering of batches included: the best of three seconds.
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
SIZE, STEPS, BATCH, TOKENS, COUNT = 64, 10, 64, 200, 2048


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(TOKENS, SIZE), nn.Embedding(TOKENS, SIZE)
        self.encoder = nn.GRU(SIZE, SIZE, num_layers=2)
        self.decoder = nn.GRU(2 * SIZE, SIZE, num_layers=2)
        self.query, self.key = nn.Linear(SIZE, SIZE, bias=False), nn.Linear(SIZE, SIZE, bias=False)
        self.score, self.tokens = nn.Linear(SIZE, 1, bias=False), nn.Linear(SIZE, TOKENS)

    def forward(self, x, lengths, previous):
        # What stands behind an end is not looked at; it is read, which costs what a walk to the ends does.
        memory, state = self.encoder(self.source(x.t()))
        memory = memory.transpose(0, 1)
        keys = self.key(memory)
        hidden = (torch.arange(STEPS) >= lengths[:, None])
        words, results = self.target(previous.t()), []
        for t in range(STEPS):
            scores = self.score(torch.tanh(self.query(state[-1])[:, None] + keys)).squeeze(2)
            weights = torch.softmax(scores.masked_fill(hidden, -1e9), 1)
            found = torch.bmm(weights[:, None], memory).squeeze(1)
            result, state = self.decoder(torch.cat([found, words[t]], 1)[None], state)
            results.append(result)
        return self.tokens(torch.cat(results)).transpose(0, 1)


model = Model()
optimizer = torch.optim.Adam(model.parameters(), 1e-3, foreach=True)
sources, previous, targets = (torch.randint(0, TOKENS, (COUNT, STEPS)) for _ in range(3))
lengths, ends = (torch.randint(3, STEPS + 1, (COUNT,)) for _ in range(2))


def loss(x, n, p, y, e):
    losses = F.cross_entropy(model(x, n, p).reshape(-1, TOKENS), y.reshape(-1), reduction="none")
    real = (torch.arange(STEPS) < e[:, None]).reshape(-1)
    return (losses * real).sum() / real.sum()


if mode == "compile":
    loss = torch.compile(loss)


def step():
    ids = torch.randint(0, COUNT, (BATCH,))
    optimizer.zero_grad(set_to_none=True)
    loss(sources[ids], lengths[ids], previous[ids], targets[ids], ends[ids]).backward()
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
print(f"seq2seq {mode} {threads}: {best:.0f} tokens/s")
