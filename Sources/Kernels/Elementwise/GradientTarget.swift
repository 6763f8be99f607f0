// SPDX-License-Identifier: Apache-2.0

/// Where an operand's gradient goes, and whether it is added to what is there.
package struct GradientTarget {
  /// The first element.
  package var base: UnsafeMutablePointer<Float>
  /// Whether old values are added to; otherwise they are not read.
  package var accumulating: Bool

  /// A target.
  package init(_ base: UnsafeMutablePointer<Float>, accumulating: Bool) {
    self.base = base
    self.accumulating = accumulating
  }
}
