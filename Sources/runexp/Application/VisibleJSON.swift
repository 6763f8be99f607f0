// SPDX-License-Identifier: Apache-2.0

import Codecs
import Diagnostics
import Experiments
import Vocabulary
import Workbench

extension JSON {
  /// The value in one line, with escapes for the characters that a terminal would obey.
  var visibleLine: String { visibleJSON(line) }
}

extension JSONText {
  /// A value in one line for scripts, keys sorted, with escapes for the characters that a terminal would obey.
  static func visibleLine(_ value: some Encodable) -> String {
    (try? encode(value)).map(visibleJSON) ?? "{}"
  }
}

/// The same JSON with escapes for the characters that a terminal would obey; they occur in strings alone.
private func visibleJSON(_ json: String) -> String {
  guard json.unicodeScalars.contains(where: isInvisible) else { return json }
  var result = String.UnicodeScalarView()
  for scalar in json.unicodeScalars {
    guard isInvisible(scalar) else {
      result.append(scalar)
      continue
    }
    for unit in String(scalar).utf16 {
      let digits = String(unit, radix: 16)
      result.append(
        contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
          .unicodeScalars
      )
    }
  }
  return String(result)
}
