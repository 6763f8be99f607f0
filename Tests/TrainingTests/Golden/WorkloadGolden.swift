// SPDX-License-Identifier: Apache-2.0

/// Losses of ten steps of PyTorch 2.15 on the models of the benchmark, made by the script below.
///
/// In float64 the same script's losses differ by 1.2 · 10⁻⁶ of themselves at most. mlpDeep's inputs are centred: on pixels
/// between 0 and 1, initial weights that differ by 10⁻⁶ of themselves lead PyTorch to losses up to 3 · 10⁻³ apart (Adam
/// takes a full step along a gradient that is nearly zero), on centred ones to 3 · 10⁻⁵, so that 10⁻⁴ can be asked for.
enum WorkloadGolden {
  static let mlp = [
    2.301015, 2.311774, 2.279004, 2.29855, 2.262773, 2.286596, 2.247285, 2.275473, 2.232358,
    2.26469,
  ]
  static let mlpDeep = [
    2.31409, 2.3141, 2.030447, 2.094431, 1.77291, 1.809417, 1.40957, 1.392465, 0.916929, 0.825736,
  ]
  static let lenet = [
    2.3502, 2.358933, 2.346052, 2.339495, 2.349362, 2.339093, 2.352251, 2.338508, 2.348792,
    2.335598,
  ]
  static let cnn = [
    2.310356, 2.32293, 2.2923, 2.2987, 2.277938, 2.281651, 2.260054, 2.265208, 2.240638, 2.244505,
  ]
  static let kerasCNN = [
    2.304804, 2.308903, 2.289352, 2.293541, 2.283058, 2.28226, 2.271322, 2.269863, 2.257904,
    2.25639,
  ]
  static let lstmLM = [
    3.32228, 3.275807, 3.241123, 3.205214, 3.176909, 3.146924, 3.122513, 3.097251, 3.076318,
    3.055867,
  ]
  static let gruLM = [
    3.310324, 3.230211, 3.171335, 3.116806, 3.07377, 3.035786, 3.007404, 2.984771, 2.967875,
    2.954687,
  ]
  static let rnnLM = [
    3.358813, 3.125668, 2.96723, 2.902655, 2.939875, 2.788204, 2.764113, 2.853558, 2.803286,
    2.696209,
  ]
  static let lstmClassifier = [
    2.294161, 2.30335, 2.274985, 2.290749, 2.259567, 2.277421, 2.24474, 2.263737, 2.230073,
    2.249774,
  ]
  static let tiny = [
    0.474414, 0.518178, 0.486145, 0.506559, 0.490582, 0.503392, 0.491608, 0.502446, 0.491549,
    0.502059,
  ]
}

// The script:
//
// import math, torch, numpy as np
// from torch import nn
// from torch.nn import functional as F
// torch.set_num_threads(1)
// def w(shape, start, scale):
//     i = np.arange(math.prod(shape), dtype=np.float64)
//     return torch.tensor((scale * np.sin(i * i + start)).astype(np.float32)).reshape(shape)
// class Last(nn.Module):
//     def forward(self, s): return s[0][:, -1]
// class All(nn.Module):
//     def forward(self, s): return s[0]
// class Hot(nn.Module):
//     def forward(self, t): return F.one_hot(t, 28).float()
// def classes(n): return torch.arange(n) * 7 % 10
// def ce(o, t): return F.cross_entropy(o.reshape(-1, o.shape[-1]), t.reshape(-1))
// def run(name, model, x, y, loss, optimizer, batch, clip=False):
//     for j, p in enumerate(model.parameters()):
//         s = 1 / math.sqrt(math.prod(p.shape[1:])) if p.dim() > 1 else 0.1
//         p.data = w(tuple(p.shape), j + 1, s)
//     o, losses = optimizer(model.parameters()), []
//     for step in range(10):
//         i = step * batch % len(x)
//         l = loss(model(x[i:i + batch]), y[i:i + batch])
//         o.zero_grad(); l.backward()
//         if clip: nn.utils.clip_grad_norm_(model.parameters(), 1.0)
//         o.step(); losses.append(l.item())
//     print(f'  static let {name} = {[round(l, 6) for l in losses]}')
// S, A, L, C, Q, R, P = torch.optim.SGD, torch.optim.Adam, nn.Linear, nn.Conv2d, nn.Sequential, nn.ReLU, nn.MaxPool2d
// def pixels(*shape): return w(shape, 0, 0.5) + 0.5
// run('mlp', Q(L(784, 256), R(), L(256, 10)), pixels(512, 784), classes(512), ce, lambda p: S(p, 0.1), 256)
// run('mlpDeep', Q(L(784, 512), R(), L(512, 512), R(), L(512, 512), R(), L(512, 10)), w((256, 784), 0, 1),
//     classes(256), ce, A, 128)
// G = nn.Sigmoid
// run('lenet', Q(C(1, 6, 5, padding=2), G(), nn.AvgPool2d(2), C(6, 16, 5), G(), nn.AvgPool2d(2), nn.Flatten(),
//     L(400, 120), G(), L(120, 84), G(), L(84, 10)),
//     pixels(512, 1, 28, 28), classes(512), ce, lambda p: S(p, 0.9), 256)
// run('cnn', Q(C(1, 32, 3), R(), P(2), C(32, 64, 3), R(), P(2), nn.Flatten(), L(1600, 128), R(), L(128, 10)),
//     pixels(256, 1, 28, 28), classes(256), ce, A, 128)
// run('kerasCNN', Q(C(3, 32, 3), R(), P(2), C(32, 64, 3), R(), P(2), C(64, 128, 3), R(), P(2), nn.Flatten(),
//     L(512, 128), R(), L(128, 10)),
//     pixels(64, 3, 30, 30), classes(64), ce, A, 32)
// t = torch.tensor([[(i * i + 3 * t * t + i * t) % 28 for t in range(36)] for i in range(64)])
// for kind in ('LSTM', 'GRU', 'RNN'):
//     run(kind.lower() + 'LM', Q(Hot(), getattr(nn, kind)(28, 256, batch_first=True), All(), L(256, 28)),
//         t[:, :-1], t[:, 1:], ce, lambda p: S(p, 1.0), 32, clip=True)
// run('lstmClassifier', Q(nn.LSTM(32, 64, batch_first=True), Last(), L(64, 10)), w((64, 100, 32), 0, 1),
//     classes(64), ce, A, 32)
// run('tiny', Q(L(2, 16), nn.Tanh(), L(16, 1)), w((64, 2), 0, 1), w((64, 1), 3, 1), F.mse_loss,
//     lambda p: S(p, 0.1), 32)
