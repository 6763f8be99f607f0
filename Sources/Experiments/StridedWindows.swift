// SPDX-License-Identifier: Apache-2.0

/// Looks in a model for strided convolutions whose input gradient was wrong before numeric version 4.
///
/// It was wrong in the rows of the image below the last window whose result is used, where the kernel is higher than
/// its stride, its height is no multiple of the stride, and an earlier layer needs the gradient.
struct StridedWindows {
  /// Rows of the image at this place; nil where the specification does not tell.
  private var rows: Int?
  /// Whether a layer before this place is trained.
  private var needsGradient = false
  private var found = NumericChange.Effect.none

  /// A search from the data's images on; `imageRows` nil stands for an unknown number of rows.
  init(imageRows: Int?) { rows = imageRows }

  /// What the fault did to a run of this model.
  func effect(on model: [Component]) -> NumericChange.Effect {
    var search = self
    search.walk(model)
    return search.found
  }

  private mutating func walk(_ layers: [Component]) {
    for (index, layer) in layers.enumerated() {
      let next = index + 1 < layers.count ? layers[index + 1] : nil
      pass(layer, before: next)
      if Self.isTrained(layer) { needsGradient = true }
    }
  }

  private static func isTrained(_ layer: Component) -> Bool {
    Catalog.argument("frozen", of: layer.name) != nil
      && layer.arguments["frozen"]?.boolean != true
  }

  private mutating func pass(_ layer: Component, before next: Component?) {
    switch layer.name {
    case "conv2d":
      let windows = Windows(layer)
      found = max(found, effect(of: windows, before: Self.usedRows(layer, next)))
      rows = rows.map(windows.count)
    case "max_pool2d", "avg_pool2d": rows = rows.map(Windows(layer).count)
    case "resize": rows = layer.arguments["size"]?.size?.height
    case "reshape":
      let sizes = layer.arguments["shape"]?.list ?? []
      rows = sizes.count == 3 ? sizes[1].integer.flatMap { $0 > 0 ? $0 : nil } : nil
    case "residual":
      walk(parts: ["body", "shortcut"].compactMap { layer.arguments[$0]?.components })
    case "branches": walk(parts: (layer.arguments["paths"] ?? .none).namedLayers.map(\.layers))
    default: break
    }
  }

  /// Networks beside each other, all from the same image; the first one's result goes on.
  private mutating func walk(parts: [[Component]]) {
    let start = self
    for (index, part) in parts.enumerated() {
      var search = start
      search.walk(part)
      found = max(found, search.found)
      needsGradient = needsGradient || search.needsGradient
      if index == 0 { rows = search.rows }
    }
  }

  private func effect(of windows: Windows, before step: Int) -> NumericChange.Effect {
    guard needsGradient, windows.kernel > windows.stride, windows.kernel % windows.stride != 0
    else {
      return .none
    }
    guard let rows else { return .possible }
    let used = windows.count(rows) / step * step
    let end = (used - 1) * windows.stride + windows.kernel - windows.padding
    return end < rows ? .certain : .none
  }

  /// Rows of results that a pooling right behind the convolution takes at a time; it leaves out what fills no window.
  private static func usedRows(_ layer: Component, _ next: Component?) -> Int {
    let activation = layer.arguments["activation"]?.component?.name ?? "identity"
    guard let next, ["max_pool2d", "avg_pool2d"].contains(next.name),
      ["identity", "relu", "sigmoid", "tanh"].contains(activation),
      let kernel = next.arguments["kernel_size"]?.size, max(kernel.height, kernel.width) <= 16,
      next.arguments["stride"]?.size.map({ $0 == kernel }) ?? true,
      next.arguments["padding"]?.size.map({ $0 == (0, 0) }) ?? true
    else { return 1 }
    return kernel.height
  }
}

/// Windows over the rows of an image.
private struct Windows {
  let kernel: Int
  let stride: Int
  let padding: Int

  init(_ layer: Component) {
    kernel = layer.arguments["kernel_size"]?.size?.height ?? 1
    stride = layer.arguments["stride"]?.size?.height ?? (layer.name == "conv2d" ? 1 : kernel)
    padding = layer.arguments["padding"]?.size?.height ?? 0
  }

  /// Windows over that many rows; at least one, for a model without any is refused.
  func count(_ rows: Int) -> Int { max(1, (rows + 2 * padding - kernel) / stride + 1) }
}

extension DataSpecification {
  /// Rows of the data's images; nil where the specification alone does not tell, or they are no images.
  var imageRows: Int? {
    switch dataset.name {
    case "glyphs", "mnist", "fashion_mnist", "fashion_mnist_mini": 28
    case "noise_images": dataset.arguments["height"]?.integer
    case "images": dataset.arguments["size"]?.size?.height
    default: nil
    }
  }
}
