// SPDX-License-Identifier: Apache-2.0

/// The IDX format of MNIST: a big-endian header, then unsigned bytes.
///
/// Images: magic 0x00000803, count, rows, columns, then count · rows · columns bytes, row by row. Labels: magic
/// 0x00000801, count, then one byte per record.
enum IDX {
  /// The bytes of all images [count, rows, columns] and their number; `path` is for the errors.
  static func images(
    _ bytes: [UInt8],
    rows: Int,
    columns: Int,
    path: String
  ) throws(DatasetError) -> (count: Int, pixels: [UInt8]) {
    try checkHeader(bytes, magic: 0x0803, size: 16, path: path)
    let got = [word(bytes, 8), word(bytes, 12)]
    guard got == [rows, columns] else {
      throw .format(path: path, fact: .imageSize(expected: [rows, columns], got: got))
    }
    let count = word(bytes, 4)
    try checkSize(bytes, expected: 16 + count * rows * columns, count: count, path: path)
    return (count, Array(bytes[16...]))
  }

  /// The labels, each below `classes`; `path` is for the errors.
  static func labels(
    _ bytes: [UInt8],
    classes: Int,
    path: String
  ) throws(DatasetError) -> [UInt8] {
    try checkHeader(bytes, magic: 0x0801, size: 8, path: path)
    let count = word(bytes, 4)
    try checkSize(bytes, expected: 8 + count, count: count, path: path)
    let labels = Array(bytes[8...])
    if let index = labels.firstIndex(where: { $0 >= classes }) {
      let fact = DatasetError.FormatFact.label(
        Int(labels[index]),
        offset: 8 + index,
        classes: classes
      )
      throw .format(path: path, fact: fact)
    }
    return labels
  }

  private static func checkHeader(
    _ bytes: [UInt8],
    magic: UInt32,
    size: Int,
    path: String
  ) throws(DatasetError) {
    if bytes.count >= 4 {
      let got = UInt32(word(bytes, 0))
      guard got == magic else { throw .format(path: path, fact: .magic(expected: magic, got: got)) }
    }
    guard bytes.count >= size else {
      throw .format(path: path, fact: .shortHeader(expected: size, got: bytes.count))
    }
  }

  private static func checkSize(
    _ bytes: [UInt8],
    expected: Int,
    count: Int,
    path: String
  ) throws(DatasetError) {
    guard bytes.count == expected else {
      let fact = DatasetError.FormatFact.contentSize(
        expected: expected,
        got: bytes.count,
        count: count
      )
      throw .format(path: path, fact: fact)
    }
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
    bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
  }
}
