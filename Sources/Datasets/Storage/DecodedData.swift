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
    /// At least one; the first is the principal one.
    var inputs: [InputDescription]
    /// At least one; the first is the principal one.
    var targets: [TargetDescription]
    /// What each element of a table's input is; empty for other data.
    var columns: [InputColumn] = []
  }

  var meaning: Meaning
  /// `train.inputs`, `train.targets`, `test.inputs`, `test.targets`; the last two absent together. A text has only
  /// `train.inputs`: a stream of tokens. Sequences of several lengths have `train.lengths` and `test.lengths` [N], each
  /// 0 … T, and zeros or `<pad>` in inputs and targets behind them; targets with lengths of their own have
  /// `train.target_lengths` and `test.target_lengths`. Real inputs and targets are float32; where that rounds some of
  /// them, `train.exact_inputs` and its kin hold them as float64 too, for standardising. Further inputs and targets have
  /// their number behind these names: `train.inputs.1`.
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

  func array(_ part: String, _ role: String, _ index: Int = 0) -> StoredArray? {
    arrays[arrayName(part, role, index)]
  }
}

extension DecodedSet.Meaning {
  /// Of a set with one input and one target.
  init(
    input: SignalShape,
    target: TargetShape,
    classNames: [String] = [],
    vocabulary: [String] = [],
    columns: [InputColumn] = []
  ) {
    inputs = [InputDescription(input, vocabulary: vocabulary)]
    targets = [TargetDescription(target, classNames: classNames)]
    self.columns = columns
  }

  var input: SignalShape { inputs[0].shape }
  var target: TargetShape { targets[0].shape }
  var classNames: [String] { targets[0].classNames }

  /// The same of a set that has the arrays of these names: they tell which sequences have lengths.
  func having(_ names: some Collection<String>) -> Self {
    let names = Set(names)
    var result = self
    for index in inputs.indices {
      result.inputs[index].hasLengths = names.contains(arrayName("train", "lengths", index))
    }
    for index in targets.indices {
      result.targets[index].hasLengths = names.contains(arrayName("train", "target_lengths", index))
    }
    return result
  }
}

/// The name of an array of a part: `train.inputs` of the principal input, `train.inputs.1` of the next one.
func arrayName(_ part: String, _ role: String, _ index: Int = 0) -> String {
  "\(part).\(role)" + (index == 0 ? "" : ".\(index)")
}

/// The names of a set's arrays, in the order in which they lie in storage: first those of the principal input and target.
func arrayOrder(count: Int) -> [String] {
  let places = [
    ("train", ["inputs", "targets"]), ("test", ["inputs", "targets"]), ("train", ["lengths"]),
    ("test", ["lengths"]), ("train", ["exact_inputs", "exact_targets"]),
    ("test", ["exact_inputs", "exact_targets"]), ("train", ["target_lengths"]),
    ("test", ["target_lengths"]),
  ]
  return (0..<count).flatMap { index in
    places.flatMap { part, roles in roles.map { arrayName(part, $0, index) } }
  }
}

/// What a reader or generator returns.
struct PlainSet: Sendable {
  var meaning: DecodedSet.Meaning
  var arrays: [String: PlainArray]
  /// What the reader noticed while it decoded; no part of the digest.
  var findings: [DataFinding] = []
  /// What a table's columns are, for people.
  var columns: [ColumnFacts] = []

  /// Keeps an array of a part; one of float64 beside its float32.
  mutating func store(_ array: PlainArray, part: String, role: String, index: Int = 0) {
    let rounded = array.rounded
    arrays[arrayName(part, role, index)] = rounded ?? array
    if rounded != nil { arrays[arrayName(part, "exact_\(role)", index)] = array }
  }

  /// Keeps the lengths of a part's sequences, if there are any.
  mutating func store(_ lengths: [Int]?, part: String, role: String = "lengths", index: Int = 0) {
    arrays[arrayName(part, role, index)] = lengths.map {
      PlainArray($0.map { Int32($0) }, shape: [$0.count])
    }
  }

  /// The order of storage.
  var ordered: [(name: String, array: PlainArray)] {
    arrayOrder(count: max(meaning.inputs.count, meaning.targets.count)).compactMap { name in
      arrays[name].map { (name, $0) }
    }
  }
}
