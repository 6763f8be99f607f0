// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// A text of somebody's file in which characters that do not show, or that move the cursor, are written as numbers.
///
/// Spaces stay as they are.
func visible(_ text: String) -> String { Diagnostics.visible(text, breaks: .numbers) }

/// The same, and spaces too but for the common one: for texts that differ in nothing else.
func revealed(_ text: String) -> String {
  var result = ""
  for scalar in visible(text).unicodeScalars {
    if scalar != " ", scalar.properties.generalCategory == .spaceSeparator {
      result += characterNumber(scalar)
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
