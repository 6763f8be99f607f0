// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Vocabulary

/// Decoded sets in the user's cache: one file each, mapped read-only, so that a set is decoded once per machine.
///
/// The file is a fixed head of 64 bytes (mark, sizes, two checksums), a text header and the arrays, each at a multiple
/// of 64. It is written by rename. Another source, a damaged byte or another format makes it be decoded again; where
/// the cache cannot be written, decoding stays in memory.
struct DecodedCache: Sendable {
  /// The folder; nil keeps everything in memory.
  var folder: String?

  /// Smaller sets are decoded faster than a cache is worth.
  static let smallestBytes = 1 << 20

  /// The set from the cache if it is there, sound and of this `identity`, else decoded and, if worth it, stored.
  ///
  /// `key` names the file; `identity` is what must not have changed since (sources, request).
  func load(
    key: String,
    identity: String,
    decode: () throws(DatasetError) -> PlainSet
  ) throws(DatasetError) -> DecodedSet {
    let path = folder.map { "\($0)/\(key).data" }
    if let path, let found = read(path, identity: identity) { return found }
    let plain = try decode()
    let stored = Self.inMemory(plain)
    guard let path, let folder, stored.storage.count >= Self.smallestBytes else { return stored }
    if makeFolder(folder), write(plain, as: stored, to: path, identity: identity) {
      return read(path, identity: identity) ?? stored
    }
    return stored
  }

  // MARK: - In memory

  /// The set without any file.
  static func inMemory(_ plain: PlainSet) -> DecodedSet {
    let ordered = plain.ordered
    let offsets = ByteStorage.offsets(of: ordered.map(\.array.bytes.count)).offsets
    var arrays: [String: StoredArray] = [:]
    for ((name, array), offset) in zip(ordered, offsets) {
      arrays[name] = StoredArray(element: array.element, shape: array.shape, offset: offset)
    }
    return DecodedSet(
      meaning: plain.meaning.having(arrays.keys),
      arrays: arrays,
      storage: ByteStorage(sections: ordered.map(\.array.bytes)),
      contentSHA256: contentDigest(plain),
      findings: plain.findings,
      exactSHA256: exactDigests(plain),
      columns: plain.columns
    )
  }

  // MARK: - Files

  private static let mark: [UInt8] = Array("RUNEXPD1".utf8)
  private static let headSize = 64

  private func read(_ path: String, identity: String) -> DecodedSet? {
    guard let storage = ByteStorage(mapping: path), storage.count >= Self.headSize else {
      return nil
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: storage.base, count: storage.count)
    guard unsafe bytes.prefix(8).elementsEqual(Self.mark) else { return nil }
    let words = (1...4).map { unsafe bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
    let (headerSize, dataSize) = (Int(clamping: words[0]), Int(clamping: words[1]))
    let room = storage.count - Self.headSize
    guard headerSize <= room, dataSize == room - headerSize else { return nil }
    let header = unsafe UnsafeRawBufferPointer(
      rebasing: bytes[Self.headSize..<(Self.headSize + headerSize)]
    )
    let data = unsafe UnsafeRawBufferPointer(rebasing: bytes[(Self.headSize + headerSize)...])
    guard unsafe checksum(header) == words[2], unsafe checksum(data) == words[3] else { return nil }
    let text = unsafe String(decoding: header, as: UTF8.self)
    guard var found = CacheHeader(text), found.identity == identity else { return nil }
    for name in found.arrays.keys { found.arrays[name]?.offset += Self.headSize + headerSize }
    return DecodedSet(
      meaning: found.meaning,
      arrays: found.arrays,
      storage: storage,
      contentSHA256: found.contentSHA256,
      findings: found.findings,
      exactSHA256: found.exactSHA256,
      columns: found.columns
    )
  }

  private func write(
    _ plain: PlainSet,
    as stored: DecodedSet,
    to path: String,
    identity: String
  ) -> Bool {
    let header = CacheHeader(
      identity: identity,
      contentSHA256: stored.contentSHA256,
      meaning: stored.meaning,
      arrays: stored.arrays,
      findings: stored.findings,
      exactSHA256: stored.exactSHA256,
      columns: stored.columns
    )
    var text = Array(header.text.utf8)
    text += [UInt8](repeating: 0x0A, count: (64 - text.count % 64) % 64)
    let storage = stored.storage
    let data = unsafe Array(UnsafeRawBufferPointer(start: storage.base, count: storage.count))
    var head = Self.mark
    for word in [UInt64(text.count), UInt64(data.count), checksum(of: text), checksum(of: data)] {
      unsafe withUnsafeBytes(of: word.littleEndian) { unsafe head.append(contentsOf: $0) }
    }
    head += [UInt8](repeating: 0, count: Self.headSize - head.count)
    return writeByRename([head, text, data], to: path)
  }

  private func checksum(of bytes: [UInt8]) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe checksum($0) }
  }

  private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    unsafe Datasets.checksum(bytes)
  }
}

/// SHA-256 over the meaning and the arrays: what makes two sets the same data, wherever they come from.
///
/// Of real numbers their float32 counts, which is all that is seen of them unless they are standardised.
func contentDigest(_ plain: PlainSet) -> String {
  var hasher = SHA256Hasher()
  hasher.update("runexp data 1\n\(plain.meaning.lines.joined(separator: "\n"))\n")
  for (name, array) in plain.ordered where array.element != .float64 {
    hasher.update("\(name) \(array.element.rawValue) \(array.shape)\n")
    hasher.update(array.bytes)
  }
  return hasher.finalize().hexadecimal
}

/// SHA-256 over the float64 arrays of each role that has some.
private func exactDigests(_ plain: PlainSet) -> [String: String] {
  var digests: [String: String] = [:]
  for role in ["inputs", "targets"] {
    let exact = plain.ordered.filter { $0.name.split(separator: ".")[1] == "exact_\(role)" }
    guard !exact.isEmpty else { continue }
    var hasher = SHA256Hasher()
    for (name, array) in exact {
      hasher.update("\(name) \(array.shape)\n")
      hasher.update(array.bytes)
    }
    digests[role] = hasher.finalize().hexadecimal
  }
  return digests
}

extension DecodedSet {
  /// What makes a run's data the same data: of standardised real numbers also what float32 would round.
  func contentSHA256(_ standardize: DataOptions.Standardization) -> String {
    let roles: [String] =
      switch standardize {
      case .none: []
      case .inputs: ["inputs"]
      case .both: ["inputs", "targets"]
      }
    let exact = roles.compactMap { role in exactSHA256[role].map { "\(role) \($0)\n" } }
    guard !exact.isEmpty else { return contentSHA256 }
    return SHA256.hexadecimal(of: "runexp exact data 1\n\(contentSHA256)\n" + exact.joined())
  }
}
