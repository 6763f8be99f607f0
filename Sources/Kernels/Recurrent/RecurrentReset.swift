// SPDX-License-Identifier: Apache-2.0

/// The GRU whose reset gate comes before the product, as in Cho et al. 2014, <https://arxiv.org/abs/1406.1078>,
/// equation 8, so that each step has two products, one behind the other.
///
/// A kept line holds r, z, n and r ∘ h; the backward pass turns the first three into gradients.
enum GRUResetBeforeKernel: CellKernel {
  static let resetsBefore = true

  static func reset(_ row: CellRow) {
    activate(.sigmoid, row.input, into: row.line, 2 &* row.size)
    let kept = row.line + 3 &* row.size
    eachSixteen(row.size) { j, n in
      let reset = loadUpTo16(row.line + j, n)
      storeUpTo16(reset * loadUpTo16(row.previousHidden + j, n), kept + j, n)
    }
  }

  static func forward(_ row: CellRow) {
    let (z, c) = (row.size, 2 &* row.size)
    activate(.tanh, row.input + c, into: row.line + c, row.size)
    eachSixteen(row.size) { j, n in
      let update = loadUpTo16(row.line + z + j, n)
      let kept = update * loadUpTo16(row.previousHidden + j, n)
      row.storeHidden(kept.addingProduct(1 - update, loadUpTo16(row.line + c + j, n)), j, n)
    }
  }

  @inline(__always)
  static func backward(_ row: CellRow, _ gradient: CellGradientRow, _ j: Int, _ n: Int) {
    let (z, c) = (j &+ row.size, j &+ 2 &* row.size)
    let update = loadUpTo16(row.line + z, n)
    let candidate = loadUpTo16(row.line + c, n)
    let previous = loadUpTo16(row.previousHidden + j, n)
    let dHidden = loadUpTo16(gradient.hidden + j, n)
    storeUpTo16(dHidden * (previous - candidate) * (update * (1 - update)), row.line + z, n)
    storeUpTo16(dHidden * (1 - update) * (1 - candidate * candidate), row.line + c, n)
    storeUpTo16(
      loadUpTo16(gradient.earlier + j, n).addingProduct(dHidden, update),
      gradient.hidden + j,
      n
    )
  }

  static func resetGradient(_ row: CellRow, _ gradient: CellGradientRow) {
    eachSixteen(row.size) { j, n in
      let reset = loadUpTo16(row.line + j, n)
      let dKept = loadUpTo16(gradient.cell + j, n)
      let previous = loadUpTo16(row.previousHidden + j, n)
      let dHidden = loadUpTo16(gradient.hidden + j, n)
      storeUpTo16(dKept * previous * (reset * (1 - reset)), row.line + j, n)
      storeUpTo16(dHidden.addingProduct(dKept, reset), gradient.hidden + j, n)
    }
  }
}
