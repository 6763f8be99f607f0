// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the slow computation knows of one tensor: its values in `Double`, and how far a computation in `Float` may be from
/// each. The same of its gradient.
public final class Judged {
  /// Sizes, row-major.
  public let shape: [Int]
  /// The exact values, but for the roundings of `Double`.
  public internal(set) var values: [Double]
  /// The largest errors that `Float` may make of them.
  public internal(set) var errors: [Double]
  /// The gradient after `backward`.
  public internal(set) var gradient: [Double]
  /// The largest errors of it.
  public internal(set) var gradientErrors: [Double]

  init(_ shape: [Int], _ values: [Double], _ errors: [Double]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for \(shape)")
    (self.shape, self.values, self.errors) = (shape, values, errors)
    gradient = [Double](repeating: 0, count: values.count)
    gradientErrors = gradient
  }

  /// Number of values.
  public var count: Int { values.count }

  /// Adds to the gradient at `i`; the addition rounds once.
  func receive(_ i: Int, _ amount: Double, _ error: Double) {
    gradient[i] += amount
    gradientErrors[i] += error + roundingUnit * abs(gradient[i])
  }

  /// The first value of `got` that no correct computation in `Float` gives, in words; nil if there is none.
  ///
  /// Bounds hold to first order; twice as much covers the higher ones.
  public func misfit(values got: [Float]) -> String? {
    mismatch(got, values) { 2 * self.errors[$0] + 1e-30 }
  }

  /// The same of the gradient.
  public func misfit(gradient got: [Float]) -> String? {
    mismatch(got, gradient) { 2 * self.gradientErrors[$0] + 1e-30 }
  }
}

/// A slow judge of whole networks: operations in `Double` in plain loops, forward and backward, each with a running error
/// analysis (Higham, "Accuracy and stability of numerical algorithms", §3.3).
///
/// Errors of operands pass through an operation by its derivatives, and its own roundings are added: the bound of a sum of n
/// terms is γₙ · Σ|terms|. Where an operand's error reaches over a kink, such as that of relu at 0 or a tie of two maxima,
/// both sides are allowed. So tolerances follow from the case, and nothing in it needs to be kept away from kinks.
public final class JudgeTape {
  private var steps: [() -> Void] = []

  /// An empty tape.
  public init() {}

  /// Exact values.
  public func constant(_ shape: [Int], _ values: [Float]) -> Judged {
    Judged(shape, wide(values), [Double](repeating: 0, count: values.count))
  }

  /// Puts a gradient at y, for `backward`.
  public func seed(_ y: Judged, _ gradient: [Float]) {
    for (i, value) in gradient.enumerated() { y.receive(i, Double(value), 0) }
  }

  /// Walks back from gradients that losses have put in place.
  public func backward() {
    for step in steps.reversed() { step() }
  }

  func note(_ step: @escaping () -> Void) { steps.append(step) }
}

/// A sum of products with the error that `Float` makes of it in any order.
struct JudgedSum {
  private(set) var value = 0.0
  private var size = 0.0
  private var carried = 0.0
  private var count = 0
  /// Whether all terms were copies.
  private var isCopied = true

  mutating func add(_ a: Double, _ aError: Double, _ b: Double, _ bError: Double) {
    isCopied = isCopied && abs(b) == 1 && bError == 0
    value += a * b
    size += abs(a * b)
    carried += abs(a) * bError + abs(b) * aError + aError * bError
    count += 1
  }

  /// γ for one rounding a term and three around, of what the terms add up to or `size`, if that is more.
  func error(size other: Double = 0, more: Int = 0) -> Double {
    // One value, or none, is not rounded.
    if count == 0 || (count == 1 && isCopied && more == 0) { return carried }
    return carried
      + roundingBound(operations: count + 3 + more, magnitude: max(size, other) + carried)
  }
}

extension JudgeTape {
  /// Calls back with the places of every product x · w that adds to y.
  public typealias Products = ((_ x: Int, _ w: Int, _ y: Int) -> Void) -> Void
  /// Calls back with the places of every x that adds to y, and its factor.
  public typealias Terms = ((_ x: Int, _ y: Int, _ factor: Double) -> Void) -> Void

  /// Sums of products of x and w.
  public func product(
    _ x: Judged,
    _ w: Judged,
    _ shape: [Int],
    sizes: ProductSizes? = nil,
    _ each: @escaping Products
  ) -> Judged {
    var sums = [JudgedSum](repeating: JudgedSum(), count: shape.reduce(1, *))
    each { i, j, k in sums[k].add(x.values[i], x.errors[i], w.values[j], w.errors[j]) }
    let more = sizes?.more ?? 0
    let y = Judged(
      shape,
      sums.map(\.value),
      sums.indices.map { sums[$0].error(size: sizes?.y[$0] ?? 0, more: more) }
    )
    note {
      var (dx, dw) = (
        [JudgedSum](repeating: JudgedSum(), count: x.count),
        [JudgedSum](repeating: JudgedSum(), count: w.count)
      )
      each { i, j, k in
        dx[i].add(y.gradient[k], y.gradientErrors[k], w.values[j], w.errors[j])
        dw[j].add(y.gradient[k], y.gradientErrors[k], x.values[i], x.errors[i])
      }
      let back = sizes?.gradients(y.gradient)
      for i in dx.indices {
        x.receive(i, dx[i].value, dx[i].error(size: back?.x[i] ?? 0, more: more))
      }
      for j in dw.indices {
        w.receive(j, dw[j].value, dw[j].error(size: back?.w[j] ?? 0, more: more))
      }
    }
    return y
  }

  /// Sums of x with given factors.
  public func linear(_ x: Judged, _ shape: [Int], _ each: @escaping Terms) -> Judged {
    var sums = [JudgedSum](repeating: JudgedSum(), count: shape.reduce(1, *))
    each { i, k, factor in sums[k].add(x.values[i], x.errors[i], factor, 0) }
    let y = Judged(shape, sums.map(\.value), sums.map { $0.error() })
    note {
      var dx = [JudgedSum](repeating: JudgedSum(), count: x.count)
      each { i, k, factor in dx[i].add(y.gradient[k], y.gradientErrors[k], factor, 0) }
      for i in dx.indices { x.receive(i, dx[i].value, dx[i].error()) }
    }
    return y
  }

  /// The values of x at `places`, without any rounding.
  public func taken(_ x: Judged, _ shape: [Int], _ places: [Int]) -> Judged {
    let y = Judged(shape, places.map { x.values[$0] }, places.map { x.errors[$0] })
    note {
      for (k, i) in places.enumerated() { x.receive(i, y.gradient[k], y.gradientErrors[k]) }
    }
    return y
  }

  /// x under another shape.
  public func reshaped(_ x: Judged, _ shape: [Int]) -> Judged {
    taken(x, shape, Array(0..<x.count))
  }

  /// a + b, where b's element for a's element i is at `place(i)`.
  public func add(_ a: Judged, _ b: Judged, _ place: @escaping (Int) -> Int = { $0 }) -> Judged {
    let values = a.values.indices.map { a.values[$0] + b.values[place($0)] }
    let errors = a.values.indices.map {
      a.errors[$0] + b.errors[place($0)] + roundingUnit * abs(values[$0])
    }
    let y = Judged(a.shape, values, errors)
    note {
      var db = [JudgedSum](repeating: JudgedSum(), count: b.count)
      for i in y.values.indices {
        a.receive(i, y.gradient[i], y.gradientErrors[i])
        db[place(i)].add(y.gradient[i], y.gradientErrors[i], 1, 0)
      }
      for j in db.indices { b.receive(j, db[j].value, db[j].error()) }
    }
    return y
  }

  /// a · b, element by element, where b's element for a's element i is at `place(i)`.
  public func multiply(_ a: Judged, _ b: Judged, _ place: @escaping (Int) -> Int = { $0 })
    -> Judged
  {
    product(a, b, a.shape) { body in
      for i in 0..<a.count { body(i, place(i), i) }
    }
  }

  /// factor · x + term.
  public func affine(_ x: Judged, _ factor: Double, _ term: Double) -> Judged {
    let roundings = (abs(factor) == 1 ? 0 : 1) + (term == 0 ? 0 : 1.0)
    return map(x, rounding: { roundings * roundingUnit * (abs(factor * $0) + abs(term)) }) {
      factor * $0 + term
    } slope: { _ in
      factor
    }
  }

  /// f of every element. Its own error is `rounding`, by default 16 roundings of 1 or the result, as that of its slope:
  /// what the elementary functions keep by far.
  public func map(
    _ x: Judged,
    rounding: ((Double) -> Double)? = nil,
    _ f: @escaping (Double) -> Double,
    slope: @escaping (Double) -> Double
  ) -> Judged {
    func spread(_ f: (Double) -> Double, _ i: Int) -> Double {
      let (value, error) = (x.values[i], x.errors[i])
      if error == 0 { return 0 }
      return max(abs(f(value + error) - f(value)), abs(f(value - error) - f(value)))
    }
    let y = Judged(
      x.shape,
      x.values.map(f),
      x.values.indices.map { i in
        let own = rounding?(x.values[i]) ?? 16 * roundingUnit * (1 + abs(f(x.values[i])))
        return spread(f, i) + own
      }
    )
    note {
      for i in x.values.indices {
        let steepness = slope(x.values[i])
        let uncertain =
          spread(slope, i)
          + (rounding == nil
            ? 16 * roundingUnit * (1 + abs(steepness)) : 2 * roundingUnit * abs(steepness))
        let error =
          y.gradientErrors[i] * (abs(steepness) + uncertain) + abs(y.gradient[i]) * uncertain
        x.receive(i, y.gradient[i] * steepness, error)
      }
    }
    return y
  }
}

/// What the terms of sums of products really add up to, where an algorithm makes larger ones than the products.
public struct ProductSizes {
  /// Of y.
  public var y: [Double]
  /// Roundings beside one for each term.
  public var more: Int
  /// Of the gradients of x and w, from that of y.
  public var gradients: ([Double]) -> (x: [Double], w: [Double])
}
