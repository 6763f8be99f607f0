// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Four steps of PyTorch 2.15, in double precision, on four networks of blocks: losses made by the script below.
@Suite struct BlockGoldenTests {
  private static let (count, sourceSteps, steps) = (5, 4, 3)

  /// Two inputs and a target, each with lengths of its own.
  private var sequences: PreparedData {
    func tokens(_ steps: Int, _ token: (Int, Int) -> Int) -> ExampleValues {
      .integers(
        (0..<Self.count).flatMap { i in (0..<steps).map { t in Int32(token(i, t)) } }
      )
    }
    let targetLengths: [Int32] = [3, 1, 2, 3, 2]
    return PreparedData(
      name: "pairs",
      count: Self.count,
      inputs: [
        InputValues(
          InputDescription(name: "source", .tokens(vocabulary: 6, steps: Self.sourceSteps)),
          tokens(Self.sourceSteps) { (3 * $0 + 2 * $1) % 6 },
          lengths: [4, 3, 1, 2, 4]
        ),
        InputValues(
          InputDescription(name: "previous", .tokens(vocabulary: 7, steps: Self.steps)),
          tokens(Self.steps) { ($0 + 3 * $1) % 7 },
          lengths: targetLengths
        ),
      ],
      targets: [
        TargetValues(
          TargetDescription(.sequence(classes: 7, steps: Self.steps)),
          tokens(Self.steps) { (2 * $0 + $1 + 1) % 7 },
          lengths: targetLengths
        )
      ]
    )
  }

  private var vectors: PreparedData {
    PreparedData(
      name: "vectors",
      count: 6,
      inputs: [
        InputValues(
          InputDescription(.values([5])),
          .reals((0..<30).map { Float(sin(1.3 * Double($0))) })
        )
      ],
      targets: [TargetValues(TargetDescription(.classes(3)), .integers((0..<6).map { $0 % 3 }))]
    )
  }

  private func embedding(_ size: Int) -> Component { layer("embedding", ["size": .integer(size)]) }

  private func losses(
    _ blocks: [BlockSpecification],
    _ data: PreparedData,
    _ terms: [LossSpecification] = [LossSpecification(loss("cross_entropy"))]
  ) throws -> [Double] {
    var subject = Subject(
      generated("moons", train: 1),
      [],
      sgd(0.5),
      TrainSpecification(epochs: 4, batchSize: nil, shuffle: false)
    )
    subject.specification.model = ModelSpecification(blocks: blocks)
    subject.specification.losses = terms
    let trainer = try subject.trainer(data)
    var weights = trainer.model.weights
    for index in weights.entries.indices {
      weights.entries[index].values = sines(
        weights.entries[index].values.count,
        start: Double(index + 1)
      )
    }
    try trainer.model.load(weights)
    var trained = Trained()
    _ = try trainer.train(control: { .proceed }) { trained.note($0) }
    return trained.losses
  }

  private func expect(_ found: [Double], _ golden: [Double], _ name: String) {
    #expect(found.count == golden.count)
    for (one, other) in zip(found, golden) {
      #expect(abs(one - other) < 2e-6 * other, "\(name): \(found)")
    }
  }

  private func encoder(_ recurrent: Component) -> BlockSpecification {
    BlockSpecification(name: "encoder", from: ["source"], layers: [embedding(3), recurrent])
  }

  @Test func `a decoder begins with the encoder's state`() throws {
    let decoder = BlockSpecification(
      name: "decoder",
      from: ["previous"],
      layers: [embedding(3), recurrent("gru", 4, ["state": .text("encoder")]), dense(7)]
    )
    let found = try losses([encoder(recurrent("gru", 4)), decoder], sequences)
    expect(found, [1.970684294, 1.910782864, 1.867411336, 1.834342045], "state")
  }

  @Test func `a decoder finds what it needs by attention of two heads`() throws {
    let blocks = [
      encoder(recurrent("gru", 4)),
      BlockSpecification(
        name: "words",
        from: ["previous"],
        layers: [embedding(3), recurrent("gru", 4, ["state": .text("encoder")])]
      ),
      BlockSpecification(
        name: "found",
        from: ["words"],
        layers: [layer("attention", ["heads": .integer(2), "memory": .text("encoder")])]
      ),
      BlockSpecification(name: "decoder", from: ["words", "found"], layers: [dense(7)]),
    ]
    // The file has the blocks in the order in which they are computed: decoder last.
    let found = try losses(blocks, sequences)
    expect(found, [2.028422832, 1.888705349, 1.817687446, 1.775822626], "attention")
  }

  @Test func `a decoder looks at both ends of an encoder before each step`() throws {
    let decoder = BlockSpecification(
      name: "decoder",
      from: ["previous"],
      layers: [
        embedding(3),
        recurrent("lstm", 4, ["state": .text("encoder"), "memory": .text("encoder")]), dense(7),
      ]
    )
    let both = recurrent("lstm", 2, ["bidirectional": .boolean(true)])
    let found = try losses([encoder(both), decoder], sequences)
    expect(found, [1.851316315, 1.824954325, 1.803699105, 1.786317142], "Bahdanau")
  }

  @Test func `two heads learn from layers that are used twice`() throws {
    let blocks = [
      BlockSpecification(name: "a", layers: [dense(4, "tanh")]),
      BlockSpecification(name: "b", from: ["a"], layers: [dense(4, "tanh")]),
      BlockSpecification(name: "c", from: ["b"], like: "b"),
      BlockSpecification(name: "class", from: ["c"], layers: [dense(3)]),
      BlockSpecification(name: "picture", from: ["c"], layers: [dense(5)]),
    ]
    let terms = [
      LossSpecification(loss("cross_entropy"), of: "class"),
      LossSpecification(loss("mse"), of: "picture", target: "input", weight: 0.5),
    ]
    let found = try losses(blocks, vectors, terms)
    expect(found, [1.327242749, 1.224130547, 1.186758724, 1.168316012], "two heads")
  }
}

// The script:
//
// import math, torch
// from torch import nn
// from torch.nn import functional as F
// torch.set_default_dtype(torch.float64)
// N, S, T, V, W = 5, 4, 3, 6, 7
// source = torch.tensor([[(3 * i + 2 * t) % V for t in range(S)] for i in range(N)])
// previous = torch.tensor([[(i + 3 * t) % W for t in range(T)] for i in range(N)])
// target = torch.tensor([[(2 * i + t + 1) % W for t in range(T)] for i in range(N)])
// ls, lt = torch.tensor([4, 3, 1, 2, 4]), torch.tensor([3, 1, 2, 3, 2])
// real = torch.arange(T)[None] < lt[:, None]
// seen = torch.arange(S)[None] < ls[:, None]
// def sines(shape, start, scale=0.5):
//     n = math.prod(shape)
//     return torch.tensor([scale * math.sin(0.7 * i + start) for i in range(n)]).to(torch.float32).to(torch.float64).reshape(shape)
// class Model(nn.Module):
//     def __init__(self): super().__init__(); self.all = nn.ParameterList(); self.count = 0
//     def tensor(self, *shape):
//         self.count += 1
//         p = nn.Parameter(sines(shape, float(self.count))); self.all.append(p); return p
//     def walk(self, kind, gates, d, h): return [self.tensor(gates * h, d), self.tensor(gates * h, h), self.tensor(gates * h), self.tensor(gates * h)]
// def gru(x, h, w):
//     wi, wh, bi, bh = w
//     a, b = x @ wi.T + bi, h @ wh.T + bh
//     ar, az, an = a.chunk(3, 1); br, bz, bn = b.chunk(3, 1)
//     r, z = torch.sigmoid(ar + br), torch.sigmoid(az + bz)
//     n = torch.tanh(an + r * bn)
//     return (1 - z) * n + z * h
// def lstm(x, hc, w):
//     wi, wh, bi, bh = w
//     i, f, g, o = (x @ wi.T + bi + hc[0] @ wh.T + bh).chunk(4, 1)
//     c = torch.sigmoid(f) * hc[1] + torch.sigmoid(i) * torch.tanh(g)
//     return torch.sigmoid(o) * torch.tanh(c), c
// def run(step, x, s, w, lengths, reverse=False):
//     out = [None] * x.shape[1]
//     order = range(x.shape[1])
//     for t in (reversed(order) if reverse else order):
//         new = step(x[:, t], s, w)
//         m = (t < lengths)[:, None]
//         keep = lambda a, b: torch.where(m, a, b)
//         s = tuple(keep(a, b) for a, b in zip(new, s)) if isinstance(new, tuple) else keep(new, s)
//         y = new[0] if isinstance(new, tuple) else new
//         out[t] = torch.where(m, y, torch.zeros_like(y))
//     return torch.stack(out, 1), s
// def softmax(scores, mask): return torch.softmax(scores.masked_fill(~mask, -1e300), -1)
// class State(Model):
//     def __init__(self):
//         super().__init__()
//         self.e, self.w = self.tensor(V, 3), self.walk('gru', 3, 3, 4)
//         self.d, self.u = self.tensor(W, 3), self.walk('gru', 3, 3, 4)
//         self.o, self.b = self.tensor(W, 4), self.tensor(W)
//     def forward(self):
//         y, s = run(gru, self.e[source], torch.zeros(N, 4), self.w, ls)
//         y, _ = run(gru, self.d[previous], s, self.u, lt)
//         return y @ self.o.T + self.b
// class Dot(Model):  # blocks: encoder, words, found, decoder
//     def __init__(self):
//         super().__init__()
//         self.e, self.w = self.tensor(V, 3), self.walk('gru', 3, 3, 4)
//         self.d, self.u = self.tensor(W, 3), self.walk('gru', 3, 3, 4)
//         self.qkvo = [(self.tensor(4, 4), self.tensor(4)) for _ in range(4)]
//         self.o, self.b = self.tensor(W, 8), self.tensor(W)
//     def forward(self):
//         m, s = run(gru, self.e[source], torch.zeros(N, 4), self.w, ls)
//         y, _ = run(gru, self.d[previous], s, self.u, lt)
//         lin = lambda x, p: x @ p[0].T + p[1]
//         q, k, v = (lin(x, p).view(N, -1, 2, 2).transpose(1, 2) for x, p in zip((y, m, m), self.qkvo))
//         a = softmax(q @ k.transpose(2, 3) / math.sqrt(2), seen[:, None, None])
//         f = (a @ v).transpose(1, 2).reshape(N, T, 4) * real[..., None]
//         return torch.cat([y, lin(f, self.qkvo[3])], 2) @ self.o.T + self.b
// class Bahdanau(Model):
//     def __init__(self):
//         super().__init__()
//         self.e, self.w, self.r = self.tensor(V, 3), self.walk('lstm', 4, 3, 2), self.walk('lstm', 4, 3, 2)
//         self.d = self.tensor(W, 3)
//         self.q, self.k, self.v = self.tensor(4, 4), self.tensor(4, 4), self.tensor(4)
//         self.u = self.walk('lstm', 4, 7, 4)
//         self.o, self.b = self.tensor(W, 4), self.tensor(W)
//     def forward(self):
//         z = lambda: (torch.zeros(N, 2), torch.zeros(N, 2))
//         x = self.e[source]
//         f, sf = run(lstm, x, z(), self.w, ls)
//         r, sr = run(lstm, x, z(), self.r, ls, reverse=True)
//         m = torch.cat([f, r], 2)
//         s = tuple(torch.cat(p, 1) for p in zip(sf, sr))
//         out, keys = [], m @ self.k.T
//         for t in range(T):
//             a = softmax(torch.tanh((s[0] @ self.q.T)[:, None] + keys) @ self.v, seen)
//             c = (a[:, None] @ m)[:, 0]
//             new = lstm(torch.cat([c, self.d[previous][:, t]], 1), s, self.u)
//             k = (t < lt)[:, None]
//             s = tuple(torch.where(k, p, q) for p, q in zip(new, s))
//             out.append(torch.where(k, new[0], torch.zeros_like(new[0])))
//         return torch.stack(out, 1) @ self.o.T + self.b
// def seq(model):
//     opt, out = torch.optim.SGD(model.parameters(), 0.5), []
//     for _ in range(4):
//         opt.zero_grad()
//         loss = F.cross_entropy(model()[real], target[real]); loss.backward(); opt.step(); out.append(loss.item())
//     return out
// class Heads(Model):  # stem, one, two like one; class from two, picture from two
//     def __init__(self):
//         super().__init__()
//         self.s = (self.tensor(4, 5), self.tensor(4)); self.l = (self.tensor(4, 4), self.tensor(4))
//         self.c = (self.tensor(3, 4), self.tensor(3)); self.p = (self.tensor(5, 4), self.tensor(5))
//     def forward(self, x):
//         lin = lambda x, p: x @ p[0].T + p[1]
//         y = torch.tanh(lin(x, self.s)); y = torch.tanh(lin(y, self.l)); y = torch.tanh(lin(y, self.l))
//         return lin(y, self.c), lin(y, self.p)
// x = torch.tensor([[math.sin(1.3 * (5 * i + j)) for j in range(5)] for i in range(6)]).to(torch.float32).to(torch.float64)
// k = torch.tensor([i % 3 for i in range(6)])
// m = Heads(); opt = torch.optim.SGD(m.parameters(), 0.5); heads = []
// for _ in range(4):
//     opt.zero_grad(); a, b = m(x)
//     loss = F.cross_entropy(a, k) + 0.5 * F.mse_loss(b, x); loss.backward(); opt.step(); heads.append(loss.item())
// for name, v in (("state", seq(State())), ("dot", seq(Dot())), ("bahdanau", seq(Bahdanau())), ("heads", heads)): print(name, [round(q, 9) for q in v])
