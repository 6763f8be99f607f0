// SPDX-License-Identifier: Apache-2.0

/// What a loss came to over a batch.
package struct LossResult: Sendable {
  /// The sum over rows (cross-entropy) or elements (squared error).
  package var sum: Double
  /// Rows whose largest output is the target class; 0 for regression.
  package var correct: Int
}

/// Writes one-hot rows: t[i, classes[i]] = 1, the rest 0; all 0 for a negative class.
package func writeOneHot(
  _ classes: UnsafePointer<Int32>,
  rows: Int,
  count: Int,
  into t: UnsafeMutablePointer<Float>
) {
  fill(t, 0, rows &* count)
  for i in 0..<rows where classes[i] >= 0 { t[i &* count &+ Int(classes[i])] = 1 }
}

/// The number of rows whose first largest output is the target; `predictions`, if not nil, receives the indices.
package func countCorrect(
  _ y: UnsafePointer<Float>,
  rows: Int,
  classes: Int,
  targets: UnsafePointer<Int32>,
  predictions: UnsafeMutablePointer<Int32>?
) -> Int {
  var correct = 0
  for row in 0..<rows {
    let z = y + row &* classes
    var best = 0
    for j in 1..<max(1, classes) where z[j] > z[best] || (z[j].isNaN && !z[best].isNaN) { best = j }
    if best == Int(targets[row]) { correct &+= 1 }
    if let predictions { predictions[row] = Int32(truncatingIfNeeded: best) }
  }
  return correct
}

/// The number of rows with a class: a negative one marks a row that is left out.
package func countClassified(_ targets: UnsafePointer<Int32>, rows: Int) -> Int {
  var count = 0
  for row in 0..<rows where targets[row] >= 0 { count &+= 1 }
  return count
}

/// Writes 1 for each row that has a class and 0 for one that is left out.
package func writePresence(
  _ classes: UnsafePointer<Int32>,
  rows: Int,
  into weights: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows { weights[row] = classes[row] >= 0 ? 1 : 0 }
}

/// Writes each class as a number, 0 for a negative one.
package func writeClasses(
  _ classes: UnsafePointer<Int32>,
  rows: Int,
  into t: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows { t[row] = Float(max(0, classes[row])) }
}

/// The number of rows of one logit of the second of two classes that are right, positive meaning the second;
/// `predictions`, if not nil, receives 0 or 1.
package func countCorrectSigns(
  _ z: UnsafePointer<Float>,
  rows: Int,
  targets: UnsafePointer<Int32>,
  predictions: UnsafeMutablePointer<Int32>?
) -> Int {
  var correct = 0
  for row in 0..<rows {
    let found: Int32 = z[row] > 0 ? 1 : 0
    if found == targets[row] { correct &+= 1 }
    if let predictions { predictions[row] = found }
  }
  return correct
}
