// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// The 32 bytes of a SHA-256.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  /// The digest, always 32 bytes.
  public let bytes: [UInt8]

  init(bytes: [UInt8]) {
    precondition(bytes.count == 32, "a SHA-256 has 32 bytes, got \(bytes.count)")
    self.bytes = bytes
  }

  /// 64 lower-case hexadecimal digits.
  public var hexadecimal: String { Codecs.hexadecimal(bytes) }

  /// Same as `hexadecimal`.
  public var description: String { hexadecimal }
}

/// SHA-256 of bytes that arrive in pieces.
///
/// It is a value: a copy continues on its own. The digest does not depend on how the bytes are cut
/// into pieces.
public struct SHA256Hasher: @unchecked Sendable {
  // Safety: a context is changed only while this value is its one owner (`update`), else copied first.
  private var context: Context

  /// A hasher without any bytes so far.
  public init() { context = Context() }

  /// Appends bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if !isKnownUniquelyReferenced(&context) { context = Context(copying: context) }
    unsafe context.update(bytes)
  }

  /// Appends bytes.
  public mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// Appends the UTF-8 bytes of `text`, without a terminator.
  public mutating func update(_ text: String) { update(Array(text.utf8)) }

  /// The digest of everything appended so far; more may be appended afterwards.
  public func finalize() -> SHA256Digest { Context(copying: context).digest() }
}

/// SHA-256 of bytes that are all available at once.
public enum SHA256 {
  /// The digest of bytes.
  public static func digest(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    var hasher = SHA256Hasher()
    unsafe hasher.update(bytes)
    return hasher.finalize()
  }

  /// The digest of bytes.
  public static func digest(of bytes: [UInt8]) -> SHA256Digest {
    unsafe bytes.withUnsafeBytes { unsafe digest(of: $0) }
  }

  /// The digest of a file's bytes, read in pieces of a mebibyte.
  public static func digest(ofFile path: String) throws(FileError) -> SHA256Digest {
    var hasher = SHA256Hasher()
    unsafe try ByteFile.read(path, pieces: 1 << 20) { piece in
      unsafe hasher.update(piece)
    }
    return hasher.finalize()
  }

  /// The digest of bytes as 64 lower-case hexadecimal digits.
  public static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
    unsafe digest(of: bytes).hexadecimal
  }

  /// The digest of bytes as 64 lower-case hexadecimal digits.
  public static func hexadecimal(of bytes: [UInt8]) -> String { digest(of: bytes).hexadecimal }

  /// The digest of a text's UTF-8 bytes as 64 lower-case hexadecimal digits.
  public static func hexadecimal(of text: String) -> String { hexadecimal(of: Array(text.utf8)) }

  /// The digest of a file's bytes as 64 lower-case hexadecimal digits.
  public static func hexadecimal(ofFile path: String) throws(FileError) -> String {
    try digest(ofFile: path).hexadecimal
  }
}

/// Owns an OpenSSL digest context.
@safe private final class Context {
  private let pointer: OpaquePointer

  init() {
    unsafe pointer = Self.allocated()
    let started = unsafe EVP_DigestInit_ex(pointer, EVP_sha256(), nil)
    precondition(started == 1, "OpenSSL offers no SHA-256")
  }

  init(copying other: Context) {
    unsafe pointer = Self.allocated()
    let copied = unsafe EVP_MD_CTX_copy_ex(pointer, other.pointer)
    precondition(copied == 1, "OpenSSL cannot copy a SHA-256 context")
  }

  deinit { unsafe EVP_MD_CTX_free(pointer) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    let updated = unsafe EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count)
    precondition(updated == 1, "OpenSSL refuses SHA-256 input")
  }

  func digest() -> SHA256Digest {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      let finished = unsafe EVP_DigestFinal_ex(pointer, buffer.baseAddress, nil)
      precondition(finished == 1, "OpenSSL cannot finish a SHA-256")
      count = 32
    }
    return SHA256Digest(bytes: bytes)
  }

  private static func allocated() -> OpaquePointer {
    guard let pointer = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    return unsafe pointer
  }
}
