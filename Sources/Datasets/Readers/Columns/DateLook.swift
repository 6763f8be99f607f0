// SPDX-License-Identifier: Apache-2.0

/// Whether a field is a date, a time of day or both, as programs and people write them.
func isDate(_ field: String) -> Bool {
  guard field.utf8.count <= 40, let first = field.unicodeScalars.first,
    first.isDigit || first.properties.isAlphabetic
  else { return false }
  let words = field.split { $0 == " " || $0 == "\u{A0}" }.map(String.init)
  // `2024-01-31T12:30:00Z` is two words.
  if words.count == 1, let place = field.firstIndex(of: "T"), isCalendarDate(field[..<place]) {
    return isTime(field[field.index(after: place)...])
  }
  guard let last = words.last else { return false }
  if words.count > 1, ["AM", "PM", "UTC", "Z"].contains(last.uppercased()) {
    return isDate(words.dropLast().joined(separator: " "))
  }
  if isTime(last[...]) {
    return words.count == 1 || isDate(words.dropLast().joined(separator: " "))
  }
  return isCalendarDate(field[...]) || isDateInWords(field)
}

/// Whether a field is a time of day without a date.
func isTimeOfDay(_ field: String) -> Bool {
  let words = field.split { $0 == " " || $0 == "\u{A0}" }
  guard let time = words.first, isTime(time) else { return false }
  return words.count == 1
    || (words.count == 2 && ["AM", "PM", "UTC", "Z"].contains(words[1].uppercased()))
}

/// `12:30`, `12:30:05`, `12:30:05.25`, `12:30:05Z`, `12:30:05+01:00`.
private func isTime(_ text: Substring) -> Bool {
  var parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard (2...4).contains(parts.count), let hours = whole(parts[0], digits: 1...2), hours < 25
  else { return false }
  parts.removeFirst()
  return parts.enumerated().allSatisfy { index, part in
    let digits = part.prefix { $0.isASCII && $0.isNumber }
    guard digits.count == 2, let value = Int(digits), value < 61 else { return false }
    let rest = part.dropFirst(2)
    // Fractions and zones stand behind the last part, hours of a zone behind the one before.
    return rest.isEmpty
      || (index + 2 >= parts.count && rest.allSatisfy { "0123456789.,+-Zz".contains($0) })
  }
}

/// Year, month and day in any order of numbers with the same sign between, or a year and a month.
private func isCalendarDate(_ text: Substring) -> Bool {
  for sign in "-/." {
    let parts = text.split(separator: sign, omittingEmptySubsequences: false)
    if parts.count == 2, sign != ".", let year = whole(parts[0], digits: 4...4),
      let month = whole(parts[1], digits: 2...2)
    {
      return isYear(year) && (1...12).contains(month)
    }
    guard parts.count == 3 else { continue }
    if let year = whole(parts[0], digits: 4...4) {
      return isYear(year) && isDay(parts[1], parts[2])
    }
    // A point stands in versions too, `1.2.24`: without a whole year, days and months need two digits.
    let isShort = parts[2].count == 2
    guard whole(parts[2], digits: isShort ? 2...2 : 4...4).map({ isShort || isYear($0) }) == true
    else { continue }
    if isShort, sign == ".", parts[0].count + parts[1].count < 4 { continue }
    return isDay(parts[0], parts[1])
  }
  return isChineseDate(text)
}

/// `2024年1月31日`, `2024年1月`.
private func isChineseDate(_ text: Substring) -> Bool {
  guard let year = text.firstIndex(of: "年"), let month = text.firstIndex(of: "月"), year < month
  else { return false }
  return whole(text[..<year], digits: 2...4) != nil
    && whole(text[text.index(after: year)..<month], digits: 1...2) != nil
}

/// `31 Jan 2024`, `Jan 31, 2024`, `31. Januar 2024`, `31-Jan-24`, `Jan 2024`, `Wed, 31 Jan 2024`.
private func isDateInWords(_ text: String) -> Bool {
  let words = text.split { " -./,".contains($0) }
  guard (2...4).contains(words.count) else { return false }
  let names = words.filter { $0.allSatisfy(\.isLetter) }
  let numbers = words.compactMap { whole($0, digits: 1...4) }
  guard (1...2).contains(names.count), names.count + numbers.count == words.count,
    names.contains(where: { months.contains($0.lowercased()) }),
    names.allSatisfy({ months.contains($0.lowercased()) || weekdays.contains($0.lowercased()) })
  else { return false }
  return numbers.contains(where: isYear)
    || (numbers.count == 2 && numbers.allSatisfy { $0 < 100 } && numbers.contains { $0 < 32 })
}

private let months: Set<String> = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
  "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
  "nov", "dec", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "mär",
  "okt", "dez", "janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre",
  "octobre", "novembre", "décembre",
]
private let weekdays: Set<String> = [
  "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed",
  "thu", "fri", "sat", "sun", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
  "sonntag", "mo", "di", "mi", "do", "fr", "sa", "so",
]

/// A day and a month, in either order.
private func isDay(_ first: Substring, _ second: Substring) -> Bool {
  guard let one = whole(first, digits: 1...2), let other = whole(second, digits: 1...2) else {
    return false
  }
  return one >= 1 && other >= 1 && max(one, other) <= 31 && min(one, other) <= 12
}

private func isYear(_ number: Int) -> Bool { (1500...2200).contains(number) }

private func whole(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
  guard digits.contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
    return nil
  }
  return Int(text)
}

/// Whether a whole number reads as a date without signs, `20240131`.
func isDateNumber(_ value: Double) -> Bool {
  guard value >= 1500_01_01, value <= 2200_12_31, value == value.rounded(.down) else {
    return false
  }
  let number = Int(value)
  return (1...12).contains(number / 100 % 100) && (1...31).contains(number % 100)
}
