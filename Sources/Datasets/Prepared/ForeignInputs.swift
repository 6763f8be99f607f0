// SPDX-License-Identifier: Apache-2.0

internal import Tensors

/// Inputs from outside the data set, read in the same way as the training data.
public struct ForeignInputs: Hashable, Sendable {
  /// The number of examples.
  public var count: Int
  /// Real inputs, row-major, `count` times the shape's elements; empty for tokens.
  public var values: [Float]
  /// Input tokens [count, steps]; empty for real inputs.
  public var tokens: [Int32]
  /// Tokens per example; 0 for real inputs.
  public var steps: Int

  /// One example of tokens; the caller must know that they are below the vocabulary's size.
  public static func text(_ tokens: [Int32]) -> Self {
    Self(count: 1, values: [], tokens: tokens, steps: tokens.count)
  }
}

extension PreparedData {
  /// Reads an array [N, …] as an input, the principal one unless `input` says which.
  ///
  /// Bytes are divided by 255 and real numbers are taken as they are; both are standardised like
  /// the data. Axes of size 1 may be left out, so grey images can be [N, H, W]. Tokens may have
  /// another number of steps than the data. `path` is used in errors.
  public func inputs(
    from array: NpyArray,
    input index: Int = 0,
    path: String
  ) throws(DatasetError) -> ForeignInputs {
    switch description.inputs[index].shape {
    case .values(let shape): try values(array, shape, inputScalings[index], path)
    case .tokens(let vocabularySize, _): try tokens(array, vocabularySize, path)
    }
  }

  private func values(
    _ array: NpyArray,
    _ shape: [Int],
    _ scaling: Scaling?,
    _ path: String
  ) throws(DatasetError) -> ForeignInputs {
    guard let count = array.shape.first,
      array.shape.dropFirst().filter({ $0 != 1 }) == shape.filter({ $0 != 1 })
    else {
      let expected = "[N, \(shape.map { "\($0)" }.joined(separator: ", "))]"
      let fact = DatasetError.FormatFact.npyRank(
        role: "inputs",
        expected: expected,
        shape: array.shape
      )
      throw .format(path: path, fact: fact)
    }
    var values =
      if case .bytes(let bytes) = array.elements { bytes.map { Float($0) / 255 } } else {
        array.floats
      }
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let scaling else { return }
      guard scaling.standardizes, let exact = array.exactReals else {
        unsafe scaling.apply(base, rows: count)
        return
      }
      unsafe exact.withUnsafeBufferPointer { exact in
        guard let source = exact.baseAddress else { return }
        unsafe scaling.apply(source, to: base, rows: count)
      }
    }
    return ForeignInputs(count: count, values: values, tokens: [], steps: 0)
  }

  private func tokens(_ array: NpyArray, _ vocabularySize: Int, _ path: String) throws(DatasetError)
    -> ForeignInputs
  {
    guard let integers = array.integers, array.shape.count == 2, array.shape[1] > 0 else {
      let fact = DatasetError.FormatFact.npyRank(
        role: "integer inputs (tokens)",
        expected: "[N, T]",
        shape: array.shape
      )
      throw .format(path: path, fact: fact)
    }
    if let index = integers.firstIndex(where: { !(0..<vocabularySize).contains($0) }) {
      let fact = DatasetError.FormatFact.npyInteger(
        role: "tokens",
        value: integers[index],
        index: index,
        expected: "0 … \(vocabularySize - 1)"
      )
      throw .format(path: path, fact: fact)
    }
    return ForeignInputs(
      count: array.shape[0],
      values: [],
      tokens: integers.map { Int32($0) },
      steps: array.shape[1]
    )
  }
}
