// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `count` values without pattern in about ±`scale`, each exactly a `Float`: scale · sin(7 i + 3 start + ½).
public func awkward(_ count: Int, start: Int = 0, scale: Double = 1) -> [Float] {
  (0..<count).map { Float(scale * sin(Double(7 * $0 + 3 * start) + 0.5)) }
}

/// `count` different values that keep a distance of at least `gap` from 0 and from each other, in mixed order: for
/// operations with kinks, such as a maximum.
public func separated(_ count: Int, gap: Double = 1.0 / 64) -> [Float] {
  guard count > 0 else { return [] }
  let stride = (1...).first { $0 > count / 2 && greatestCommonDivisor($0, count) == 1 } ?? 1
  return (0..<count).map { i in
    let place = i * stride % count
    return Float(gap * (Double(place) - Double(count / 2) + 0.5))
  }
}

/// `count` whole numbers in 0 ..< `bound` that repeat and miss some.
public func awkwardIndices(_ count: Int, below bound: Int) -> [Int32] {
  (0..<count).map { Int32(($0 * $0 + 3 * $0 / 2 + 1) % bound) }
}

/// The values as `Double`.
public func wide(_ values: [Float]) -> [Double] { values.map { Double($0) } }

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}

/// The floats with every `stride`-th bit pattern of a range.
public func bitPatterns(_ range: Range<UInt64>, every stride: UInt64) -> [Float] {
  Swift.stride(from: range.lowerBound, to: range.upperBound, by: Int(stride)).map {
    Float(bitPattern: UInt32(truncatingIfNeeded: $0))
  }
}

/// `f` of each value as `Double`.
public func wide(_ values: [Float], mappedBy f: (Double) -> Double) -> [Double] {
  values.map { f(Double($0)) }
}
