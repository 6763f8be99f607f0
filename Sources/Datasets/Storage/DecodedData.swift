// SPDX-License-Identifier: Apache-2.0

import Tensors

/// The type of a stored element.
enum Element: String, Sendable {
  case uint8
  case float32
  case int32
  /// Of real numbers that float32 would round, beside their float32.
  case float64

  var byteCount: Int {
    switch self {
    case .uint8: 1
    case .float32, .int32: 4
    case .float64: 8
    }
  }
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

  /// Real numbers: float32 where that holds each of them exactly, else float64.
  init(_ values: [Double], shape: [Int]) {
    guard !values.allSatisfy({ $0.isNaN || Double(Float($0)) == $0 }) else {
      self.init(values.map { Float($0) }, shape: shape)
      return
    }
    let words = values.map { $0.bitPattern.littleEndian }
    self.init(
      element: .float64,
      shape: shape,
      bytes: unsafe words.withUnsafeBytes { unsafe Array($0) }
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

extension PlainArray {
  /// The same numbers rounded to float32; nil if they are not stored as float64.
  fileprivate var rounded: PlainArray? {
    guard element == .float64 else { return nil }
    let values = unsafe bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / 8).map { index in
        let word = unsafe buffer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        return Float(Double(bitPattern: UInt64(littleEndian: word)))
      }
    }
    return PlainArray(values, shape: shape)
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
    var input: SignalShape
    var target: TargetShape
    var classNames: [String] = []
    var vocabulary: [String] = []
    /// What each input of a table is; empty for other data.
    var columns: [InputColumn] = []
  }

  var meaning: Meaning
  /// `train.inputs`, `train.targets`, `test.inputs`, `test.targets`; the last two absent together. A text has only
  /// `train.inputs`: a stream of tokens. Sequences of several lengths have `train.lengths` and `test.lengths` [N], each
  /// 1 … T, and zeros in inputs and targets behind them. Real inputs and targets are float32; where that rounds some of
  /// them, `train.exact_inputs` and its kin hold them as float64 too, for standardising.
  var arrays: [String: StoredArray]
  var storage: ByteStorage
  /// Digest of meaning and arrays.
  var contentSHA256: String
  /// What the reader noticed; no part of the digest.
  var findings: [DataFinding] = []
  /// Digests of the float64 arrays of both parts by role (`inputs`, `targets`); none where float32 holds all exactly.
  var exactSHA256: [String: String] = [:]
  /// What a table's columns are, for people: no part of the digest; empty for other data.
  var columns: [ColumnFacts] = []

  func array(_ part: String, _ role: String) -> StoredArray? { arrays["\(part).\(role)"] }
}

/// The names of arrays, in the order in which they lie in storage.
let arrayOrder = [
  "train.inputs", "train.targets", "test.inputs", "test.targets", "train.lengths", "test.lengths",
  "train.exact_inputs", "train.exact_targets", "test.exact_inputs", "test.exact_targets",
]

/// What a reader or generator returns.
struct PlainSet: Sendable {
  var meaning: DecodedSet.Meaning
  var arrays: [String: PlainArray]
  /// What the reader noticed while it decoded; no part of the digest.
  var findings: [DataFinding] = []
  /// What a table's columns are, for people.
  var columns: [ColumnFacts] = []

  /// Keeps an array of a part; one of float64 beside its float32.
  mutating func store(_ array: PlainArray, part: String, role: String) {
    let rounded = array.rounded
    arrays["\(part).\(role)"] = rounded ?? array
    if rounded != nil { arrays["\(part).exact_\(role)"] = array }
  }

  /// The order of storage.
  var ordered: [(name: String, array: PlainArray)] {
    arrayOrder.compactMap { name in arrays[name].map { (name, $0) } }
  }
}
