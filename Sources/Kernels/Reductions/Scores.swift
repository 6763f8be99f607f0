// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

// Sums from which metrics follow, beside the losses: in Double, in index order, on one thread. None is on a path to a
// weight.

/// Σ |y − t| and Σ (y − t)².
package func errorSums(
  _ y: UnsafePointer<Float>,
  targets t: UnsafePointer<Float>,
  count: Int
) -> (absolute: Double, squared: Double) {
  var (absolute, squared) = (0.0, 0.0)
  for i in 0..<count {
    let difference = Double(y[i]) - Double(t[i])
    absolute += difference.magnitude
    squared += difference * difference
  }
  return (absolute, squared)
}

/// Σ (log y − log t)², where values below 1 count as 1; NaN stays NaN.
package func squaredLogErrors(
  _ y: UnsafePointer<Float>,
  targets t: UnsafePointer<Float>,
  count: Int
) -> Double {
  func logarithm(_ x: Float) -> Double { Elementary.log(x < 1 ? 1 : Double(x)) }
  var sum = 0.0
  for i in 0..<count {
    let difference = logarithm(y[i]) - logarithm(t[i])
    sum += difference * difference
  }
  return sum
}

/// Takes rows of `width` values into the running count, mean and sum of squared deviations of each column (Welford 1962):
/// `moments` [width, 3].
package func addMoments(
  _ t: UnsafePointer<Float>,
  rows: Int,
  width: Int,
  into moments: UnsafeMutablePointer<Double>
) {
  for row in 0..<rows {
    for j in 0..<width {
      let value = Double(t[row &* width &+ j])
      let place = moments + 3 &* j
      place[0] += 1
      let before = value - place[1]
      place[1] += before / place[0]
      place[2] += before * (value - place[1])
    }
  }
}

/// The number of rows whose target is among the `k` largest outputs; of equal outputs the first counts as larger.
///
/// A single output is the second of two classes' logit against 0.
package func countTop(
  _ z: UnsafePointer<Float>,
  rows: Int,
  classes: Int,
  targets: UnsafePointer<Int32>,
  k: Int
) -> Int {
  var found = 0
  for row in 0..<rows where targets[row] >= 0 {
    let z = z + row &* classes
    if classes == 1 {
      if k > 1 || (z[0] > 0) == (targets[row] == 1) { found &+= 1 }
      continue
    }
    let target = Int(targets[row])
    var before = 0
    for j in 0..<classes where j != target {
      // A NaN is larger than all else.
      if !(z[j] <= z[target]) || (z[j] == z[target] && j < target) { before &+= 1 }
    }
    if before < k { found &+= 1 }
  }
  return found
}

/// Adds each row to `counts` [classes, 3]: rows of the class that were found, rows given that class, rows of the class.
package func countClasses(
  targets: UnsafePointer<Int32>,
  predictions: UnsafePointer<Int32>,
  rows: Int,
  into counts: UnsafeMutablePointer<Double>
) {
  for row in 0..<rows where targets[row] >= 0 {
    let (target, found) = (Int(targets[row]), Int(predictions[row]))
    if target == found { counts[3 &* target] += 1 }
    counts[3 &* found &+ 1] += 1
    counts[3 &* target &+ 2] += 1
  }
}
