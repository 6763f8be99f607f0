// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Looks in a model for strided convolutions whose input gradient was wrong before numeric version 4.
///
/// It was wrong in the rows of the image below the last window whose result is used, where the kernel is higher than
/// its stride, its height is no multiple of the stride, and an earlier layer needs the gradient.
struct StridedWindows {
  /// The shape of an example at this place without the batch, such as [channels, rows, columns]; nil where the
  /// specification does not tell all of it.
  private var shape: [Int]?
  /// Rows of the image at this place; nil where the specification does not tell.
  private var rows: Int?
  /// Whether a layer before this place is trained.
  private var needsGradient = false
  private var found = NumericChange.Effect.none

  /// A search from an example of the data on; nil stands for a shape, or a number of rows, that is not known.
  init(inputShape: [Int]?, imageRows: Int?) {
    shape = inputShape
    rows = imageRows ?? Self.rows(of: inputShape)
  }

  private static func rows(of shape: [Int]?) -> Int? {
    shape.flatMap { $0.count == 3 ? $0[1] : nil }
  }

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
    Catalog.definition(layer.name, in: .layers)?.argument("frozen") != nil
      && layer.arguments["frozen"]?.boolean != true
  }

  private mutating func pass(_ layer: Component, before next: Component?) {
    switch layer.name {
    case "conv2d":
      let windows = Windows(layer, along: \.height)
      found = max(found, effect(of: windows, before: Self.usedRows(layer, next)))
      slide(layer, channels: layer.arguments["channels"]?.integer)
    case "max_pool2d", "avg_pool2d": slide(layer, channels: shape?.first)
    case "resize":
      let size = layer.arguments["size"]?.size
      rows = size?.height
      shape = size.flatMap { size in shape.map { [$0[0], size.height, size.width] } }
    case "reshape":
      let sizes = layer.arguments["shape"]?.list?.compactMap(\.integer) ?? []
      shape = reshaped(sizes)
      // The rows may be told though the shape is not.
      rows = Self.rows(of: shape) ?? (sizes.count == 3 && sizes[1] > 0 ? sizes[1] : nil)
    case "flatten":
      shape = shape.map { [$0.reduce(1, *)] }
      rows = nil
    case "dense":
      let units = layer.arguments["units"]?.integer
      shape = shape.flatMap { shape in units.map { shape.dropLast() + [$0] } }
    case "residual":
      walk(parts: ["body", "shortcut"].compactMap { layer.arguments[$0]?.components })
    case "branches":
      walk(parts: (layer.arguments["paths"] ?? .none).namedLayers.map(\.layers))
      shape = nil
    default:
      if !Self.keepsShape(layer.name) { (shape, rows) = (nil, nil) }
    }
  }

  /// Whether a layer's results have the shape of what it takes.
  private static func keepsShape(_ name: String) -> Bool {
    ["dropout", "batch_norm", "layer_norm"].contains(name)
      || Catalog.definition(name, in: .activations) != nil
  }

  /// Windows along both sides of an image.
  private mutating func slide(_ layer: Component, channels: Int?) {
    let (down, across) = (Windows(layer, along: \.height), Windows(layer, along: \.width))
    rows = rows.map(down.count)
    shape = shape.flatMap { shape in
      guard shape.count == 3, let channels else { return nil }
      return [channels, down.count(shape[1]), across.count(shape[2])]
    }
  }

  /// The new shape, in which one size may be -1: what is left of all values.
  private func reshaped(_ sizes: [Int]) -> [Int]? {
    guard sizes.contains(-1) else { return sizes }
    let known = sizes.filter { $0 > 0 }.reduce(1, *)
    guard let shape, known > 0 else { return nil }
    return sizes.map { $0 > 0 ? $0 : shape.reduce(1, *) / known }
  }

  /// Networks beside each other, all from the same image; the first one's result goes on.
  private mutating func walk(parts: [[Component]]) {
    let start = self
    for (index, part) in parts.enumerated() {
      var search = start
      search.walk(part)
      found = max(found, search.found)
      needsGradient = needsGradient || search.needsGradient
      if index == 0 { (rows, shape) = (search.rows, search.shape) }
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

/// Windows along one side of an image.
private struct Windows {
  let kernel: Int
  let stride: Int
  let padding: Int

  init(_ layer: Component, along side: KeyPath<(height: Int, width: Int), Int>) {
    func size(_ name: String) -> Int? { layer.arguments[name]?.size.map { $0[keyPath: side] } }
    kernel = size("kernel_size") ?? 1
    stride = size("stride") ?? (layer.name == "conv2d" ? 1 : kernel)
    padding = size("padding") ?? 0
  }

  /// Windows over that many rows; at least one, for a model without any is refused.
  func count(_ rows: Int) -> Int { max(1, (rows + 2 * padding - kernel) / stride + 1) }
}

/// Only what the sets of that time tell: another answer would plan stored runs anew. So this is no fact of definitions.
extension DataSpecification {
  /// The shape of an example of the data; nil where the specification alone does not tell all of it.
  var inputShape: [Int]? {
    switch dataset.name {
    case "glyphs", "mnist", "fashion_mnist", "fashion_mnist_mini": [1, 28, 28]
    case "moons", "xor": [2]
    default: nil
    }
  }

  /// Rows of the data's images; nil where the specification alone does not tell, or they are no images.
  var imageRows: Int? {
    switch dataset.name {
    case "noise_images": dataset.arguments["height"]?.integer
    case "images": dataset.arguments["size"]?.size?.height
    default: inputShape.flatMap { $0.count == 3 ? $0[1] : nil }
    }
  }
}
