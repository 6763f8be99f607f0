// SPDX-License-Identifier: Apache-2.0

/// A text of somebody's file in which characters that do not show, or that move the cursor, are written as numbers.
///
/// Spaces stay as they are.
func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isInvisible) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isInvisible(scalar) {
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The same, and spaces too but for the common one: for texts that differ in nothing else.
func revealed(_ text: String) -> String {
  var result = ""
  for scalar in visible(text).unicodeScalars {
    if scalar != " ", scalar.properties.generalCategory == .spaceSeparator {
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Control characters and such without a width. A joiner between emoji is one, too, and no harm is done.
func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
  default: false
  }
}
