// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath

/// How a stream of tokens is cut into windows of `steps` inputs, each with the next tokens as targets.
///
/// The partitions of "Dive into Deep Learning", 2nd edition, section 8.3. The validation part is the end of the text;
/// the token at the border is the last target before it and the first input in it.
struct TextLayout: Hashable, Sendable {
  /// Steps per window.
  var steps: Int
  /// Whether a batch's rows go on in the next batch.
  var isSequential: Bool
  /// Tokens of the training part and of the validation part.
  var train: Range<Int>
  var validation: Range<Int>

  /// Cuts `tokens` tokens after `limit` windows, and holds out the last ones.
  init(tokens: Int, steps: Int, isSequential: Bool, validationCount: Int, windows: Int) {
    self.steps = steps
    self.isSequential = isSequential
    let border = (windows - validationCount) * steps
    let end = windows == (tokens - 1) / steps ? tokens : windows * steps + 1
    train = 0..<(validationCount == 0 ? end : border + 1)
    validation = validationCount == 0 ? end..<end : border..<end
  }

  func tokens(_ part: DataPart) -> Range<Int> {
    switch part {
    case .train: train
    case .validation: validation
    case .test: 0..<0
    }
  }

  func windows(_ part: DataPart) -> Int { max(0, tokens(part).count - 1) / steps }

  /// Training: an epoch's batches as the book draws them; what does not fill a batch is left out.
  ///
  /// Random: the text from a random offset in 0 ..< steps, its windows shuffled. Sequential: from a random offset in
  /// 0 ... steps, cut into as many equal rows as a batch has. Without `stream` the offset is 0 and nothing is shuffled.
  /// A batch larger than the text allows is made smaller.
  func trainingOrder(batchSize: Int?, stream: RandomStream?) -> BatchOrder {
    var stream = stream
    let offset = stream?.next(below: isSequential ? steps + 1 : steps) ?? 0
    let room = train.count - offset - 1
    let windows = room / steps
    let first = train.lowerBound + offset
    guard !isSequential else {
      let rows = min(batchSize ?? windows, windows)
      return rowOrder(first: first, rows: rows, rowTokens: room / rows)
    }
    let order = stream?.permutation(windows) ?? (0..<Int32(windows)).map { $0 }
    let size = min(batchSize ?? windows, windows)
    let ids = order.prefix(windows / size * size).map { Int32(first) + $0 * Int32(steps) }
    return BatchOrder(ids: ids, batchSize: size)
  }

  private func rowOrder(first: Int, rows: Int, rowTokens: Int) -> BatchOrder {
    var ids: [Int32] = []
    for batch in 0..<(rowTokens / steps) {
      for row in 0..<rows { ids.append(Int32(first + row * rowTokens + batch * steps)) }
    }
    return BatchOrder(ids: ids, batchSize: rows, isContiguous: true)
  }

  /// Evaluation: every window once.
  ///
  /// Random: in the text's order. Sequential: rows as in training, what is left over in one smaller batch at the end.
  func evaluationOrder(_ part: DataPart, batchSize: Int?) -> BatchOrder {
    let count = windows(part)
    let first = Int32(tokens(part).lowerBound)
    let size = max(1, min(batchSize ?? count, count))
    var order = (0..<Int32(count)).map { $0 }
    if isSequential {
      let length = count / size
      for batch in 0..<length {
        for row in 0..<size { order[batch * size + row] = Int32(row * length + batch) }
      }
    }
    let ids = order.map { first + $0 * Int32(steps) }
    return BatchOrder(ids: ids, batchSize: size, isContiguous: isSequential)
  }
}
