# SPDX-License-Identifier: Apache-2.0
"""Makes the tiny files beside it, and prints the numbers that the manifests expect. Needs numpy.

python3 experiments/basics/make_files.py
"""
import json
import os
import struct

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def save(name, array):
    np.save(os.path.join(here, name), np.asarray(array, dtype="<f4"))


def save_tensors(name, tensors):
    """The safetensors format: a JSON header, then float32 data."""
    header, data = {}, b""
    for key, values in tensors.items():
        values = np.asarray(values, dtype="<f4")
        end = len(data) + values.nbytes
        header[key] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), end]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(here, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def forward():
    w1, b1 = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([0.5, 0.6])
    w2, b2 = np.array([[0.7, 0.8], [0.9, 1.0]]), np.array([1.1, 1.2])
    x = np.array([[1.0, 2.0]])
    y = np.maximum(x @ w1.T + b1, 0) @ w2.T + b2
    save("forward-x.npy", x)
    save("forward-rounded.npy", [[3, 4]])
    save("forward-exact.npy", [[3.16, 3.8]])
    save_tensors("forward.safetensors", {"0.weight": w1, "0.bias": b1, "1.weight": w2, "1.bias": b2})
    print("forward:", y, "mean squared error against (3, 4):", np.mean((y - [[3, 4]]) ** 2))


def backpropagation():
    """Plain formulas in double precision: forward, the delta recursion, one step."""
    sizes, rate = [2, 4, 3, 1], 0.1
    weights = [
        (np.round(np.sin(np.arange(o * i) + o), 2).reshape(o, i), np.round(np.cos(np.arange(o) + i), 2))
        for i, o in zip(sizes, sizes[1:])
    ]
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    t = np.array([[0.0], [1.0], [1.0], [0.0]])

    def outputs(weights):
        a = [x]
        for layer, (w, b) in enumerate(weights):
            z = a[-1] @ w.T + b
            a.append(z if layer == 2 else 1 / (1 + np.exp(-z)))
        return a

    a = outputs(weights)
    before = np.mean((a[-1] - t) ** 2)
    delta = 2 * (a[-1] - t) / t.size
    stepped = list(weights)
    for layer in (2, 1, 0):
        w, b = weights[layer]
        stepped[layer] = (w - rate * delta.T @ a[layer], b - rate * delta.sum(0))
        delta = (delta @ w) * a[layer] * (1 - a[layer])
    after = np.mean((outputs(stepped)[-1] - t) ** 2)
    save("backpropagation-x.npy", x)
    save("backpropagation-y.npy", t)
    save_tensors(
        "backpropagation.safetensors",
        {f"{i}.{k}": v for i, pair in enumerate(weights) for k, v in zip(("weight", "bias"), pair)},
    )
    print("backpropagation: loss before", before, "after one step", after)


forward()
backpropagation()
