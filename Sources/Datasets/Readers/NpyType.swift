// SPDX-License-Identifier: Apache-2.0

/// The element types that are read, and the order of their bytes.
struct NpyType: Hashable, Sendable {
  /// What an element is.
  enum Kind: String, Sendable, CaseIterable {
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case bool = "b1"
  }

  var kind: Kind
  /// Whether the most significant byte stands first.
  var isBigEndian: Bool

  /// That of NumPy's word, such as `<f4`; nil if it is not read.
  init?(descriptor: String) {
    guard let order = descriptor.first, "<>|=".contains(order),
      let kind = Kind(rawValue: String(descriptor.dropFirst()))
    else { return nil }
    self.kind = kind
    isBigEndian = order == ">"
    // Only of single bytes there is no order.
    guard order != "|" || byteCount == 1 else { return nil }
  }

  var byteCount: Int {
    switch kind {
    case .int8, .uint8, .bool: 1
    case .float16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The elements in the order of the file; nil if one is a whole number beyond int64.
  func elements(_ bytes: [UInt8], from start: Int, count: Int) -> NpyArray.Elements? {
    func read<Word: FixedWidthInteger & BitwiseCopyable, Value>(_ value: (Word) -> Value) -> [Value]
    {
      words(bytes, start, count, value)
    }
    switch kind {
    case .float16: return .float32(read { (bits: UInt16) in single(half: bits) })
    case .float32: return .float32(read { (bits: UInt32) in Float(bitPattern: bits) })
    case .float64: return .float64(read { (bits: UInt64) in Double(bitPattern: bits) })
    case .int8: return .integers(read { (value: Int8) in Int(value) })
    case .int16: return .integers(read { (value: Int16) in Int(value) })
    case .int32: return .integers(read { (value: Int32) in Int(value) })
    case .int64: return .integers(read { (value: Int64) in Int(value) })
    case .uint8: return .bytes(Array(bytes[start...]))
    case .uint16: return .integers(read { (value: UInt16) in Int(value) })
    case .uint32: return .integers(read { (value: UInt32) in Int(value) })
    case .uint64:
      let values = read { (value: UInt64) in Int(exactly: value) }
      return values.contains(nil) ? nil : .integers(values.compactMap { $0 })
    case .bool: return .booleans(bytes[start...].map { $0 != 0 })
    }
  }

  private func words<Word: FixedWidthInteger & BitwiseCopyable, Value>(
    _ bytes: [UInt8],
    _ start: Int,
    _ count: Int,
    _ value: (Word) -> Value
  ) -> [Value] {
    unsafe bytes.withUnsafeBytes { buffer in
      (0..<count).map { index in
        let offset = start + index * MemoryLayout<Word>.size
        let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: Word.self)
        return value(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
      }
    }
  }
}

/// The number of IEEE 754 binary16 with these bits; float32 holds each of them exactly.
///
/// By hand, for `Float16` does not exist on every platform.
func single(half bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10) & 0x1F
  let fraction = UInt32(bits & 0x3FF)
  switch exponent {
  case 0:
    // Multiples of 2⁻²⁴, which float32 has as normal numbers.
    let magnitude = Float(fraction) * 0x1p-24
    return Float(bitPattern: magnitude.bitPattern | sign)
  case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}

/// Elements that lie with the first axis changing fastest, with the last axis changing fastest.
func rowMajor<Element>(_ elements: [Element], _ shape: [Int]) -> [Element] {
  guard let first = elements.first else { return elements }
  var strides = shape
  var stride = 1
  for axis in shape.indices { (strides[axis], stride) = (stride, stride * shape[axis]) }
  var result = [Element](repeating: first, count: elements.count)
  var index = [Int](repeating: 0, count: shape.count)
  var place = 0
  for output in result.indices {
    result[output] = elements[place]
    for axis in shape.indices.reversed() {
      index[axis] += 1
      place += strides[axis]
      guard index[axis] == shape[axis] else { break }
      place -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return result
}
