# SPDX-License-Identifier: Apache-2.0
"""Four workloads of `runexp bench` in TensorFlow; peer.py says what they are: python run_tf.py WORKLOAD THREADS MODE

A call of a `tf.function` takes several steps (one for `resnet`, whose convolutions XLA is slow at inside a loop); `xla` has
it compiled.
"""
import os

import peer

NAME, THREADS, MODE = peer.arguments("tf", peer.WORKLOADS)
peer.bind(THREADS)
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1")
import keras
import tensorflow as tf
from keras import layers as L

tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(1)
keras.utils.set_random_seed(0)
W = peer.WORKLOADS[NAME]()
cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits


class Transformer(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = L.Embedding(W.letters, W.features)
        self.norms = [L.LayerNormalization(epsilon=1e-5) for _ in range(5)]
        self.projections = [L.Dense(3 * W.features) for _ in range(2)]
        self.mixed = [L.Dense(W.features) for _ in range(2)]
        self.wide, self.narrow = [L.Dense(W.wide, "relu") for _ in range(2)], [L.Dense(W.features) for _ in range(2)]
        self.letters = L.Dense(W.letters)
        self.later = tf.constant(-1e9 * (1 - tf.linalg.band_part(tf.ones((W.steps, W.steps)), -1, 0)))

    def call(self, x):
        z, size = self.embedding(x) + W.waves, W.features // W.heads
        for b in range(2):
            heads = tf.reshape(self.projections[b](self.norms[2 * b](z)), (W.batch, W.steps, 3, W.heads, size))
            q, k, v = tf.unstack(tf.transpose(heads, (2, 0, 3, 1, 4)))
            weights = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) * size**-0.5 + self.later)
            found = tf.reshape(tf.transpose(tf.matmul(weights, v), (0, 2, 1, 3)), z.shape)
            z = z + self.mixed[b](found)
            z = z + self.narrow[b](self.wide[b](self.norms[2 * b + 1](z)))
        return self.letters(self.norms[4](z))

    def loss_of(self, x, y):
        return tf.reduce_mean(cross_entropy(y, self(x)))


class Translation(keras.Model):
    def __init__(self):
        super().__init__()
        self.source, self.words = L.Embedding(W.tokens, W.size), L.Embedding(W.tokens, W.size)
        whole = lambda: L.GRU(W.size, return_sequences=True, return_state=True, unroll=MODE == "graph")
        self.encoder, self.decoder = [whole(), whole()], [L.GRUCell(W.size), L.GRUCell(W.size)]
        self.query, self.key = L.Dense(W.size, use_bias=False), L.Dense(W.size, use_bias=False)
        self.score, self.tokens = L.Dense(1, use_bias=False), L.Dense(W.tokens)

    def call(self, inputs):
        x, lengths, previous = inputs
        memory, states = self.source(x), []
        for layer in self.encoder:
            memory, last = layer(memory)
            states.append(last)
        looked_at, hidden = self.key(memory), tf.range(W.steps) >= lengths[:, None]
        words, tops = self.words(previous), []
        for t in range(W.steps):
            scores = self.score(tf.tanh(self.query(states[1])[:, None] + looked_at))[:, :, 0]
            weights = tf.nn.softmax(tf.where(hidden, -1e9, scores))
            found = tf.einsum("nt,ntd->nd", weights, memory)
            h, _ = self.decoder[0](tf.concat([found, words[:, t]], 1), [states[0]])
            top, _ = self.decoder[1](h, [states[1]])
            states = [h, top]
            tops.append(top)
        return self.tokens(tf.stack(tops, 1))

    def loss_of(self, x, lengths, previous, y, ends):
        real = tf.cast(tf.range(W.steps) < ends[:, None], tf.float32)
        return tf.reduce_sum(cross_entropy(y, self((x, lengths, previous))) * real) / tf.reduce_sum(real)


class Residual(keras.Model):
    def __init__(self):
        super().__init__()
        shapes = {"stem": (32, 3, 1), "a": (32, 3, 1), "b": (32, 3, 1), "c": (64, 3, 2), "d": (64, 3, 1), "short": (64, 1, 2)}
        # Padding as everywhere else: one row at each side, while Keras's `same` pads at the end alone.
        pad = lambda kernel: [L.ZeroPadding2D(1)] if kernel == 3 else []
        self.parts = {
            name: keras.Sequential(pad(kernel) + [L.Conv2D(channels, kernel, stride, use_bias=False), L.BatchNormalization(momentum=0.9, epsilon=1e-5)])
            for name, (channels, kernel, stride) in shapes.items()
        }
        self.classes = L.Dense(10)

    def call(self, x):
        part = lambda name, x: self.parts[name](x, training=True)
        x = tf.nn.relu(part("stem", x))
        x = tf.nn.relu(part("b", tf.nn.relu(part("a", x))) + x)
        x = tf.nn.relu(part("d", tf.nn.relu(part("c", x))) + part("short", x))
        return self.classes(tf.reduce_mean(x, (1, 2)))

    def loss_of(self, x, y):
        return tf.reduce_mean(cross_entropy(y, self(x)))


class Stack(keras.Model):
    def __init__(self):
        super().__init__()
        self.walks = [L.LSTM(W.size, return_sequences=True, unroll=MODE == "graph") for _ in range(2)]
        self.letters = L.Dense(W.letters)

    def call(self, x):
        return self.letters(self.walks[1](self.walks[0](tf.one_hot(x, W.letters))))

    def loss_of(self, x, y):
        return tf.reduce_mean(cross_entropy(y, self(x)))


model = {"transformer": Transformer, "seq2seq": Translation, "resnet": Residual, "lstm-stack": Stack}[NAME]()
optimizer = keras.optimizers.SGD(1.0) if NAME == "lstm-stack" else keras.optimizers.Adam(1e-3)
data = W.data if NAME != "resnet" else (W.data[0].transpose(0, 2, 3, 1).copy(), W.data[1])
data = [tf.constant(part) for part in data]
order, steps = peer.Order(W), 1 if NAME == "resnet" else 8
model.loss_of(*(tf.gather(part, order.next()[0]) for part in data))
optimizer.build(model.trainable_variables)


def update(ids):
    batch = [tf.gather(part, ids) for part in data]
    for part in batch:
        part.set_shape((W.batch, *part.shape[1:]))
    with tf.GradientTape() as tape:
        loss = model.loss_of(*batch)
    slopes = tape.gradient(loss, model.trainable_variables)
    if NAME in ("seq2seq", "lstm-stack"):
        slopes, _ = tf.clip_by_global_norm(slopes, 1.0)
    optimizer.apply(slopes, model.trainable_variables)
    return loss


@tf.function(jit_compile=MODE == "xla")
def run(ids):
    if steps == 1:
        return update(ids[0])
    loss = tf.constant(0.0)
    for k in tf.range(steps):
        loss = update(ids[k])
    return loss


peer.report(f"TensorFlow {tf.__version__}", W, THREADS, MODE, lambda: float(run(tf.constant(order.next(steps)))), steps)
