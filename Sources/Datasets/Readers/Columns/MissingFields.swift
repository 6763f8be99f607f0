// SPDX-License-Identifier: Apache-2.0

/// The fields that stand for no value: these words, and of a word that is a number every way to write that number, so
/// that `-999` stands for `-999.0`, too.
struct MissingFields: Sendable {
  let words: Set<String>
  private let numbers: Set<Double>
  private let format: NumberFormat

  init(_ words: some Sequence<String>, _ format: NumberFormat = .plain) {
    self.words = Set(words)
    self.format = format
    // Arguments have points, whatever the file has.
    numbers = Set(
      self.words.compactMap { numberOfField($0, .plain) ?? numberOfField($0, format) }
    )
  }

  func contains(_ field: String) -> Bool {
    if words.contains(field) { return true }
    guard !numbers.isEmpty, let number = numberOfField(field, format) else { return false }
    return numbers.contains(number)
  }
}

/// The number that a field is, nil for a text and for a code such as `007`.
func numberOfField(_ field: String, _ format: NumberFormat) -> Double? {
  let digits = field.utf8.prefix(2)
  if digits.count == 2, digits.first == UInt8(ascii: "0"),
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits.last ?? 0)
  {
    return nil
  }
  guard case .number(let value) = format.number(field) else { return nil }
  return value
}
