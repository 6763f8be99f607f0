// SPDX-License-Identifier: Apache-2.0

/// The first twelve rates of PyTorch 2.15's `lr_scheduler`s for a base of 0.3; made by the script below.
enum ScheduleGolden {
  static let step = [
    0.3, 0.3, 0.3, 0.3, 0.15, 0.15,
    0.15, 0.15, 0.075, 0.075, 0.075, 0.075,
  ]
  static let multiStep = [
    0.3, 0.3, 0.06, 0.06, 0.06, 0.012,
    0.0024, 0.0024, 0.0024, 0.0024, 0.0024, 0.0024,
  ]
  static let exponential = [
    0.3, 0.24, 0.192, 0.1536, 0.12288, 0.098304,
    0.0786432, 0.06291456, 0.050331648, 0.0402653184, 0.03221225472, 0.02576980378,
  ]
  static let squareRoot = [
    0.3, 0.2121320344, 0.1732050808, 0.15, 0.1341640786, 0.1224744871,
    0.1133893419, 0.1060660172, 0.1, 0.09486832981, 0.09045340337, 0.08660254038,
  ]
  static let cosine = [
    0.3, 0.2943290163, 0.2777754946, 0.2516805028, 0.2181581018, 0.1799240774,
    0.1400759226, 0.1018418982, 0.06831949725, 0.0422245054, 0.02567098369, 0.02,
  ]
  static let warmedCosine = [
    0.1, 0.1666666667, 0.2333333333, 0.3, 0.2893431346, 0.2589949494,
    0.2135756805, 0.16, 0.1064243195, 0.06100505063, 0.03065686545, 0.02,
  ]
  static let warmedStep = [
    0.03, 0.12, 0.21, 0.3, 0.3, 0.3,
    0.3, 0.15, 0.15, 0.15, 0.15, 0.075,
  ]
  static let warmedConstant = [
    0.1, 0.14, 0.18, 0.22, 0.26, 0.3,
    0.3, 0.3, 0.3, 0.3, 0.3, 0.3,
  ]
  static let oneCycle = [
    0.012, 0.1049368963, 0.2637855477, 0.2983246306, 0.279903891, 0.2435236962,
    0.1942136993, 0.1387911308, 0.08491829946, 0.04004325906, 0.01037009623, 1.2e-06,
  ]
  static let oneCycleOther = [
    0.03, 0.05578270576, 0.1232827058, 0.2067172942, 0.2742172942, 0.3,
    0.2799239068, 0.225075, 0.15015, 0.075225, 0.02037609324, 0.0003,
  ]
}

// The script:
//
// import torch
// L = torch.optim.lr_scheduler
// def rates(name, make, count=12):
//     p = torch.nn.Parameter(torch.zeros(1))
//     o = torch.optim.SGD([p], lr=0.3)
//     s, r = make(o), []
//     for t in range(count):
//         r.append(o.param_groups[0]['lr'])
//         o.step()
//         if t + 1 < count: s.step()
//     print(f'  static let {name} = [\n    ' + ', '.join(f'{v:.10g}' for v in r) + ',\n  ]')
// def warmed(s, n=3, start=1 / 3):
//     return lambda o: L.SequentialLR(o, [L.LinearLR(o, start, total_iters=n), s(o)], [n])
// rates('step', lambda o: L.StepLR(o, 4, 0.5))
// rates('multiStep', lambda o: L.MultiStepLR(o, [2, 5, 6], 0.2))
// rates('exponential', lambda o: L.ExponentialLR(o, 0.8))
// rates('squareRoot', lambda o: L.LambdaLR(o, lambda t: (t + 1) ** -0.5))
// rates('cosine', lambda o: L.CosineAnnealingLR(o, 11, 0.02))
// rates('warmedCosine', warmed(lambda o: L.CosineAnnealingLR(o, 8, 0.02)))
// rates('warmedStep', warmed(lambda o: L.StepLR(o, 4, 0.5), start=0.1))
// rates('warmedConstant', lambda o: L.LinearLR(o, total_iters=5))
// rates('oneCycle', lambda o: L.OneCycleLR(o, 0.3, total_steps=12))
// rates('oneCycleOther', lambda o: L.OneCycleLR(o, 0.3, total_steps=12, pct_start=0.5, div_factor=10, final_div_factor=100))
