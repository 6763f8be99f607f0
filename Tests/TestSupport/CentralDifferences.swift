// SPDX-License-Identifier: Apache-2.0

/// The gradient of `f` at `x` by central differences, error O(step²); `x` must keep `step` away from kinks.
public func centralDifferences(
  _ x: [Double],
  step: Double = 0x1p-17,
  _ f: ([Double]) -> Double
) -> [Double] {
  var point = x
  return x.indices.map { i in
    point[i] = x[i] + step
    let above = f(point)
    point[i] = x[i] - step
    let below = f(point)
    point[i] = x[i]
    return (above - below) / (2 * step)
  }
}
