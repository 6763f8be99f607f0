// SPDX-License-Identifier: Apache-2.0

/// An array in NumPy's npy format, versions 1.0 to 3.0, in C or Fortran order and in either byte
/// order.
///
/// Element types are real numbers of 16, 32 and 64 bits, whole numbers of 8 to 64 bits and bool.
/// All others are refused with a sentence.
public struct NpyArray: Hashable, Sendable {
  /// The elements in their stored type; float64 is kept until it is converted.
  public enum Elements: Hashable, Sendable {
    /// `<f4`; `<f2` is converted to this when it is read.
    case float32([Float])
    /// `<f8`.
    case float64([Double])
    /// Whole numbers of any width except `|u1`.
    case integers([Int])
    /// `|u1`.
    case bytes([UInt8])
    /// `|b1`.
    case booleans([Bool])
  }

  /// The size of each axis; empty for a single number.
  public var shape: [Int]
  /// The elements, row-major.
  public var elements: Elements

  /// An array; the number of elements must be the shape's.
  public init(shape: [Int], _ elements: Elements) {
    precondition(
      shape.reduce(1, *) == elements.count,
      "\(shape) has not \(elements.count) elements"
    )
    self.shape = shape
    self.elements = elements
  }

  /// Reads a file.
  public init(path: String) throws(DatasetError) {
    try self.init(fileBytes(path), path: path)
  }

  /// Reads bytes; `path` is used in errors.
  public init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    let header = try NpyHeader(bytes, path: path)
    let count = header.shape.reduce(1, *)
    let expected = header.size + count * header.type.byteCount
    guard bytes.count == expected else {
      throw .format(
        path: path,
        fact: .npySize(expected: expected, got: bytes.count, count: header.shape.first ?? 1)
      )
    }
    shape = header.shape
    guard let found = header.type.elements(bytes, from: header.size, count: count) else {
      throw .format(path: path, fact: .npyBeyondInt64)
    }
    elements = header.isFortranOrder ? found.rowMajor(shape) : found
  }

  /// The elements as floats: float64 is rounded to nearest, and `true` is 1.
  public var floats: [Float] {
    switch elements {
    case .float32(let values): values
    case .float64(let values): values.map { Float($0) }
    case .integers(let values): values.map { Float($0) }
    case .bytes(let values): values.map { Float($0) }
    case .booleans(let values): values.map { $0 ? 1 : 0 }
    }
  }

  /// The elements as Double if float32 may round them; nil otherwise.
  var exactReals: [Double]? {
    switch elements {
    case .float64(let values): values
    case .integers(let values): values.map { Double($0) }
    case .float32, .bytes, .booleans: nil
    }
  }

  /// The elements as integers; nil if they are real numbers.
  public var integers: [Int]? {
    switch elements {
    case .float32, .float64: nil
    case .integers(let values): values
    case .bytes(let values): values.map { Int($0) }
    case .booleans(let values): values.map { $0 ? 1 : 0 }
    }
  }

  /// The bytes of a file in version 1.0 as NumPy writes it; integers are int64.
  public var encoded: [UInt8] {
    let size = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(elements.descriptor)', 'fortran_order': False, 'shape': (\(size)), }"
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    let length = header.utf8.count
    let start: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    return start + header.utf8 + elements.encoded
  }
}

extension NpyArray {
  /// Writes zeros behind the first `lengths[n]` steps of each example of [N, T, …].
  mutating func clear(behind lengths: [Int]) {
    let (steps, size) = (shape[1], shape.dropFirst().reduce(1, *))
    func cleared<Value>(_ values: [Value], _ zero: Value) -> [Value] {
      var values = values
      for (n, length) in lengths.enumerated() {
        let end = (n + 1) * size
        for index in n * size + length * (size / steps)..<end { values[index] = zero }
      }
      return values
    }
    switch elements {
    case .float32(let values): elements = .float32(cleared(values, 0))
    case .float64(let values): elements = .float64(cleared(values, 0))
    case .integers(let values): elements = .integers(cleared(values, 0))
    case .bytes(let values): elements = .bytes(cleared(values, 0))
    case .booleans(let values): elements = .booleans(cleared(values, false))
    }
  }
}

extension NpyArray.Elements {
  /// The type's name in NumPy; all integer types share one name.
  var name: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .integers: "int64"
    case .bytes: "uint8"
    case .booleans: "bool"
    }
  }

  var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .integers(let values): values.count
    case .bytes(let values): values.count
    case .booleans(let values): values.count
    }
  }

  /// The elements of an array that lies with the first axis changing fastest.
  fileprivate func rowMajor(_ shape: [Int]) -> Self {
    switch self {
    case .float32(let values): .float32(Datasets.rowMajor(values, shape))
    case .float64(let values): .float64(Datasets.rowMajor(values, shape))
    case .integers(let values): .integers(Datasets.rowMajor(values, shape))
    case .bytes(let values): .bytes(Datasets.rowMajor(values, shape))
    case .booleans(let values): .booleans(Datasets.rowMajor(values, shape))
    }
  }

  fileprivate var descriptor: String {
    switch self {
    case .float32: "<f4"
    case .float64: "<f8"
    case .integers: "<i8"
    case .bytes: "|u1"
    case .booleans: "|b1"
    }
  }

  fileprivate var encoded: [UInt8] {
    switch self {
    case .float32(let values): encodedBytes(values.map(\.bitPattern))
    case .float64(let values): encodedBytes(values.map(\.bitPattern))
    case .integers(let values): encodedBytes(values.map { Int64($0) })
    case .bytes(let values): values
    case .booleans(let values): values.map { $0 ? 1 : 0 }
    }
  }
}

private func encodedBytes<Word: FixedWidthInteger & BitwiseCopyable>(_ words: [Word]) -> [UInt8] {
  unsafe words.map(\.littleEndian).withUnsafeBytes { unsafe Array($0) }
}
