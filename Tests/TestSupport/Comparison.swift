// SPDX-License-Identifier: Apache-2.0

/// Half the distance from 1 to the next `Float`: the largest relative error of one rounding.
public let roundingUnit = 0x1p-24

/// What `operations` roundings in a row may cost a sum whose terms add up to `magnitude` in absolute value: the
/// standard bound γₙ · Σ|terms| (Higham, "Accuracy and stability of numerical algorithms", §3), plus one subnormal.
public func roundingBound(operations: Int, magnitude: Double) -> Double {
  Double(operations) * roundingUnit * 1.01 * magnitude + 0x1p-126
}

/// The first place where `got` is further from `expected` than `tolerance` there allows, in words; nil if none.
///
/// Where NaN or infinity is expected, exactly that is expected.
public func mismatch(
  _ got: [Float],
  _ expected: [Double],
  tolerance: (Int) -> Double
) -> String? {
  guard got.count == expected.count else { return "\(got.count) values for \(expected.count)" }
  for i in got.indices {
    let isFine =
      expected[i].isFinite
      ? abs(Double(got[i]) - expected[i]) <= tolerance(i)
      : Double(got[i]) == expected[i] || (got[i].isNaN && expected[i].isNaN)
    if !isFine {
      return "at \(i): got \(got[i]), expected \(expected[i]) ± \(tolerance(i))"
    }
  }
  return nil
}

/// The first place where the bits differ, in words; nil if none. All NaNs count as one.
public func bitMismatch(_ got: [Float], _ expected: [Float]) -> String? {
  guard got.count == expected.count else { return "\(got.count) values for \(expected.count)" }
  for i in got.indices where got[i].bitPattern != expected[i].bitPattern {
    if got[i].isNaN && expected[i].isNaN { continue }
    return "at \(i): got \(got[i]), expected \(expected[i])"
  }
  return nil
}

/// The largest error of `got` in units of the last place of a `Float` of `expected`'s size, and where it is.
///
/// Results below 2⁻¹²⁶ count in units of 2⁻¹²⁶; a NaN or infinity at the wrong place counts as infinite.
public func worstUlps(_ got: [Float], _ expected: [Double]) -> (ulps: Double, index: Int) {
  var worst = (ulps: 0.0, index: 0)
  for i in got.indices {
    let error = ulps(got[i], expected[i])
    if error > worst.ulps { worst = (error, i) }
  }
  return worst
}

private func ulps(_ got: Float, _ expected: Double) -> Double {
  if expected.isNaN || got.isNaN { return expected.isNaN && got.isNaN ? 0 : .infinity }
  let rounded = Float(expected)
  if rounded.isInfinite || got.isInfinite {
    // One unit below infinity lies the largest finite number.
    let largest = Double(Float.greatestFiniteMagnitude)
    return Double(got) == Double(rounded) || abs(expected) > largest * (1 - 0x1p-23) ? 0 : .infinity
  }
  let size = abs(expected)
  let unit = size < 0x1p-126 ? 0x1p-126 : Double(Float(size).ulp)
  return abs(Double(got) - expected) / unit
}
