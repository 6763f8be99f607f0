// SPDX-License-Identifier: Apache-2.0

/// Twelve steps of PyTorch 2.15 on three small models of sequences of several lengths, made by the script below.
enum SequenceGolden {
  static let stackOfLengths = TrainingGolden.Case(
    losses: [
      0.3217732, 1.0412748, 0.5118858, 0.3510509, 1.1078836, 0.376626, 0.2676533, 1.1612844,
      0.4002933, 0.3102959, 0.9876193, 0.4554597,
    ],
    testLoss: 0.5128822,
    testAccuracy: -1.0000000
  )
  static let tokensOfLengths = TrainingGolden.Case(
    losses: [
      2.0191259, 1.8648255, 1.723779, 1.6518326, 1.5952263, 1.4042183, 1.3458154, 1.2335861,
      1.056247, 1.049425, 0.8848945, 0.7520894,
    ],
    testLoss: 1.0517589,
    testAccuracy: 0.6363636
  )
  static let valuesOfLengths = TrainingGolden.Case(
    losses: [
      0.748113, 0.7404319, 0.6634136, 0.5979016, 0.5695223, 0.5097773, 0.4586802, 0.5122929,
      0.5148047, 0.4860101, 0.5514561, 0.5079836,
    ],
    testLoss: 0.4783894,
    testAccuracy: -1.0000000
  )
}

// The script:
//
// import math, torch, numpy as np
// from torch import nn
// from torch.nn import functional as F
// from torch.nn.utils.rnn import pack_padded_sequence as pack, pad_packed_sequence as pad
// torch.set_num_threads(1)
// def w(shape, start, scale=0.5):
//     n = math.prod(shape)
//     return torch.tensor((scale * np.sin(0.7 * np.arange(n) + start)).astype(np.float32)).reshape(shape)
// def lengths(n, steps): return torch.tensor([3 * i % steps + 1 for i in range(n)])
// class Packed(nn.Module):
//     def __init__(self, m, last=False):
//         super().__init__()
//         self.m, self.last = m, last
//     def forward(self, x, n):
//         y = pad(self.m(pack(x, n, True, False))[0], True, total_length=x.shape[1])[0]
//         return y[torch.arange(len(n)), n - 1] if self.last else y
// class Chain(nn.Sequential):
//     def forward(self, x, n):
//         for m in self: x = m(x, n) if isinstance(m, Packed) else m(x)
//         return x
// def real(t, n): return torch.cat([t[i, :k] for i, k in enumerate(n.tolist())])
// def run(name, model, x, y, loss, optimizer, batch, clip=lambda p: None):
//     for j, p in enumerate(model.parameters()): p.data = w(tuple(p.shape), j + 1)
//     o, losses, steps = optimizer(model.parameters()), [], x[0].shape[1]
//     ns = lengths(len(x[0]), steps), lengths(len(x[1]), steps)
//     for _ in range(4):
//         for i in range(0, len(x[0]), batch):
//             n = ns[0][i:i + batch]
//             l = loss(model(x[0][i:i + batch], n), y[0][i:i + batch], n)
//             o.zero_grad(); l.backward(); clip(list(model.parameters())); o.step()
//             losses.append(l.item())
//     with torch.no_grad():
//         out = model(x[1], ns[1])
//         right = (real(out, ns[1]).argmax(-1) == real(y[1], ns[1])).double().mean().item() if y[1].dtype == torch.int64 else -1
//         print(f'  static let {name} = Case(\n    losses: {[round(l, 7) for l in losses]},\n    testLoss: {loss(out, y[1], ns[1]).item():.7f},\n    testAccuracy: {right:.7f}\n  )')
// S, A, c = torch.optim.SGD, torch.optim.Adam, nn.utils
// def values(n, *shape): return [w((n, *shape), 0, 1), w((n // 2, *shape), 20, 1)]
// def tokens(n): return [torch.tensor([[(i * i + 3 * t + s) % 7 for t in range(6)] for i in range(m)])
//                        for m, s in ((n, 0), (n // 2, 1))]
// run('stackOfLengths', Chain(Packed(nn.LSTM(2, 4, num_layers=2, bidirectional=True, batch_first=True), True),
//     nn.Linear(8, 1)), values(12, 5, 2), [w((12, 1), 3, 1), w((6, 1), 4, 1)], lambda o, t, n: F.mse_loss(o, t),
//     lambda p: S(p, lr=0.2, momentum=0.9), 5)
// run('tokensOfLengths', Chain(nn.Embedding(7, 3), Packed(nn.GRU(3, 4, bidirectional=True, batch_first=True)),
//     nn.Linear(8, 7)), tokens(10), [(2 * t + 1) % 7 for t in tokens(10)],
//     lambda o, t, n: F.cross_entropy(real(o, n), real(t, n)), lambda p: A(p, lr=0.05), 4)
// run('valuesOfLengths', Chain(Packed(nn.RNN(2, 4, num_layers=2, nonlinearity='relu', batch_first=True)),
//     nn.Linear(4, 2)), values(12, 5, 2), [w((12, 5, 2), 3, 1), w((6, 5, 2), 4, 1)],
//     lambda o, t, n: F.mse_loss(real(o, n), real(t, n)), lambda p: S(p, lr=0.05, momentum=0.9), 5,
//     clip=lambda p: c.clip_grad_norm_(p, 0.5))
