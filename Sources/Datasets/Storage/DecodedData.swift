// SPDX-License-Identifier: Apache-2.0

/// The type of a stored element.
enum Element: String, Sendable {
  case uint8
  case float32
  case int32

  var byteCount: Int { self == .uint8 ? 1 : 4 }
}

/// An array that decoding made: row-major bytes, little-endian.
struct PlainArray: Sendable {
  var element: Element
  /// The first axis counts examples; a text has only that one.
  var shape: [Int]
  var bytes: [UInt8]

  init(_ bytes: [UInt8], shape: [Int]) {
    self.init(element: .uint8, shape: shape, bytes: bytes)
  }

  init(_ values: [Float], shape: [Int]) {
    self.init(element: .float32, shape: shape, bytes: littleEndian(values.map(\.bitPattern)))
  }

  init(_ values: [Int32], shape: [Int]) {
    self.init(
      element: .int32,
      shape: shape,
      bytes: littleEndian(values.map { UInt32(bitPattern: $0) })
    )
  }

  private init(element: Element, shape: [Int], bytes: [UInt8]) {
    let size = shape.reduce(element.byteCount, *)
    precondition(
      bytes.count == size,
      "\(shape) of \(element) has \(size) bytes, got \(bytes.count)"
    )
    self.element = element
    self.shape = shape
    self.bytes = bytes
  }
}

private func littleEndian(_ words: [UInt32]) -> [UInt8] {
  unsafe words.map(\.littleEndian).withUnsafeBytes { unsafe Array($0) }
}

/// An array inside a `ByteStorage`.
struct StoredArray: Sendable {
  var element: Element
  var shape: [Int]
  /// Bytes from the storage's base.
  var offset: Int

  /// Elements of one example.
  var stride: Int { shape.dropFirst().reduce(1, *) }
  /// The number of examples.
  var count: Int { shape[0] }
  var byteCount: Int { shape.reduce(element.byteCount, *) }
}

/// What one input of a table is.
enum InputColumn: Hashable, Sendable {
  /// A number, NaN where it is missing; standardised where that is asked for.
  case number(String)
  /// 1 for one category and 0 else, never standardised; `column=category`, `column=` for a missing value.
  case indicator(String)
}

/// What a reader or generator made of a set, before limits and split.
struct DecodedSet: Sendable {
  /// Whole-set facts that the cache keeps with the arrays.
  struct Meaning: Hashable, Sendable {
    var input: InputKind
    var target: TargetKind
    var classNames: [String] = []
    var vocabulary: [String] = []
    /// What each input of a table is; empty for other data.
    var columns: [InputColumn] = []
  }

  var meaning: Meaning
  /// `train.inputs`, `train.targets`, `test.inputs`, `test.targets`; the last two absent together. A text has only
  /// `train.inputs`: a stream of tokens. Sequences of several lengths have `train.lengths` and `test.lengths` [N], each
  /// 1 … T, and zeros in inputs and targets behind them.
  var arrays: [String: StoredArray]
  var storage: ByteStorage
  /// Digest of meaning and arrays.
  var contentSHA256: String
  /// What the reader noticed; no part of the digest.
  var findings: [DataFinding] = []

  func array(_ part: String, _ role: String) -> StoredArray? { arrays["\(part).\(role)"] }
}

/// The names of arrays, in the order in which they lie in storage.
let arrayOrder = [
  "train.inputs", "train.targets", "test.inputs", "test.targets", "train.lengths", "test.lengths",
]

/// What a reader or generator returns.
struct PlainSet: Sendable {
  var meaning: DecodedSet.Meaning
  var arrays: [String: PlainArray]
  /// What the reader noticed while it decoded; no part of the digest.
  var findings: [DataFinding] = []

  /// The order of storage.
  var ordered: [(name: String, array: PlainArray)] {
    arrayOrder.compactMap { name in arrays[name].map { (name, $0) } }
  }
}
