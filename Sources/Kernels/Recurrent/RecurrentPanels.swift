// SPDX-License-Identifier: Apache-2.0

/// A recurrent layer's weights, packed once for several walks.
///
/// A walk through many steps packs its weights itself, each thread into its own caches. Of a walk through one step, which is
/// how a decoder goes, the packing would take as long as the products.
package struct RecurrentPanels {
  /// What the way forward meets, as `LineProduct` lays it out.
  let forward: UnsafeMutablePointer<Float>
  /// What the way back meets, as `ReturnProduct` lays it out.
  let backward: UnsafeMutablePointer<Float>

  /// Floats that they take.
  package static func count(_ cell: RecurrentCell, size: Int, inputs: Int) -> Int {
    let sizes = RecurrentSizes(cell: cell, size: size, inputs: inputs)
    return roundUp(LineProduct.space(sizes), to: cacheLine) &+ ReturnProduct.space(sizes)
  }

  /// Packs the weights of a layer with inputs that are values into `memory`, on the calling thread.
  package init(
    _ parameters: RecurrentParameters,
    _ cell: RecurrentCell,
    size: Int,
    inputs: Int,
    into memory: UnsafeMutablePointer<Float>
  ) {
    let sizes = RecurrentSizes(cell: cell, size: size, inputs: inputs)
    forward = memory
    backward = memory + roundUp(LineProduct.space(sizes), to: cacheLine)
    LineProduct(sizes, panels: forward).pack(
      inputWeight: parameters.inputWeight,
      hiddenWeight: parameters.hiddenWeight
    )
    ReturnProduct(sizes, panels: backward).pack(parameters.hiddenWeight)
  }
}

/// The sizes of a recurrent layer's lines and states.
struct RecurrentSizes {
  let cell: RecurrentCell
  /// Hidden size H.
  let size: Int
  /// Inputs D that are values; 0 where the input is tokens.
  let inputs: Int

  /// Floats from one line to the next.
  ///
  /// One cache line more than whole ones: rows a power of two apart would fall into the same few places of a cache.
  var lineStride: Int { roundUp(lineWidth, to: 16) &+ 16 }
  var lineWidth: Int { cell.lineBlocks &* size }
  var stateWidth: Int { inputs &+ size }
  var gateWidth: Int { cell.gates &* size }
  /// The part of a line that meets W x: that of all gates, or of all but the last.
  var joinedWidth: Int { cell.joinedGates &* size }
  /// Where W x of a gate apart stands in a line.
  var apartPlace: Int { cell.resetsBefore ? joinedWidth : gateWidth }
  /// The part of a line that meets h as it is, beside x or, without inputs, alone.
  var stateGateWidth: Int { inputs > 0 || cell.resetsBefore ? joinedWidth : gateWidth }
  /// Where r ∘ h stands in a line whose reset gate comes before the product.
  var resetPlace: Int { gateWidth }
}
