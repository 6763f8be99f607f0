// SPDX-License-Identifier: Apache-2.0

import Codecs
import Diagnostics
import Foundation

/// Tensors by name in the safetensors format: a JSON header, then float32 data, little-endian, row-major.
///
/// Format: <https://huggingface.co/docs/safetensors>. Written data lie in the given order without gaps, the header is
/// padded with spaces to a multiple of eight bytes.
package struct SafeTensors: Sendable {
  /// One tensor.
  package struct Entry: Hashable, Sendable {
    /// The name.
    package var name: String
    /// The sizes of the axes.
    package var shape: [Int]
    /// The values, row-major.
    package var values: [Float]

    /// A tensor; the values fit the shape.
    package init(name: String, shape: [Int], values: [Float]) {
      precondition(shape.reduce(1, *) == values.count, "`\(name)` \(shape): \(values.count) values")
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// The tensors, in the order of their data.
  package var entries: [Entry]
  /// Free text by key.
  package var metadata: [String: String]

  /// A file's content.
  package init(_ entries: [Entry], metadata: [String: String] = [:]) {
    self.entries = entries
    self.metadata = metadata
  }

  /// The tensor of that name, or nil.
  package subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// All values, one tensor after the other: what `weights_sha256` digests.
  package var data: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + 4 * $1.values.count })
    for entry in entries {
      for value in entry.values {
        let bits = value.bitPattern
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
      }
    }
    return bytes
  }

  /// SHA-256 over `data`, in hexadecimal; nil if a value is not finite.
  package var sha256: String? {
    let isFinite = entries.allSatisfy { $0.values.allSatisfy(\.isFinite) }
    return isFinite ? SHA256.hexadecimal(of: data) : nil
  }
}

// MARK: - Bytes

extension SafeTensors {
  /// Why bytes are not a readable safetensors file.
  package enum FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The header is cut off or no JSON.
    case header(String)
    /// A tensor is of another type than float32.
    case type(name: String, found: String)
    /// A tensor's data lie outside the file or do not fit its shape.
    case data(name: String)

    /// One sentence.
    package var description: String {
      switch self {
      case .header(let reason): "this is no safetensors file: \(reason)"
      case .type(let name, let found): "tensor `\(name)` is \(found), expected F32"
      case .data(let name): "the data of tensor `\(name)` do not fit the file or its shape"
      }
    }
  }

  /// What PyTorch's normalisations count and no result depends on: skipped, as int64 it is nothing that is trained.
  private static let ignoredCounter = ".num_batches_tracked"

  private struct HeaderEntry: Codable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]
    private enum CodingKeys: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }

    /// Where its bytes lie behind the header, or nil if that is no place.
    var range: Range<Int>? {
      guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0] else { return nil }
      return offsets[0]..<offsets[1]
    }
  }

  private enum HeaderValue: Codable {
    case tensor(HeaderEntry)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let entry = try? container.decode(HeaderEntry.self) {
        self = .tensor(entry)
      } else {
        self = .metadata(try container.decode([String: String].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .tensor(let entry): try container.encode(entry)
      case .metadata(let text): try container.encode(text)
      }
    }
  }

  /// The file's bytes; equal content gives equal bytes.
  package func encoded() throws -> [UInt8] {
    var header: [String: HeaderValue] = [:]
    if !metadata.isEmpty { header["__metadata__"] = .metadata(metadata) }
    var offset = 0
    for entry in entries {
      let end = offset + 4 * entry.values.count
      header[entry.name] = .tensor(
        HeaderEntry(dtype: "F32", shape: entry.shape, offsets: [offset, end])
      )
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(header))
    while json.count % 8 != 0 { json.append(0x20) }
    let length = UInt64(json.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
    return prefix + json + data
  }

  /// Reads a file's bytes; tensors come in the order of their data.
  package init(decoding bytes: [UInt8]) throws(FormatError) {
    guard bytes.count >= 8 else { throw .header("it has \(counted(bytes.count, "byte"))") }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(bytes.count - 8) else {
      throw .header("its header of \(length) bytes is longer than the file")
    }
    let start = 8 + Int(length)
    let header: [String: HeaderValue]
    do {
      header = try JSONDecoder().decode(
        [String: HeaderValue].self,
        from: Data(bytes[8..<start])
      )
    } catch {
      throw .header("its header is not the expected JSON")
    }
    var found: [(range: Range<Int>, entry: Entry?)] = []
    metadata = [:]
    for (name, value) in header {
      switch value {
      case .metadata(let text) where name == "__metadata__": metadata = text
      case .metadata: throw .header("`\(name)` in its header is no tensor")
      case .tensor(let tensor):
        guard let range = tensor.range, range.upperBound <= bytes.count - start else {
          throw .data(name: name)
        }
        let isCounter = tensor.dtype == "I64" && name.hasSuffix(Self.ignoredCounter)
        found.append((range, isCounter ? nil : try Self.entry(name, tensor, bytes, start)))
      }
    }
    found.sort {
      ($0.range.lowerBound, $0.entry?.name ?? "") < ($1.range.lowerBound, $1.entry?.name ?? "")
    }
    entries = found.compactMap(\.entry)
    var end = 0
    for (range, entry) in found where !range.isEmpty {
      guard range.lowerBound == end else { throw .data(name: entry?.name ?? Self.ignoredCounter) }
      end = range.upperBound
    }
    guard end == bytes.count - start else {
      let count = bytes.count - start - end
      let verb = count == 1 ? "belongs" : "belong"
      throw .header("\(counted(count, "byte")) after its data \(verb) to no tensor")
    }
  }

  /// Elements of a shape, or nil if a size is negative or there are more than any file holds.
  private static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      guard size >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product < 1 << 48 else { return nil }
      count = product
    }
    return count
  }

  private static func entry(
    _ name: String,
    _ tensor: HeaderEntry,
    _ bytes: [UInt8],
    _ start: Int
  ) throws(FormatError) -> Entry {
    guard tensor.dtype == "F32" else { throw .type(name: name, found: tensor.dtype) }
    guard let count = Self.count(tensor.shape),
      tensor.offsets[1] - tensor.offsets[0] == 4 * count
    else { throw .data(name: name) }
    var values: [Float] = []
    values.reserveCapacity(count)
    for place in stride(from: start + tensor.offsets[0], to: start + tensor.offsets[1], by: 4) {
      let bits =
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
        | UInt32(bytes[place + 3]) << 24
      values.append(Float(bitPattern: bits))
    }
    return Entry(name: name, shape: tensor.shape, values: values)
  }
}
