# SPDX-License-Identifier: Apache-2.0
"""What the scripts beside this one share: the command line, the sizes, random data, the clock.

Import it before the framework, for it binds the process to as many processors as it has threads.
"""
import os
import sys
import time

import numpy as np

MODES = {"torch": "eager, compile, and channels_last or channels_last_compile of resnet", "jax": "step, scan", "tf": "graph, xla"}


def arguments(framework, workloads):
    """The workload's function, the number of threads, and the mode."""
    usage = f"run_{framework}.py WORKLOAD THREADS MODE\n  WORKLOAD  {', '.join(workloads)}\n  MODE      {MODES[framework]}"
    if len(sys.argv) != 4 or sys.argv[1] not in workloads:
        sys.exit(usage)
    return sys.argv[1], int(sys.argv[2]), sys.argv[3]


def bind(threads):
    """Takes the last processors; libraries that ask the environment take no more threads, either."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"):
        os.environ[name] = str(threads)


class Windows:
    """A text of 28 letters, of which a batch takes windows; each letter's target is the next one."""

    letters, count = 28, 10_000

    def __init__(self, steps, batch):
        text = np.random.default_rng(0).integers(0, self.letters, self.count + steps + 1)
        windows = np.lib.stride_tricks.sliding_window_view(text, steps + 1)
        self.x = np.ascontiguousarray(windows[:, :-1], np.int32)
        self.y = np.ascontiguousarray(windows[:, 1:], np.int32)
        self.steps, self.batch = steps, batch


class Transformer(Windows):
    """Two blocks, normalised in front, of causal attention (4 heads) and a dense layer of 512, on 128 features; windows
    of 64 letters, batches of 32, Adam."""

    name, unit, features, heads, wide = "transformer", "tokens/s", 128, 4, 512

    def __init__(self):
        super().__init__(64, 32)
        angles = np.arange(self.steps)[:, None] / 10000 ** (np.arange(0, self.features, 2) / self.features)
        self.waves = np.zeros((self.steps, self.features), np.float32)
        self.waves[:, 0::2], self.waves[:, 1::2] = np.sin(angles), np.cos(angles)
        self.data, self.work = (self.x, self.y), self.steps * self.batch


class Stack(Windows):
    """Two LSTM layers of 200 on 50 one-hot letters, batches of 20, SGD with the gradients' norm clipped to 1."""

    name, unit, size = "lstm-stack", "tokens/s", 200

    def __init__(self):
        super().__init__(50, 20)
        self.data, self.work = (self.x, self.y), self.steps * self.batch


class Translation:
    """A GRU of two layers of 64 reads 3 to 10 tokens of 200; one that begins with its states looks at it by additive
    attention before each of its steps. Batches of 64, Adam with the gradients' norm clipped to 1, losses of real tokens;
    10 tokens of each example are counted."""

    name, unit, size, steps, batch, tokens, count = "seq2seq", "tokens/s", 64, 10, 64, 200, 2048

    def __init__(self):
        random = np.random.default_rng(0)
        source, previous, target = (random.integers(0, self.tokens, (self.count, self.steps), np.int32) for _ in range(3))
        lengths, ends = (random.integers(3, self.steps + 1, self.count, np.int32) for _ in range(2))
        self.data, self.work = (source, lengths, previous, target, ends), self.steps * self.batch


class Residual:
    """A residual block of 32 channels and one of 64 with stride 2 (He et al. 2016), each convolution normalised over the
    batch, on images [3, 32, 32]; batches of 32, Adam."""

    name, unit, batch, count = "resnet", "samples/s", 32, 2048

    def __init__(self):
        random = np.random.default_rng(0)
        self.data = random.random((self.count, 3, 32, 32), np.float32), random.integers(0, 10, self.count, np.int32)
        self.work = self.batch


class Order:
    """Examples in random order, epoch after epoch."""

    def __init__(self, workload):
        self.count, self.batch = len(workload.data[0]), workload.batch
        self.random, self.left = np.random.default_rng(1), np.zeros(0, np.int32)

    def next(self, batches=1):
        """Examples [batches, batch]."""
        while len(self.left) < batches * self.batch:
            self.left = np.concatenate([self.left, self.random.permutation(self.count).astype(np.int32)])
        taken, self.left = np.split(self.left, [batches * self.batch])
        return taken.reshape(batches, self.batch)


WORKLOADS = {w.name: w for w in (Transformer, Translation, Residual, Stack)}


def report(framework, workload, threads, mode, call, steps=1):
    """Prints the rate of whole steps, gathering of batches included: the best of three seconds. `call` takes `steps` of
    them and returns a loss when they are done."""
    losses = [call() for _ in range(3)]
    best = 0.0
    for _ in range(3):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < 1:
            losses.append(call())
            count += steps
        best = max(best, count * workload.work / (time.perf_counter() - start))
    first, last = float(losses[0]), float(losses[-1])
    print(f"{workload.name} {framework} {mode} {threads}: {best:.0f} {workload.unit} (loss {first:.3f} to {last:.3f})", flush=True)
