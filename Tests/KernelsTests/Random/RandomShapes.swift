// SPDX-License-Identifier: Apache-2.0

import TestSupport

@testable import Kernels

/// Calls a kernel with 1, 2 and 3 threads over memory that held each pattern; `body` gives all that it wrote.
///
/// Gives the first result, and in words the first place where another one has other bits.
func results(_ body: (KernelContext) -> [[Float]]) -> (first: [[Float]], difference: String?) {
  var first: [[Float]] = []
  for (threads, fill) in zip(1...3, MemoryFill.allCases) {
    let context = MemoryFill.$current.withValue(fill) { KernelContext(threadCount: threads) }
    // Twice: what the first call left in memory must not show in the second.
    for _ in 0..<2 {
      let all = body(context)
      if first.isEmpty { first = all }
      for (i, values) in all.enumerated() {
        guard let found = bitMismatch(values, first[i]) else { continue }
        return (first, "result \(i) with \(threads) threads over \(fill): \(found)")
      }
    }
  }
  return (first, nil)
}

extension Reference.Windows {
  /// Any convolution that the slow side gets through: strides, paddings, kernels that do not divide, thin images.
  init(random g: inout CaseGenerator) {
    func axis(_ g: inout CaseGenerator) -> (size: Int, kernel: Int, stride: Int, padding: Int) {
      let size = g.once(in: 6) ? 1 : g.once(in: 6) ? g.pick(1...60) : g.pick(1...14)
      let padding = g.once(in: 2) ? 0 : g.pick(0...4)
      let kernel = g.pick(1...min(7, size + 2 * padding))
      return (size, kernel, g.once(in: 3) ? 1 : g.pick(1...5), padding)
    }
    let (rows, columns) = (axis(&g), axis(&g))
    let batch = g.once(in: 3) ? 1 : g.pick(1...6)
    let channels = g.once(in: 3) ? g.pick(1...65) : g.pick(1...6)
    self.init(
      (batch, channels, rows.size, columns.size),
      kernel: (rows.kernel, columns.kernel),
      stride: (rows.stride, columns.stride),
      padding: (rows.padding, columns.padding)
    )
    image.channels = min(
      channels,
      max(1, 300_000 / (batch * height * width * rows.kernel * columns.kernel))
    )
    let perChannel = batch * height * width * rows.kernel * columns.kernel * image.channels
    outputChannels = min(
      g.once(in: 3) ? g.pick(1...65) : g.pick(1...8),
      max(1, 300_000 / perChannel)
    )
  }

  /// One that goes by tiles.
  init(randomTiles g: inout CaseGenerator) {
    self.init(
      (g.pick(1...3), g.pick(16...20), g.pick(3...12), g.pick(3...12)),
      to: g.pick(16...20),
      kernel: (3, 3),
      padding: (g.pick(0...2), g.pick(0...2))
    )
  }
}

/// Old values of something that is added to, or NaN where it is written anew.
func target(_ count: Int, _ isAdded: Bool, _ g: inout CaseGenerator) -> [Float] {
  isAdded ? g.values(count) : [Float](repeating: .nan, count: count)
}
