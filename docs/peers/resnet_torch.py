# SPDX-License-Identifier: Apache-2.0
"""The workload `resnet` of `runexp bench` in PyTorch: python resnet_torch.py THREADS eager|channels_last|compile|channels_last_compile

A residual block of 32 channels and one of 64 with stride 2 (He et al. 2016), each convolution normalised over the batch,
on images [3, 32, 32]; batches of 32, Adam. Prints the images per second of whole steps, gathering of batches included:
the best of three seconds.
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
BATCH = 32


def normalized(inputs, channels, kernel, stride=1):
    convolution = nn.Conv2d(inputs, channels, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(channels))


class Block(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.first, self.second = normalized(inputs, channels, 3, stride), normalized(channels, channels, 3)
        self.shortcut = nn.Identity() if stride == 1 else normalized(inputs, channels, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


model = nn.Sequential(
    normalized(3, 32, 3), nn.ReLU(), Block(32, 32, 1), Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)
)
images, classes = torch.rand(2048, 3, 32, 32), torch.randint(0, 10, (2048,))
if mode.startswith("channels_last"):
    model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), 1e-3, foreach=True)


def loss(x, y):
    return F.cross_entropy(model(x), y)


if mode.endswith("compile"):
    loss = torch.compile(loss)


def step():
    ids = torch.randint(0, 2048, (BATCH,))
    optimizer.zero_grad(set_to_none=True)
    loss(images[ids], classes[ids]).backward()
    optimizer.step()


for _ in range(8):
    step()
best = 0.0
for _ in range(3):
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 1:
        step()
        count += 1
    best = max(best, count * BATCH / (time.perf_counter() - start))
print(f"resnet {mode} {threads}: {best:.0f} samples/s")
