// SPDX-License-Identifier: Apache-2.0

/// A text as one would write it into a list or mapping of YAML: in quotes if it could be read as
/// something else there, such as `","`, `""`, `"no"` or `"12"`.
public func quotedUnlessPlain(_ text: String) -> String {
  let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
  let isPlain =
    text.first.map { $0.isASCII && $0.isLetter } ?? false
    && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./-".contains($0)) }
    && !words.contains(text.lowercased())
  if isPlain { return text }
  return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
