// SPDX-License-Identifier: Apache-2.0

/// A sentence in lines of at most `width` columns, broken between words; a longer word stays whole.
///
/// If the sentence is indented, its further lines are indented by two columns more. Without `width`
/// it stays one line.
public func wrapped(_ text: String, width: Int?) -> [String] {
  guard let width, DisplayWidth.of(text) > width else { return [text] }
  let indent = String(text.prefix { $0 == " " })
  let further = indent.isEmpty ? "" : indent + "  "
  var lines: [String] = []
  var line = indent
  var isEmpty = true
  for word in text.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
    if !isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width {
      lines.append(line)
      (line, isEmpty) = (further, true)
    }
    line += (isEmpty ? "" : " ") + word
    isEmpty = false
  }
  return lines + [line]
}

/// Sentences in lines of at most `width` columns.
public func wrapped(_ sentences: [String], width: Int?) -> [String] {
  sentences.flatMap { wrapped($0, width: width) }
}
