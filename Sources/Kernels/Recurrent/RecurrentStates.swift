// SPDX-License-Identifier: Apache-2.0

/// The gradients of a walk's last and initial states, [N, H] each.
package struct RecurrentStateGradients {
  /// Of the hidden states after each example's last real step, beside those as outputs; nil if nothing reached them.
  package var lastHidden: UnsafePointer<Float>?
  /// Of an LSTM's cells there.
  package var lastCell: UnsafePointer<Float>?
  /// Where that of the hidden states before the first step goes; nil if it is not wanted.
  package var initialHidden: GradientTarget?
  /// Where that of an LSTM's cells goes.
  package var initialCell: GradientTarget?

  /// Gradients; none by default, as of states that are detached.
  package init(
    lastHidden: UnsafePointer<Float>? = nil,
    lastCell: UnsafePointer<Float>? = nil,
    initialHidden: GradientTarget? = nil,
    initialCell: GradientTarget? = nil
  ) {
    self.lastHidden = lastHidden
    self.lastCell = lastCell
    self.initialHidden = initialHidden
    self.initialCell = initialCell
  }
}

extension GradientTarget {
  /// Writes or adds line n of `width` floats.
  @inline(__always)
  func receive(_ values: UnsafePointer<Float>, line n: Int, _ width: Int) {
    let place = base + n &* width
    if accumulating { addLine(place, values, width) } else { copyLine(values, place, width) }
  }
}
