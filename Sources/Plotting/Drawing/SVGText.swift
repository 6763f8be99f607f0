// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// An SVG of Cairo's on its way to a file of a report.
struct SVGText {
  private let text: String

  init(_ text: String) { self.text = text }

  /// The same picture with equal names on each run and with words for those who do not see it.
  func finished(_ words: Drawing.Words) -> [UInt8] {
    let bytes = renamed(Array(text.utf8))
    guard let start = bytes.firstRange(of: Array("<svg".utf8))?.lowerBound,
      let end = bytes[start...].firstIndex(of: UInt8(ascii: ">"))
    else { return bytes }
    let head = bytes[..<end] + Array(" role=\"img\">\n".utf8)
    return head + Array(Self.elements(words).utf8)
      + bytes[bytes.index(after: end)...].drop { $0 == 10 }
  }

  private static func elements(_ words: Drawing.Words) -> String {
    let parts = [
      ("title", visible(words.title)), ("desc", visible(words.description)),
      ("metadata", words.lines.joined(separator: "\n")),
    ]
    return parts.filter { !$0.1.isEmpty }.map { tag, text in
      "<\(tag)>\(escaped(text))</\(tag)>\n"
    }.joined()
  }

  /// XML has no place for control characters, escaped or not: they are written as numbers by now.
  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  // MARK: - Names

  /// Cairo counts surfaces over the whole process, so the second picture would have other names than the first.
  private func renamed(_ bytes: [UInt8]) -> [UInt8] {
    var names = SVGNames()
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      result.append(byte)
      index += 1
      let isName =
        switch byte {
        case UInt8(ascii: "\""): result.ends(with: " id=\"")
        case UInt8(ascii: "#"): result.ends(with: "href=\"#") || result.ends(with: "url(#")
        default: false
        }
      guard isName else { continue }
      let name = bytes[index...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ")") }
      result += names.name(of: Array(name))
      index += name.count
    }
    return result
  }
}

/// New names for the elements of a file.
private struct SVGNames {
  private var names: [[UInt8]: [UInt8]] = [:]
  private var counts: [[UInt8]: Int] = [:]

  /// The letters of the old name and how many such names came before it; glyphs keep theirs, which Cairo counts by file.
  mutating func name(of old: [UInt8]) -> [UInt8] {
    if old.starts(with: Array("glyph".utf8)) { return old }
    if let name = names[old] { return name }
    let stem = Array(old.prefix { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    let count = counts[stem, default: 0]
    counts[stem] = count + 1
    names[old] = stem + Array("\(count)".utf8)
    return stem + Array("\(count)".utf8)
  }
}

extension [UInt8] {
  fileprivate func ends(with text: String) -> Bool {
    suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}
