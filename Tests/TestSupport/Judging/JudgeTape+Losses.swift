// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A loss's mean, and how far `Float` may be from it.
public struct JudgedLoss {
  /// The mean.
  public var mean: Double
  /// The largest error.
  public var error: Double

  /// Why a computed mean is wrong, in words; nil if it is not.
  public func misfit(_ got: Double) -> String? {
    abs(got - mean) <= 2 * error + 1e-30 ? nil : "loss: got \(got), expected \(mean) ± \(2 * error)"
  }
}

/// A loss of an output and a target as plain functions.
public struct JudgedElementLoss: Sendable {
  let value: @Sendable (Double, Double) -> Double
  let slope: @Sendable (Double, Double) -> Double

  /// (y − t)² · `factor`.
  public static func squared(_ factor: Double) -> Self {
    Self {
      factor * ($0 - $1) * ($0 - $1)
    } slope: {
      2 * factor * ($0 - $1)
    }
  }
  /// |y − t|.
  public static let absolute = Self {
    abs($0 - $1)
  } slope: {
    $0 > $1 ? 1 : $0 < $1 ? -1 : 0
  }
  /// Huber's.
  public static func huber(_ delta: Double) -> Self {
    Self { y, t in
      let d = abs(y - t)
      return d <= delta ? d * d / 2 : delta * (d - delta / 2)
    } slope: {
      min(max($0 - $1, -delta), delta)
    }
  }
  /// Binary cross-entropy of a logit.
  public static let binaryCrossEntropy = Self { y, t in
    max(y, 0) - t * y + log1p(exp(-abs(y)))
  } slope: {
    Reference.sigmoid($0) - $1
  }

  init(
    _ value: @escaping @Sendable (Double, Double) -> Double,
    slope: @escaping @Sendable (Double, Double) -> Double
  ) {
    (self.value, self.slope) = (value, slope)
  }
}

extension JudgeTape {
  /// Softmax cross-entropy of the rows of `logits` against classes, of which negative ones are left out; PyTorch's weights
  /// and smoothing. The mean's gradient is put in place.
  public func crossEntropy(
    _ logits: Judged,
    _ classes: [Int32],
    weights: [Float]?,
    smoothing: Double
  ) -> JudgedLoss {
    let width = logits.shape.last ?? 1
    let (p, errors) = softmaxRows(logits, width)
    func weight(_ c: Int) -> Double { weights.map { Double($0[c]) } ?? 1 }
    let total = classes.reduce(0.0) { $0 + ($1 < 0 ? 0 : weight(Int($1))) }
    let all = (0..<width).reduce(0) { $0 + weight($1) } * smoothing / Double(width)
    var (sum, error) = (0.0, 0.0)
    for (row, target) in classes.enumerated() where target >= 0 {
      let start = row * width
      let z = logits.values[start..<start + width]
      let top = z.max() ?? 0
      let normalizer = top + log(z.reduce(0) { $0 + exp($1 - top) })
      let own = (1 - smoothing) * weight(Int(target))
      var size = 0.0
      for c in 0..<width {
        let share = (c == Int(target) ? own : 0) + smoothing / Double(width) * weight(c)
        let distance = normalizer - logits.values[start + c]
        sum += share * distance
        size += share * (abs(distance) + abs(normalizer - top) + 1)
        let g = ((own + all) * p[start + c] - share) / total
        let parts = ((own + all) * p[start + c] + share) / total
        let slack = Double(width + 8) * roundingUnit * parts
        logits.receive(start + c, g, (own + all) * errors[start + c] / total + slack)
      }
      error += (own + all) * 2 * (logits.errors[start..<start + width].max() ?? 0)
      error += Double(width + 16) * roundingUnit * size
    }
    return JudgedLoss(mean: sum / total, error: error / total)
  }

  /// Multi-class hinge loss.
  public func hinge(_ scores: Judged, _ classes: [Int32], margin: Double) -> JudgedLoss {
    let width = scores.shape.last ?? 1
    let rows = Double(classes.count { $0 >= 0 })
    let share = 1 / (rows * Double(width))
    var (sum, error) = (0.0, 0.0)
    for (row, target) in classes.enumerated() where target >= 0 {
      let t = row * width + Int(target)
      for j in row * width..<(row + 1) * width where j != t {
        let distance = scores.values[j] - scores.values[t] + margin
        let own = 3 * roundingUnit * (abs(scores.values[j]) + abs(scores.values[t]) + margin)
        let uncertain = scores.errors[j] + scores.errors[t] + own
        sum += max(0, distance)
        error += uncertain
        let isOpen = abs(distance) <= uncertain
        let step = distance > 0 ? share : 0
        let slack = (isOpen ? share : 0) + Double(width + 4) * roundingUnit * share
        scores.receive(j, step, slack)
        scores.receive(t, -step, slack)
      }
    }
    return JudgedLoss(mean: sum * share, error: error * share)
  }

  /// The mean over all elements that count; rows whose `isPresent` is false are left out.
  public func elementLoss(
    _ y: Judged,
    _ targets: [Double],
    _ loss: JudgedElementLoss,
    isPresent: [Bool]? = nil
  ) -> JudgedLoss {
    let width = isPresent.map { y.count / $0.count } ?? 1
    let total = Double(isPresent.map { $0.count { $0 } * width } ?? y.count)
    var (sum, error) = (0.0, 0.0)
    for i in y.values.indices where isPresent?[i / width] ?? true {
      let (value, t, e) = (y.values[i], targets[i], y.errors[i])
      func spread(_ f: (Double, Double) -> Double) -> Double {
        max(abs(f(value + e, t) - f(value, t)), abs(f(value - e, t) - f(value, t)))
      }
      // y − t is rounded, too.
      let around = 16 * roundingUnit * (1 + abs(value) + abs(t))
      sum += loss.value(value, t)
      error +=
        spread(loss.value) + around * (1 + abs(loss.value(value, t)) + abs(loss.slope(value, t)))
      let slack = spread(loss.slope) + around * (1 + abs(loss.slope(value, t)))
      y.receive(i, loss.slope(value, t) / total, slack / total)
    }
    return JudgedLoss(mean: sum / total, error: error / total)
  }
}
