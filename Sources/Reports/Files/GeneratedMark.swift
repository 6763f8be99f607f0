// SPDX-License-Identifier: Apache-2.0

public import Codecs
import Foundation

/// One file of a report, as a value.
public struct GeneratedFile: Hashable, Sendable {
  /// The file's name inside the report's folder.
  public var name: String
  /// Its bytes, with its mark.
  public var bytes: [UInt8]

  /// A file; `bytes` carry a mark already.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// The mark by which a file tells that it was generated and not edited since: the SHA-256 of the rest of it.
///
/// Markdown and HTML end with the line `<!-- runexp:sha256=… -->` over everything above it; a PNG has the digest of itself
/// without it as tEXt under the keyword `runexp:sha256`. Such a file may be replaced, whichever database or version
/// wrote it.
public enum GeneratedMark {
  /// Keyword of the PNG text and the comment.
  public static let keyword = "runexp:sha256"

  /// The text with its mark as the last line; an empty line stands between.
  public static func markdown(_ text: String) -> [UInt8] {
    let body = text.hasSuffix("\n") ? text + "\n" : text + "\n\n"
    return Array((body + comment(digest: SHA256.hexadecimal(of: body)) + "\n").utf8)
  }

  /// The HTML with its mark: the same comment at its end.
  public static func html(_ text: String) -> [UInt8] { markdown(text) }

  /// The PNG with its mark; one it already has is replaced.
  public static func png(_ bytes: [UInt8]) throws(PNGError) -> [UInt8] {
    let bare = try PNG.removing(keyword: keyword, from: bytes)
    return try PNG.adding([PNGText(keyword, SHA256.hexadecimal(of: bare))], to: bare)
  }

  /// Whether the bytes are a text or PNG whose mark fits: ours, and not edited since.
  public static func isOurs(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: pngSignature) ? isOurPNG(bytes) : isOurMarkdown(bytes)
  }

  private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  private static func comment(digest: String) -> String { "<!-- \(keyword)=\(digest) -->" }

  private static func isOurMarkdown(_ bytes: [UInt8]) -> Bool {
    let last = Array(comment(digest: String(repeating: "0", count: 64)).utf8).count + 1
    guard bytes.count >= last else { return false }
    let body = Array(bytes[..<(bytes.count - last)])
    return Array(bytes[(bytes.count - last)...])
      == Array((comment(digest: SHA256.hexadecimal(of: body)) + "\n").utf8)
  }

  /// Rebuilding the marked file also catches bytes behind its end.
  private static func isOurPNG(_ bytes: [UInt8]) -> Bool {
    guard let marks = try? PNG.text(of: bytes).filter({ $0.keyword == keyword }), marks.count == 1,
      let bare = try? PNG.removing(keyword: keyword, from: bytes)
    else { return false }
    return marks[0].text == SHA256.hexadecimal(of: bare)
      && (try? PNG.adding(marks, to: bare)) == bytes
  }
}
