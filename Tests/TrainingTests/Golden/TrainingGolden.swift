// SPDX-License-Identifier: Apache-2.0

/// Twelve steps of PyTorch 2.15 on seven small models, made by the script below.
enum TrainingGolden {
  struct Case: Sendable {
    var losses: [Double]
    /// After the last step.
    var testLoss: Double
    /// Share of examples or tokens; −1 for real targets.
    var testAccuracy: Double
  }

  static let mlp = Case(
    losses: [
      1.1081553, 1.0806791, 1.1602664, 1.1070129, 1.0793986, 1.1263943, 1.1073992, 1.0798521,
      1.0994935, 1.1085926, 1.081182, 1.0778074,
    ],
    testLoss: 1.0799170,
    testAccuracy: 0.4000000
  )
  static let cnn = Case(
    losses: [
      2.4793322, 1.2708015, 1.3586549, 1.2193683, 1.1199855, 1.0994968, 1.1194985, 1.4164128,
      1.1523693, 1.1745374, 1.4071765, 1.0841587,
    ],
    testLoss: 1.1362288,
    testAccuracy: 0.3333333
  )
  static let lstm = Case(
    losses: [
      0.2245493, 0.9375885, 0.2143322, 0.1789108, 1.2062166, 0.0897402, 0.1535301, 1.4954954,
      0.0539992, 0.1457764, 1.3491991, 0.0721968,
    ],
    testLoss: 0.5138609,
    testAccuracy: -1.0000000
  )
  static let gru = Case(
    losses: [
      0.0826751, 0.5166744, 0.0669445, 0.0736643, 0.4321333, 0.0798286, 0.0752045, 0.3718845,
      0.0927981, 0.0785233, 0.328118, 0.1033279,
    ],
    testLoss: 0.1898045,
    testAccuracy: -1.0000000
  )
  static let rnn = Case(
    losses: [
      2.0770104, 2.0024974, 1.9884049, 1.8139162, 1.7155014, 1.6670545, 1.5334557, 1.4428581,
      1.3588171, 1.2578692, 1.1623737, 1.0363361,
    ],
    testLoss: 1.1047870,
    testAccuracy: 0.7000000
  )
  static let embedded = Case(
    losses: [
      2.0318804, 1.9850241, 1.9319568, 1.9026074, 1.8528986, 1.7690209, 1.7278937, 1.6558694,
      1.5442719, 1.5017995, 1.4212098, 1.2911123,
    ],
    testLoss: 1.2155652,
    testAccuracy: 0.7333333
  )
  static let sigmoidCNN = Case(
    losses: [
      1.0863874, 0.2814353, 0.3218283, 0.4494809, 0.2402814, 0.2813023, 0.2329169, 0.2367554,
      0.2357573, 0.2469531, 0.236511, 0.2378033,
    ],
    testLoss: 0.2264688,
    testAccuracy: 0.3333333
  )
}

// The script:
//
// import math, torch, numpy as np
// from torch import nn
// from torch.nn import functional as F
// torch.set_num_threads(1)
// def w(shape, start, scale=0.5):
//     n = math.prod(shape)
//     return torch.tensor((scale * np.sin(0.7 * np.arange(n) + start)).astype(np.float32)).reshape(shape)
// class Last(nn.Module):
//     def forward(self, s): return s[0][:, -1]
// class All(nn.Module):
//     def forward(self, s): return s[0]
// class Hot(nn.Module):
//     def forward(self, t): return F.one_hot(t, 7).float()
// def values(n, *shape): return [w((n, *shape), 0, 1), w((n // 2, *shape), 20, 1)]
// def classes(n, k): return [torch.tensor([i * k % 3 for i in range(m)]) for m in (n, n // 2)]
// def tokens(n): return [torch.tensor([[(i * i + 3 * t + s) % 7 for t in range(6)] for i in range(m)])
//                        for m, s in ((n, 0), (n // 2, 1))]
// def run(name, model, x, y, loss, optimizer, batch, epochs=4, clip=lambda p: None):
//     for j, p in enumerate(model.parameters()): p.data = w(tuple(p.shape), j + 1)
//     o, losses = optimizer(model.parameters()), []
//     for _ in range(epochs):
//         for i in range(0, len(x[0]), batch):
//             l = loss(model(x[0][i:i + batch]), y[0][i:i + batch])
//             o.zero_grad(); l.backward(); clip(list(model.parameters())); o.step()
//             losses.append(l.item())
//     with torch.no_grad():
//         out = model(x[1])
//         right = (out.argmax(-1) == y[1]).double().mean().item() if y[1].dtype == torch.int64 else -1
//         print(f'  static let {name} = Case(\n    losses: {[round(l, 7) for l in losses]},\n    testLoss: {loss(out, y[1]).item():.7f},\n    testAccuracy: {right:.7f}\n  )')
// S, A, c = torch.optim.SGD, torch.optim.Adam, nn.utils
// def ce(o, t): return F.cross_entropy(o.reshape(-1, o.shape[-1]), t.reshape(-1))
// def hot(o, t): return F.mse_loss(o, F.one_hot(t, 3).float())
// run('mlp', nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)), values(20, 4), classes(20, 7),
//     ce, lambda p: S(p, lr=0.1), 8)
// run('cnn', nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 3)),
//     values(12, 2, 6, 6), classes(12, 5), ce, lambda p: A(p, lr=0.01), 4)
// run('lstm', nn.Sequential(nn.LSTM(2, 4, batch_first=True), Last(), nn.Linear(4, 1)), values(12, 5, 2),
//     [w((12, 1), 3, 1), w((6, 1), 4, 1)], F.mse_loss, lambda p: S(p, lr=0.5, momentum=0.9), 5,
//     clip=lambda p: c.clip_grad_norm_(p, 0.1))
// run('gru', nn.Sequential(nn.GRU(2, 4, batch_first=True), Last(), nn.Linear(4, 1)), values(12, 5, 2),
//     [w((12, 1), 3, 1), w((6, 1), 4, 1)], lambda o, t: F.mse_loss(o, t) / 2,
//     lambda p: A(p, lr=0.02, weight_decay=0.1), 5)
// run('rnn', nn.Sequential(Hot(), nn.RNN(7, 5, batch_first=True), All(), nn.Linear(5, 7)), tokens(10),
//     [(2 * t + 1) % 7 for t in tokens(10)], ce,
//     lambda p: S(p, lr=0.5, momentum=0.9, nesterov=True, weight_decay=0.01), 4,
//     clip=lambda p: c.clip_grad_value_(p, 0.02))
// run('embedded', nn.Sequential(nn.Embedding(7, 3), nn.GRU(3, 4, batch_first=True), All(), nn.Linear(4, 7)),
//     tokens(10), [(2 * t + 1) % 7 for t in tokens(10)], ce, lambda p: A(p, lr=0.05), 4)
// run('sigmoidCNN', nn.Sequential(nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0)), nn.Sigmoid(),
//     nn.AvgPool2d(2, padding=1), nn.Flatten(), nn.Linear(27 * 2 // 3, 3)), values(12, 2, 6, 6), classes(12, 5),
//     hot, lambda p: S(p, lr=0.3, momentum=0.5), 4)
