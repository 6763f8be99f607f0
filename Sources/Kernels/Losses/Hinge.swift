// SPDX-License-Identifier: Apache-2.0

/// Multi-class hinge loss of `rows` × `classes` scores (Crammer & Singer's sum form, PyTorch's `MultiMarginLoss`).
///
/// The sum over rows of Σ_{j ≠ t} max(0, `margin` − z_t + z_j) / K, in Double. `gradient`, if not nil, receives its
/// derivative times `scale`. NaN stays NaN; a row with a negative target is left out. Chunks of 64 rows, added in order.
package func hinge(
  _ z: UnsafePointer<Float>,
  rows: Int,
  classes: Int,
  targets: UnsafePointer<Int32>,
  margin: Float,
  gradient: UnsafeMutablePointer<Float>?,
  scale: Float
) -> Double {
  var total = 0.0
  var row = 0
  while row < rows {
    var sum = 0.0
    let end = min(rows, row &+ 64)
    while row < end {
      let place = row &* classes
      sum += hingeRow(
        z + place,
        classes,
        Int(targets[row]),
        margin,
        gradient.map { $0 + place },
        scale / Float(classes)
      )
      row &+= 1
    }
    total += sum
  }
  return total / Double(classes)
}

/// Σ_{j ≠ t} max(0, margin − z_t + z_j) of one row.
@inline(__always)
private func hingeRow(
  _ z: UnsafePointer<Float>,
  _ classes: Int,
  _ target: Int,
  _ margin: Float,
  _ dz: UnsafeMutablePointer<Float>?,
  _ scale: Float
) -> Double {
  guard target >= 0 else {
    if let dz { fill(dz, 0, classes) }
    return 0
  }
  var sum = 0.0
  var own: Float = 0
  for j in 0..<classes where j != target {
    let distance = Double(margin) - Double(z[target]) + Double(z[j])
    let isInside = !(distance <= 0)
    if isInside { sum += distance }
    let slope: Float = distance.isNaN ? .nan : isInside ? 1 : 0
    own += slope
    if let dz { dz[j] = slope * scale }
  }
  if let dz { dz[target] = -own * scale }
  return sum
}
