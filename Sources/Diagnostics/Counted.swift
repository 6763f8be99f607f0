// SPDX-License-Identifier: Apache-2.0

/// A count with its noun, for sentences: `1 cell`, `5 cells`.
///
/// `plural` is for nouns whose plural is more than an added `s`. `shown` is the text of the number
/// if it is not written plainly, such as with commas between thousands.
public func counted(
  _ count: Int,
  _ noun: String,
  plural: String? = nil,
  shown: String? = nil
) -> String {
  "\(shown ?? "\(count)") \(count == 1 ? noun : plural ?? noun + "s")"
}

/// A whole number with a comma between thousands: `1,234,567`.
public func grouped(_ number: Int) -> String {
  var digits = Array(String(number))
  var place = digits.count - 3
  while place > (number < 0 ? 1 : 0) {
    digits.insert(",", at: place)
    place -= 3
  }
  return String(digits)
}

/// "`a`, `b` and `c`".
public func listed(_ words: [String]) -> String {
  let quoted = words.map { "`\($0)`" }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " and " + last
}
