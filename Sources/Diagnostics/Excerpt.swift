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
      let marked = line.dropFirst(column - 1).prefix(length)
      text = visible(line, breaks: .kept)
      underline = Self.underline(line.prefix(column - 1), length: length, of: marked)
      return
    }
    let start = max(0, min(column - 1, line.count) - Self.before)
    let rest = line.dropFirst(start)
    let kept = rest.prefix(Self.most - Self.before)
    let isCutBefore = start > 0
    text =
      (isCutBefore ? "…" : "") + visible(String(kept), breaks: .kept)
      + (kept.count < rest.count ? "…" : "")
    let place = column - 1 - start
    let shown = min(length, max(1, kept.count - place))
    underline =
      (isCutBefore ? " " : "")
      + Self.underline(
        kept.prefix(place),
        length: shown,
        of: kept.dropFirst(place).prefix(shown)
      )
  }

  /// A character that is written as its number takes as many places as that has.
  private static func underline(_ before: Substring, length: Int, of marked: Substring) -> String {
    let wider = visible(String(marked), breaks: .kept).count - marked.count
    return String(visible(String(before), breaks: .kept).map { $0 == "\t" ? "\t" : " " }) + "^"
      + String(repeating: "~", count: max(0, length + wider - 1))
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
