// SPDX-License-Identifier: Apache-2.0

extension Reference {
  /// The sizes of a convolution or pooling of images [N, C, H, W].
  public struct Windows: Sendable, CustomStringConvertible {
    /// N, C, H, W.
    public var image: (batch: Int, channels: Int, height: Int, width: Int)
    /// Output channels; a pooling keeps its channels and ignores it.
    public var outputChannels: Int
    /// Kernel rows and columns.
    public var kernel: (Int, Int)
    /// Rows and columns between windows.
    public var stride: (Int, Int)
    /// Rows and columns of padding at each border.
    public var padding: (Int, Int)

    /// Sizes.
    public init(
      _ image: (Int, Int, Int, Int),
      to outputChannels: Int = 1,
      kernel: (Int, Int),
      stride: (Int, Int) = (1, 1),
      padding: (Int, Int) = (0, 0)
    ) {
      self.image = (image.0, image.1, image.2, image.3)
      self.outputChannels = outputChannels
      self.kernel = kernel
      self.stride = stride
      self.padding = padding
    }

    /// Output rows.
    public var height: Int { (image.height + 2 * padding.0 - kernel.0) / stride.0 + 1 }
    /// Output columns.
    public var width: Int { (image.width + 2 * padding.1 - kernel.1) / stride.1 + 1 }
    /// Elements of x.
    public var inputCount: Int { image.batch * image.channels * image.height * image.width }
    /// Elements of the weight.
    public var weightCount: Int { outputChannels * image.channels * kernel.0 * kernel.1 }
    /// Elements of a convolution's result.
    public var outputCount: Int { image.batch * outputChannels * height * width }
    /// Elements of a pooling's result.
    public var pooledCount: Int { image.batch * image.channels * height * width }
    /// As in `2×3×5×5 → 4, kernel 3×3, stride 1×1, padding 0×0`.
    public var description: String {
      "\(image.batch)×\(image.channels)×\(image.height)×\(image.width) → \(outputChannels), "
        + "kernel \(kernel.0)×\(kernel.1), stride \(stride.0)×\(stride.1), "
        + "padding \(padding.0)×\(padding.1)"
    }

    /// Calls `body` with the flat index of each output pixel's plane-relative input pixel under the window.
    func eachTap(_ row: Int, _ column: Int, _ body: (_ tap: Int, _ pixel: Int) -> Void) {
      for i in 0..<kernel.0 {
        for j in 0..<kernel.1 {
          let y = row * stride.0 + i - padding.0
          let x = column * stride.1 + j - padding.1
          guard y >= 0, y < image.height, x >= 0, x < image.width else { continue }
          body(i * kernel.1 + j, y * image.width + x)
        }
      }
    }

    /// Calls `body` with the flat indices of every product x · weight that adds to a result.
    func eachProduct(_ body: (Int, Int, Int) -> Void) {
      let (pixels, taps) = (image.height * image.width, kernel.0 * kernel.1)
      for n in 0..<image.batch {
        for o in 0..<outputChannels {
          for row in 0..<height {
            for column in 0..<width {
              let output = ((n * outputChannels + o) * height + row) * width + column
              for c in 0..<image.channels {
                eachTap(row, column) { tap, pixel in
                  body(
                    (n * image.channels + c) * pixels + pixel,
                    (o * image.channels + c) * taps + tap,
                    output
                  )
                }
              }
            }
          }
        }
      }
    }
  }

  /// Cross-correlation of x with weight [O, C, kH, kW], plus bias [O].
  public static func conv2d(
    _ x: [Double],
    _ weight: [Double],
    _ bias: [Double]?,
    _ s: Windows
  ) -> [Double] {
    var y = [Double](repeating: 0, count: s.outputCount)
    s.eachProduct { input, element, output in y[output] += x[input] * weight[element] }
    guard let bias else { return y }
    let plane = s.height * s.width
    for i in y.indices { y[i] += bias[i / plane % s.outputChannels] }
    return y
  }

  /// The gradients of `conv2d` of x, weight and bias from that of its result.
  public static func conv2dGradients(
    _ x: [Double],
    _ weight: [Double],
    _ dy: [Double],
    _ s: Windows
  ) -> (x: [Double], weight: [Double], bias: [Double]) {
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: weight.count)
    var db = [Double](repeating: 0, count: s.outputChannels)
    s.eachProduct { input, element, output in
      dx[input] += dy[output] * weight[element]
      dw[element] += dy[output] * x[input]
    }
    let plane = s.height * s.width
    for i in dy.indices { db[i / plane % s.outputChannels] += dy[i] }
    return (dx, dw, db)
  }

  /// The largest value of each window; padding never wins.
  public static func maxPool(_ x: [Double], _ s: Windows) -> [Double] {
    pool(x, s, start: -.infinity) { $1.isNaN || $0.isNaN ? .nan : max($0, $1) }
  }

  /// The mean of each window, padding counted as zeros.
  public static func averagePool(_ x: [Double], _ s: Windows) -> [Double] {
    pool(x, s, start: 0, +).map { $0 / Double(s.kernel.0 * s.kernel.1) }
  }

  private static func pool(
    _ x: [Double],
    _ s: Windows,
    start: Double,
    _ combine: (Double, Double) -> Double
  ) -> [Double] {
    let pixels = s.image.height * s.image.width
    return (0..<s.pooledCount).map { i in
      let plane = i / (s.height * s.width) * pixels
      var value = start
      s.eachTap(i / s.width % s.height, i % s.width) { _, pixel in
        value = combine(value, x[plane + pixel])
      }
      return value
    }
  }
}
