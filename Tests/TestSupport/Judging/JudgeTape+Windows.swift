// SPDX-License-Identifier: Apache-2.0

extension JudgeTape {
  /// Cross-correlation of x [N, C, H, W] with weight [O, C, kH, kW]; the bias is added by `addChannels`.
  public func conv2d(_ x: Judged, _ weight: Judged, _ s: Reference.Windows) -> Judged {
    product(
      x,
      weight,
      [s.image.batch, s.outputChannels, s.height, s.width],
      sizes: s.goesByTiles ? TileSizes(s).sizes(x.values, weight.values) : nil
    ) { s.eachProduct($0) }
  }

  /// The transposed convolution of x [N, C, H, W] with weight [C, O, kH, kW]: `s` is the convolution from its result to x.
  public func transposedConv2d(_ x: Judged, _ weight: Judged, _ s: Reference.Windows) -> Judged {
    product(x, weight, [s.image.batch, s.image.channels, s.image.height, s.image.width]) { body in
      s.eachProduct { image, tap, pixel in body(pixel, tap, image) }
    }
  }

  /// x [N, C, …] plus a bias [C].
  public func addChannels(_ x: Judged, _ bias: Judged) -> Judged {
    let pixels = x.count / max(1, x.shape[0] * x.shape[1])
    return add(x, bias) { $0 / pixels % bias.count }
  }

  /// The mean of each window of x [N, C, H, W], padding counted as zeros.
  public func averagePool(_ x: Judged, _ s: Reference.Windows) -> Judged {
    let factor = 1 / Double(s.kernel.0 * s.kernel.1)
    return linear(x, s.pooledShape) { body in
      s.eachPooled { pixel, window in body(pixel, window, factor) }
    }
  }

  /// The largest value of each window. Where errors leave open which one that is, each of them may get the gradient.
  public func maxPool(_ x: Judged, _ s: Reference.Windows) -> Judged {
    var windows = [[Int]](repeating: [], count: s.pooledCount)
    s.eachPooled { pixel, window in windows[window].append(pixel) }
    let winners = windows.map { pixels in
      pixels.max { x.values[$0] < x.values[$1] || (x.values[$0] == x.values[$1] && $0 > $1) } ?? 0
    }
    let candidates = zip(windows, winners).map { pixels, winner in
      pixels.filter { x.values[$0] + x.errors[$0] >= x.values[winner] - x.errors[winner] }
    }
    let y = Judged(
      s.pooledShape,
      winners.map { x.values[$0] },
      candidates.map { $0.reduce(0) { max($0, x.errors[$1]) } }
    )
    note {
      for (window, winner) in winners.enumerated() {
        let (dy, error) = (y.gradient[window], y.gradientErrors[window])
        let isOpen = candidates[window].count > 1
        for pixel in candidates[window] {
          x.receive(pixel, pixel == winner ? dy : 0, isOpen ? abs(dy) + error : error)
        }
      }
    }
    return y
  }

  /// The mean of each channel: x [N, C, H, W] → [N, C].
  public func globalAveragePool(_ x: Judged) -> Judged {
    let pixels = x.shape[2] * x.shape[3]
    return linear(x, [x.shape[0], x.shape[1]]) { body in
      for i in 0..<x.count { body(i, i / pixels, 1 / Double(pixels)) }
    }
  }

  /// x [N, C, h, w] with another height and width.
  public func resize(_ x: Judged, _ height: Int, _ width: Int, isBilinear: Bool) -> Judged {
    let (h, w) = (x.shape[2], x.shape[3])
    let rows = (0..<height).map { Reference.shares($0, h, height, isBilinear: isBilinear) }
    let columns = (0..<width).map { Reference.shares($0, w, width, isBilinear: isBilinear) }
    // A share's own place is rounded, on an axis of h or w pixels.
    let placed = linear(x, [x.shape[0], x.shape[1], height, width]) { body in
      for plane in 0..<x.shape[0] * x.shape[1] {
        for i in 0..<height {
          for j in 0..<width {
            for (r, row) in rows[i].enumerated() where row != 0 {
              for (c, column) in columns[j].enumerated() where column != 0 {
                body((plane * h + r) * w + c, (plane * height + i) * width + j, row * column)
              }
            }
          }
        }
      }
    }
    guard isBilinear else { return placed }
    return widened(placed, x, by: 4 * roundingUnit * Double(h + w))
  }

  /// y with the errors that coefficients in front of the largest values of x may add, off by `share` each.
  private func widened(_ y: Judged, _ x: Judged, by share: Double) -> Judged {
    let largest = x.values.reduce(0) { max($0, abs($1)) }
    let z = Judged(y.shape, y.values, y.errors.map { $0 + 4 * share * largest })
    note {
      let steepest = z.gradient.reduce(0) { max($0, abs($1)) }
      let perPixel = Double(max(1, y.count / max(1, x.count)) + 4)
      for i in y.values.indices {
        y.receive(i, z.gradient[i], z.gradientErrors[i] + 4 * share * steepest * perPixel)
      }
    }
    return z
  }
}

extension Reference.Windows {
  /// [N, C, oH, oW].
  var pooledShape: [Int] { [image.batch, image.channels, height, width] }

  /// Calls `body` with each input pixel and each window over it.
  func eachPooled(_ body: (_ pixel: Int, _ window: Int) -> Void) {
    let pixels = image.height * image.width
    for window in 0..<pooledCount {
      let plane = window / (height * width) * pixels
      eachTap(window / width % height, window % width) { _, pixel in body(plane + pixel, window) }
    }
  }

  /// Whether the convolution may go by tiles of 2 × 2 outputs.
  var goesByTiles: Bool {
    kernel == (3, 3) && stride == (1, 1) && image.channels >= 16 && outputChannels >= 16
  }
}

/// What the terms of a convolution by tiles add up to (Winograd 1980; see `Winograd.swift` in Kernels): the transforms with
/// the absolute values of their matrices. Each transform costs up to four roundings an axis.
private struct TileSizes {
  private let s: Reference.Windows
  private static let input: [[Double]] = [
    [1, 0, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 0, 1],
  ]
  private static let kernel: [[Double]] = [
    [1, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0, 0, 1],
  ]
  private static let output: [[Double]] = [[1, 1, 1, 0], [0, 1, 1, 1]]
  private static let roundings = 16

  init(_ s: Reference.Windows) { self.s = s }

  private var tileRows: Int { (s.height + 1) / 2 }
  private var tileColumns: Int { (s.width + 1) / 2 }
  private var tiles: Int { s.image.batch * tileRows * tileColumns }

  func sizes(_ x: [Double], _ weight: [Double]) -> ProductSizes {
    let (inputs, kernels) = (transformed(x), transformed(kernels: weight))
    let (channels, outputs) = (s.image.channels, s.outputChannels)
    var y = [Double](repeating: 0, count: s.outputCount)
    for tile in 0..<tiles {
      for o in 0..<outputs {
        var sums = [Double](repeating: 0, count: 16)
        for c in 0..<channels {
          for e in 0..<16 {
            sums[e] += inputs[(tile * channels + c) * 16 + e] * kernels[(o * channels + c) * 16 + e]
          }
        }
        let back = sandwich(Self.output, sums)
        place(tile, o) { i, place in y[place] = back[i] }
      }
    }
    return ProductSizes(y: y, more: Self.roundings) { dy in
      gradients(dy, inputs, kernels)
    }
  }

  private func gradients(_ dy: [Double], _ inputs: [Double], _ kernels: [Double]) -> (
    x: [Double], w: [Double]
  ) {
    let (channels, outputs) = (s.image.channels, s.outputChannels)
    var dx = [Double](repeating: 0, count: s.inputCount)
    var products = [Double](repeating: 0, count: kernels.count)
    for tile in 0..<tiles {
      var slopes = [Double](repeating: 0, count: outputs * 16)
      for o in 0..<outputs {
        var patch = [Double](repeating: 0, count: 4)
        place(tile, o) { i, place in patch[i] = abs(dy[place]) }
        slopes.replaceSubrange(
          o * 16..<(o + 1) * 16,
          with: sandwich(transposed(Self.output), patch)
        )
      }
      for c in 0..<channels {
        var sums = [Double](repeating: 0, count: 16)
        for o in 0..<outputs {
          for e in 0..<16 {
            let k = (o * channels + c) * 16 + e
            sums[e] += slopes[o * 16 + e] * kernels[k]
            products[k] += slopes[o * 16 + e] * inputs[(tile * channels + c) * 16 + e]
          }
        }
        let back = sandwich(transposed(Self.input), sums)
        pixels(tile, c) { i, pixel in dx[pixel] += back[i] }
      }
    }
    let dw = (0..<outputs * channels).flatMap {
      sandwich(transposed(Self.kernel), Array(products[$0 * 16..<($0 + 1) * 16]))
    }
    return (dx, dw)
  }

  private func transformed(_ x: [Double]) -> [Double] {
    (0..<tiles).flatMap { tile in
      (0..<s.image.channels).flatMap { c in
        var patch = [Double](repeating: 0, count: 16)
        pixels(tile, c) { i, pixel in patch[i] = abs(x[pixel]) }
        return sandwich(Self.input, patch)
      }
    }
  }

  private func transformed(kernels weight: [Double]) -> [Double] {
    (0..<s.outputChannels * s.image.channels).flatMap { k in
      sandwich(Self.kernel, weight[k * 9..<(k + 1) * 9].map { abs($0) })
    }
  }

  /// Calls back with the pixels of a tile's inputs that exist.
  private func pixels(_ tile: Int, _ channel: Int, _ body: (Int, Int) -> Void) {
    let (n, rest) = (tile / (tileRows * tileColumns), tile % (tileRows * tileColumns))
    for i in 0..<16 {
      let row = rest / tileColumns * 2 + i / 4 - s.padding.0
      let column = rest % tileColumns * 2 + i % 4 - s.padding.1
      guard (0..<s.image.height).contains(row), (0..<s.image.width).contains(column) else {
        continue
      }
      body(i, ((n * s.image.channels + channel) * s.image.height + row) * s.image.width + column)
    }
  }

  /// Calls back with the outputs of a tile that exist.
  private func place(_ tile: Int, _ channel: Int, _ body: (Int, Int) -> Void) {
    let (n, rest) = (tile / (tileRows * tileColumns), tile % (tileRows * tileColumns))
    for i in 0..<4 {
      let (row, column) = (rest / tileColumns * 2 + i / 2, rest % tileColumns * 2 + i % 2)
      guard row < s.height, column < s.width else { continue }
      body(i, ((n * s.outputChannels + channel) * s.height + row) * s.width + column)
    }
  }

  /// M · X · Mᵀ of a square X.
  private func sandwich(_ m: [[Double]], _ x: [Double]) -> [Double] {
    let inner = m[0].count
    return m.flatMap { row in
      m.map { column in
        var sum = 0.0
        for i in 0..<inner where row[i] != 0 {
          for j in 0..<inner { sum += row[i] * column[j] * x[i * inner + j] }
        }
        return sum
      }
    }
  }

  private func transposed(_ m: [[Double]]) -> [[Double]] {
    m[0].indices.map { j in m.map { $0[j] } }
  }
}

extension JudgeTape {
  /// Sums of a convolution along sequences: x [N, T, C], weight [O, C, K] → [N, oT, O]. With lengths, an example has the
  /// sums that it has alone, and zeros behind them.
  public func conv1d(
    _ x: Judged,
    _ weight: Judged,
    stride: Int,
    padding: (front: Int, back: Int),
    lengths: [Int32]? = nil
  ) -> Judged {
    let (batch, steps, channels) = (x.shape[0], x.shape[1], x.shape[2])
    let (units, kernel) = (weight.shape[0], weight.shape[2])
    let (front, back) = padding
    let results = Self.windows(of: steps, kernel, stride, padding)
    return product(x, weight, [batch, results, units]) { body in
      for n in 0..<batch {
        let length = lengths.map { Int($0[n]) } ?? steps
        // Each result of the example alone sums over the elements of the kernel that meet one of its steps.
        for t in 0..<Self.windows(of: length, kernel, stride, (front, back)) {
          for k in 0..<kernel where (0..<length).contains(t * stride + k - front) {
            for o in 0..<units {
              for c in 0..<channels {
                body(
                  (n * steps + t * stride + k - front) * channels + c,
                  (o * channels + c) * kernel + k,
                  (n * results + t) * units + o
                )
              }
            }
          }
        }
      }
    }
  }

  /// Windows of a sequence of `length` steps, by trying them; an empty one has none.
  public static func windows(
    of length: Int,
    _ kernel: Int,
    _ stride: Int,
    _ padding: (front: Int, back: Int)
  ) -> Int {
    var count = 0
    while length > 0, count * stride + kernel <= padding.front + length + padding.back {
      count += 1
    }
    return count
  }
}
