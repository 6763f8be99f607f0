// SPDX-License-Identifier: Apache-2.0

public import Codecs
import Foundation

/// One file of a report, as a value.
public struct GeneratedFile: Hashable, Sendable {
  /// The file's name inside the report's folder.
  public var name: String
  /// Its bytes, with its mark.
  public var bytes: [UInt8]

  /// A file; `bytes` already contain a mark.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// The mark that shows whether a generated file was edited since: the SHA-256 of the rest of the
/// file.
///
/// Markdown, HTML and SVG end with the line `<!-- runexp:sha256=… -->`, which covers everything
/// above it. A PDF ends with the comment `%runexp:sha256=…`. A PNG has a tEXt with the keyword
/// `runexp:sha256`, which holds the digest of the file without that text. A file whose mark fits
/// may be replaced, whichever database or version wrote it.
public enum GeneratedMark {
  /// The keyword of the PNG text and of the comment.
  public static let keyword = "runexp:sha256"

  /// The text with its mark as the last line, behind an empty line.
  public static func markdown(_ text: String) -> [UInt8] {
    signed(Array((text.hasSuffix("\n") ? text + "\n" : text + "\n\n").utf8), SignedEnd.markup)
  }

  /// The HTML with its mark, which is the same comment at its end.
  public static func html(_ text: String) -> [UInt8] { markdown(text) }

  /// The SVG with its mark, which is the same comment at its end.
  public static func svg(_ bytes: [UInt8]) -> [UInt8] { signed(bytes, SignedEnd.markup) }

  /// The PDF with its mark, which is a comment behind its end.
  public static func pdf(_ bytes: [UInt8]) -> [UInt8] { signed(bytes, SignedEnd.pdf) }

  /// The PNG with its mark, which replaces an older one.
  public static func png(_ bytes: [UInt8]) throws(PNGError) -> [UInt8] {
    let bare = try PNG.removing(keyword: keyword, from: bytes)
    return try PNG.adding([PNGText(keyword, SHA256.hexadecimal(of: bare))], to: bare)
  }

  /// Whether the bytes are a file whose mark fits: runexp wrote it, and nobody edited it since.
  public static func isOurs(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: pngSignature) { return isOurPNG(bytes) }
    return isSigned(
      bytes,
      bytes.starts(with: Array("%PDF-".utf8)) ? SignedEnd.pdf : SignedEnd.markup
    )
  }

  private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  // MARK: - Marks at the end

  /// What stands around the digest in the last line.
  private struct SignedEnd {
    static let markup = SignedEnd(before: "<!-- \(keyword)=", after: " -->\n")
    static let pdf = SignedEnd(before: "%\(keyword)=", after: "\n")

    let before: String
    let after: String

    func line(_ body: [UInt8]) -> [UInt8] {
      Array((before + SHA256.hexadecimal(of: body) + after).utf8)
    }
    /// The length of the mark in bytes; a digest has 64 digits.
    var count: Int { before.utf8.count + 64 + after.utf8.count }
  }

  private static func signed(_ body: [UInt8], _ end: SignedEnd) -> [UInt8] {
    body + end.line(body)
  }

  private static func isSigned(_ bytes: [UInt8], _ end: SignedEnd) -> Bool {
    guard bytes.count >= end.count else { return false }
    let body = Array(bytes.dropLast(end.count))
    return Array(bytes.suffix(end.count)) == end.line(body)
  }

  // MARK: - PNG

  /// Rebuilding the marked file also catches bytes behind its end.
  private static func isOurPNG(_ bytes: [UInt8]) -> Bool {
    guard let marks = try? PNG.text(of: bytes).filter({ $0.keyword == keyword }), marks.count == 1,
      let bare = try? PNG.removing(keyword: keyword, from: bytes)
    else { return false }
    return marks[0].text == SHA256.hexadecimal(of: bare)
      && (try? PNG.adding(marks, to: bare)) == bytes
  }
}
