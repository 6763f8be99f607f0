// SPDX-License-Identifier: Apache-2.0

/// Twelve steps of PyTorch 2.15 on three small models with normalisation and more ways than one, made by the script below.
enum NestedGolden {
  static let normedMLP = TrainingGolden.Case(
    losses: [
      1.1280435, 1.0963526, 1.1757386, 1.0790459, 1.1462601, 1.0576775, 1.1023512, 1.1906565,
      1.0455315, 1.0927093, 1.1296304, 1.0817811,
    ],
    testLoss: 1.0992699,
    testAccuracy: 0.4000000
  )
  static let resnet = TrainingGolden.Case(
    losses: [
      1.0698804, 1.2835792, 1.1164229, 1.0621356, 1.1935707, 1.0988629, 1.0772618, 1.1111299,
      1.1023681, 1.1146203, 1.0743647, 1.113746,
    ],
    testLoss: 1.1106840,
    testAccuracy: 0.3333333
  )
  static let branched = TrainingGolden.Case(
    losses: [
      1.1086851, 1.2245051, 1.2829739, 2.1026688, 1.2486104, 1.4899123, 1.1832976, 1.3680507,
      1.0620878, 1.0641837, 1.1585071, 1.0788268,
    ],
    testLoss: 1.1092435,
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
// class Residual(nn.Module):
//     def __init__(self, body, shortcut=nn.Identity()):
//         super().__init__(); self.body, self.shortcut = body, shortcut
//     def forward(self, x): return self.body(x) + self.shortcut(x)
// class Branches(nn.Module):
//     def __init__(self, combine, *ways):
//         super().__init__(); self.ways, self.combine = nn.ModuleList(ways), combine
//     def forward(self, x): return self.combine([way(x) for way in self.ways])
// class Mean(nn.Module):
//     def forward(self, x): return x.mean((2, 3))
// class Resize(nn.Module):
//     def __init__(self, size, mode): super().__init__(); self.size, self.mode = size, mode
//     def forward(self, x): return F.interpolate(x, size=self.size, mode=self.mode)
// def values(n, *shape): return [w((n, *shape), 0, 1), w((n // 2, *shape), 20, 1)]
// def classes(n, k): return [torch.tensor([i * k % 3 for i in range(m)]) for m in (n, n // 2)]
// def run(name, model, x, y, optimizer, batch, epochs=4):
//     for j, p in enumerate(model.parameters()): p.data = w(tuple(p.shape), j + 1)
//     o, losses = optimizer(model.parameters()), []
//     for _ in range(epochs):
//         model.train()
//         for i in range(0, len(x[0]), batch):
//             l = F.cross_entropy(model(x[0][i:i + batch]), y[0][i:i + batch])
//             o.zero_grad(); l.backward(); o.step()
//             losses.append(l.item())
//     model.eval()
//     with torch.no_grad():
//         out = model(x[1])
//         right = (out.argmax(-1) == y[1]).double().mean().item()
//         print(f'  static let {name} = TrainingGolden.Case(\n    losses: {[round(l, 7) for l in losses]},\n    testLoss: {F.cross_entropy(out, y[1]).item():.7f},\n    testAccuracy: {right:.7f}\n  )')
// S, s = torch.optim.SGD, nn.Sequential
// run('normedMLP', s(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 5), nn.LayerNorm(5), nn.Tanh(),
//     nn.Linear(5, 3)), values(20, 4), classes(20, 7), lambda p: S(p, lr=0.1, momentum=0.9), 8)
// run('resnet', s(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
//     Residual(s(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1),
//         nn.BatchNorm2d(4))), nn.ReLU(),
//     Residual(s(nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6)),
//         s(nn.Conv2d(4, 6, 1, stride=2), nn.BatchNorm2d(6, momentum=0.3, eps=1e-3))), nn.ReLU(),
//     Mean(), nn.Linear(6, 3)), values(12, 2, 6, 6), classes(12, 5), lambda p: S(p, lr=0.1, momentum=0.9), 4)
// run('branched', s(Resize((9, 8), 'bilinear'),
//     Branches(lambda r: torch.cat(r, 1), nn.Conv2d(2, 3, 1), s(nn.Conv2d(2, 2, 3, padding=1), nn.ReLU()), nn.Identity()),
//     Resize((4, 5), 'nearest'), nn.LayerNorm([7, 4, 5]),
//     Branches(lambda r: r[0] + r[1], nn.Conv2d(7, 4, 3), nn.Conv2d(7, 4, 3)),
//     nn.Flatten(), nn.Unflatten(1, (4, 6)), nn.Linear(6, 3), nn.Flatten(), nn.Linear(12, 3)),
//     values(12, 2, 6, 6), classes(12, 5), lambda p: S(p, lr=0.05, momentum=0.5), 4)
