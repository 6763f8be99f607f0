// SPDX-License-Identifier: Apache-2.0

/// A source line with what is underlined; of a very long one, what stands around that.
struct Excerpt {
  /// Longer lines are cut.
  private static let most = 160
  /// Characters kept before the place.
  private static let before = 40

  let text: String
  let underline: String

  init(_ line: String, column: Int, length: Int) {
    guard line.count > Self.most else {
      text = line
      underline = Self.underline(line.prefix(column - 1), length: length)
      return
    }
    let start = max(0, min(column - 1, line.count) - Self.before)
    let rest = line.dropFirst(start)
    let kept = rest.prefix(Self.most - Self.before)
    let isCutBefore = start > 0
    text = (isCutBefore ? "…" : "") + kept + (kept.count < rest.count ? "…" : "")
    let place = column - 1 - start
    underline =
      (isCutBefore ? " " : "")
      + Self.underline(kept.prefix(place), length: min(length, max(1, kept.count - place)))
  }

  private static func underline(_ before: Substring, length: Int) -> String {
    String(before.map { $0 == "\t" ? "\t" : " " }) + "^"
      + String(repeating: "~", count: max(0, length - 1))
  }
}

/// The sentence with every quoted text that is very long cut in its middle: both ends tell which one it is.
func withShortQuotes(_ sentence: String) -> String {
  guard sentence.utf8.count > 200 else { return sentence }
  let pieces = sentence.split(separator: "`", omittingEmptySubsequences: false)
  return pieces.enumerated().map { index, piece in
    // Text of the user may hold backquotes itself, so that what is outside of quotes is not sure.
    guard piece.count > (index.isMultiple(of: 2) ? 600 : 200) else { return String(piece) }
    return "\(piece.prefix(120))…\(piece.suffix(40))"
  }.joined(separator: "`")
}
