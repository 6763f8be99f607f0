# SPDX-License-Identifier: Apache-2.0
"""Four workloads of `runexp bench` in JAX; peer.py says what they are: python run_jax.py WORKLOAD THREADS MODE

A compiled call takes one step (`step`) or several of them (`scan`); losses and updates are in it, the gathering of
batches, too.
"""
import os

import peer

NAME, THREADS, MODE = peer.arguments("jax", peer.WORKLOADS)
peer.bind(THREADS)
os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax
import jax.numpy as jnp
import optax
from jax import lax, nn

W = peer.WORKLOADS[NAME]()
keys = iter(jax.random.split(jax.random.PRNGKey(0), 64))
cross_entropy = optax.softmax_cross_entropy_with_integer_labels


def weight(*shape, fan=None):
    return jax.random.normal(next(keys), shape) / (fan or shape[0]) ** 0.5


def dense(inputs, outputs):
    return {"w": weight(inputs, outputs), "b": jnp.zeros(outputs)}


def linear(p, x):
    return x @ p["w"] + p["b"]


def norm(p, x):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5) * p["w"] + p["b"]


class Transformer:
    @staticmethod
    def parameters():
        def block():
            normed = lambda: {"w": jnp.ones(W.features), "b": jnp.zeros(W.features)}
            return {
                "before": normed(), "between": normed(), "in": dense(W.features, 3 * W.features),
                "mixed": dense(W.features, W.features), "wide": dense(W.features, W.wide), "narrow": dense(W.wide, W.features),
            }

        last = {"w": jnp.ones(W.features), "b": jnp.zeros(W.features)}
        return {"embedding": weight(W.letters, W.features, fan=1), "blocks": [block(), block()], "norm": last, "letters": dense(W.features, W.letters)}

    @staticmethod
    def loss(p, x, y):
        z = p["embedding"][x] + W.waves
        for b in p["blocks"]:
            heads = linear(b["in"], norm(b["before"], z)).reshape(*z.shape[:2], 3, W.heads, -1)
            q, k, v = (heads[:, :, i] for i in range(3))
            found = nn.dot_product_attention(q, k, v, is_causal=True)
            z = z + linear(b["mixed"], found.reshape(z.shape))
            z = z + linear(b["narrow"], nn.relu(linear(b["wide"], norm(b["between"], z))))
        return cross_entropy(linear(p["letters"], norm(p["norm"], z)), y).mean()


def gru(p, h, inputs):
    """One step from what the inputs give, [N, 3 · size]."""
    (xr, xz, xn), (hr, hz, hn) = jnp.split(inputs, 3, 1), jnp.split(linear(p["h"], h), 3, 1)
    z = nn.sigmoid(xz + hz)
    n = jnp.tanh(xn + nn.sigmoid(xr + hr) * hn)
    return n + z * (h - n)


class Translation:
    @staticmethod
    def parameters():
        s = W.size
        cell = lambda inputs: {"x": dense(inputs, 3 * s), "h": dense(s, 3 * s)}
        return {
            "source": weight(W.tokens, s, fan=1), "target": weight(W.tokens, s, fan=1), "encoder": [cell(s), cell(s)],
            "decoder": [cell(2 * s), cell(s)], "query": weight(s, s), "key": weight(s, s), "score": weight(s), "tokens": dense(s, W.tokens),
        }

    @staticmethod
    def loss(p, x, lengths, previous, y, ends):
        memory, states = p["source"][x.T], []
        for cell in p["encoder"]:
            def walk(h, inputs, cell=cell):
                h = gru(cell, h, inputs)
                return h, h

            start = jnp.zeros((x.shape[0], W.size))
            last, memory = lax.scan(walk, start, linear(cell["x"], memory), unroll=5)
            states.append(last)
        memory = memory.transpose(1, 0, 2)
        looked_at, hidden = memory @ p["key"], jnp.arange(W.steps) >= lengths[:, None]
        first, second = p["decoder"]

        def write(state, word):
            scores = jnp.tanh((state[1] @ p["query"])[:, None] + looked_at) @ p["score"]
            weights = nn.softmax(jnp.where(hidden, -1e9, scores), axis=1)
            found = jnp.einsum("nt,ntd->nd", weights, memory)
            h = gru(first, state[0], linear(first["x"], jnp.concatenate([found, word], 1)))
            top = gru(second, state[1], linear(second["x"], h))
            return (h, top), top

        tops = lax.scan(write, tuple(states), p["target"][previous.T], unroll=5)[1]
        real = jnp.arange(W.steps)[:, None] < ends
        return (cross_entropy(linear(p["tokens"], tops), y.T) * real).sum() / real.sum()


class Residual:
    @staticmethod
    def parameters():
        def normalized(kernel, inputs, channels):
            w = weight(kernel, kernel, inputs, channels, fan=kernel * kernel * inputs)
            return {"w": w, "g": jnp.ones(channels), "b": jnp.zeros(channels)}

        return {
            "stem": normalized(3, 3, 32), "one": [normalized(3, 32, 32), normalized(3, 32, 32)],
            "two": [normalized(3, 32, 64), normalized(3, 64, 64)], "shortcut": normalized(1, 32, 64), "classes": dense(64, 10),
        }

    @staticmethod
    def loss(p, x, y):
        moved = []

        def normalized(q, x, stride=1):
            kernel = q["w"].shape[0]
            pads = [(kernel // 2, kernel // 2)] * 2
            x = lax.conv_general_dilated(x, q["w"], (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"))
            mean = x.mean((0, 1, 2))
            variance = ((x - mean) ** 2).mean((0, 1, 2))
            moved.append((mean, variance))
            return (x - mean) * lax.rsqrt(variance + 1e-5) * q["g"] + q["b"]

        x = nn.relu(normalized(p["stem"], x))
        x = nn.relu(normalized(p["one"][1], nn.relu(normalized(p["one"][0], x))) + x)
        inner = nn.relu(normalized(p["two"][0], x, 2))
        x = nn.relu(normalized(p["two"][1], inner) + normalized(p["shortcut"], x, 2))
        return cross_entropy(linear(p["classes"], x.mean((1, 2))), y).mean(), moved


class Stack:
    @staticmethod
    def parameters():
        cell = lambda inputs: {"x": dense(inputs, 4 * W.size), "h": dense(W.size, 4 * W.size)}
        return {"layers": [cell(W.letters), cell(W.size)], "letters": dense(W.size, W.letters)}

    @staticmethod
    def loss(p, x, y):
        # Looking a row up is what a product with a one-hot vector gives.
        below = p["layers"][0]["x"]["w"][x.T] + p["layers"][0]["x"]["b"]
        for number, layer in enumerate(p["layers"]):
            def walk(state, inputs, layer=layer):
                h, c = state
                i, f, g, o = jnp.split(inputs + linear(layer["h"], h), 4, 1)
                c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
                h = nn.sigmoid(o) * jnp.tanh(c)
                return (h, c), h

            zeros = jnp.zeros((x.shape[0], W.size))
            below = lax.scan(walk, (zeros, zeros), below if number == 0 else linear(layer["x"], below), unroll=5)[1]
        return cross_entropy(linear(p["letters"], below), y.T).mean()


model = {"transformer": Transformer, "seq2seq": Translation, "resnet": Residual, "lstm-stack": Stack}[NAME]
optimizer = {
    "seq2seq": optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1e-3)),
    "lstm-stack": optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(1.0)),
}.get(NAME, optax.adam(1e-3))
data = W.data if NAME != "resnet" else (W.data[0].transpose(0, 2, 3, 1), W.data[1])
data = tuple(jnp.asarray(part) for part in data)
order, steps = peer.Order(W), 16 if MODE == "scan" else 1
parameters = model.parameters()
running = [(jnp.zeros(c), jnp.ones(c)) for c in (32, 32, 32, 64, 64, 64)] if NAME == "resnet" else []


def update(carry, ids, data):
    parameters, state, running = carry
    batch = [part[ids] for part in data]
    if NAME == "resnet":
        (loss, moved), slopes = jax.value_and_grad(model.loss, has_aux=True)(parameters, *batch)
        running = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, running, moved)
    else:
        loss, slopes = jax.value_and_grad(model.loss)(parameters, *batch)
    change, state = optimizer.update(slopes, state, parameters)
    return (optax.apply_updates(parameters, change), state, running), loss


def several(carry, ids, data):
    if MODE == "scan":
        return lax.scan(lambda carry, ids: update(carry, ids, data), carry, ids)
    return update(carry, ids[0], data)


run = jax.jit(several, donate_argnums=0)
carry = (parameters, optimizer.init(parameters), running)


def call():
    global carry
    carry, losses = run(carry, order.next(steps), data)
    return float(losses[-1] if MODE == "scan" else losses)


peer.report(f"JAX {jax.__version__}", W, THREADS, MODE, call, steps)
