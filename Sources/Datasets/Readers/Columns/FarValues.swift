// SPDX-License-Identifier: Apache-2.0

/// Repeated numbers far outside all others, like those that stand for "no value".
public struct FarValues: Hashable, Sendable {
  /// As the file writes them.
  var fields: [String]
  /// How many fields have one of them, and how many have any number.
  var count: Int
  var all: Int
  /// The smallest and the largest of the other numbers.
  var low: Double
  var high: Double

  init(fields: [String], count: Int, all: Int, low: Double, high: Double) {
    (self.fields, self.count, self.all) = (fields, count, all)
    (self.low, self.high) = (low, high)
  }

  /// As texts, for the decoded cache.
  var words: [String] { ["\(count)", "\(all)", "\(low)", "\(high)"] + fields }

  init?(words: [String]) {
    guard words.count > 4, let count = Int(words[0]), let all = Int(words[1]),
      let low = Double(words[2]), let high = Double(words[3])
    else { return nil }
    self.init(fields: Array(words.dropFirst(4)), count: count, all: all, low: low, high: high)
  }
}

/// Gathers what `FarValues` needs, without keeping all numbers.
struct FarSurvey {
  /// Numbers of nines only, which programs write for no value.
  private var nines: [Double: Found] = [:]
  /// All others.
  private var lowest = Extreme(isLow: true)
  private var highest = Extreme(isLow: false)
  private var count = 0
  private var others = 0

  private struct Found {
    var field: String
    var count: Int
  }

  /// The outermost number of one side, how often it comes, and the next one.
  private struct Extreme {
    let isLow: Bool
    var value: Double?
    var field = ""
    var count = 0
    var next: Double?

    init(isLow: Bool) { self.isLow = isLow }

    mutating func add(_ field: String, _ number: Double) {
      guard let value else {
        (value, self.field, count) = (number, field, 1)
        return
      }
      if number == value {
        count += 1
      } else if isBeyond(number, value) {
        next = value
        (self.value, self.field, count) = (number, field, 1)
      } else if next.map({ isBeyond(number, $0) }) ?? true {
        next = number
      }
    }

    private func isBeyond(_ a: Double, _ b: Double) -> Bool { isLow ? a < b : a > b }
  }

  mutating func add(_ field: String, _ value: Double) {
    count += 1
    if Self.isNines(field) {
      nines[value, default: Found(field: field, count: 0)].count += 1
    } else {
      others += 1
      lowest.add(field, value)
      highest.add(field, value)
    }
  }

  var remark: ColumnRemark? {
    guard let low = lowest.value, let high = highest.value, others > 2 else { return nil }
    let far = nines.filter { isFrequent($0.value.count) && Self.isFar($0.key, low, high) }
    guard far.isEmpty else {
      return .farValues(
        FarValues(
          fields: far.sorted { $0.key < $1.key }.map(\.value.field),
          count: far.reduce(0) { $0 + $1.value.count },
          all: count,
          low: low,
          high: high
        )
      )
    }
    return outermost(lowest, rest: (lowest.next, high))
      ?? outermost(highest, rest: (low, highest.next))
  }

  /// A number other than nines: only where all others lie much closer together.
  private func outermost(_ extreme: Extreme, rest: (low: Double?, high: Double?)) -> ColumnRemark? {
    guard nines.isEmpty, let value = extreme.value, let low = rest.low, let high = rest.high,
      low < high, isFrequent(extreme.count), others - extreme.count > 2,
      value.magnitude >= 1000, value == value.rounded(.down),
      Self.gap(value, low, high) >= 10 * (high - low)
    else { return nil }
    return .farValues(
      FarValues(fields: [extreme.field], count: extreme.count, all: count, low: low, high: high)
    )
  }

  /// At least 2 % of the numbers.
  private func isFrequent(_ found: Int) -> Bool { found > 1 && 50 * found >= count }

  private static func gap(_ value: Double, _ low: Double, _ high: Double) -> Double {
    max(low - value, value - high, 0)
  }

  /// Whether a number of nines lies farther away than all others from each other.
  private static func isFar(_ value: Double, _ low: Double, _ high: Double) -> Bool {
    let gap = gap(value, low, high)
    guard low < high else { return gap >= 10 * max(1, low.magnitude) }
    return gap >= high - low && (value < 0 || value >= 1000 || value >= 2 * high)
  }

  /// `-9`, `99`, `-999.0`, `9999.99`; a 9 alone is a number like any other.
  private static func isNines(_ field: String) -> Bool {
    let digits = field.utf8.drop { $0 == UInt8(ascii: "-") }
    let nine = UInt8(ascii: "9")
    guard digits.first == nine else { return false }
    let whole = digits.prefix { $0 == nine }
    let rest = digits.dropFirst(whole.count)
    let isNegative = digits.count < field.utf8.count
    guard whole.count > 1 || isNegative else { return false }
    guard let sign = rest.first else { return true }
    let fraction = rest.dropFirst()
    return (sign == UInt8(ascii: ".") || sign == UInt8(ascii: ","))
      && (fraction.allSatisfy { $0 == nine } || fraction.allSatisfy { $0 == UInt8(ascii: "0") })
  }
}

/// Whether all fractions of a column might as well be groups of three digits.
struct GroupSurvey {
  private let sign: UInt8
  private var canBe: Bool
  private var fraction: String?
  private var whole: String?

  init(_ format: NumberFormat) {
    sign = format.decimal == "," ? UInt8(ascii: ",") : UInt8(ascii: ".")
    canBe = format.thousands == nil
  }

  mutating func add(_ field: String, _ value: Double) {
    guard canBe else { return }
    let digits = field.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard let place = digits.firstIndex(of: sign) else {
      if whole == nil, value.magnitude >= 100 { whole = field }
      return
    }
    let (before, after) = (digits[..<place], digits[digits.index(after: place)...])
    let areDigits = [before, after].allSatisfy { part in
      part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    canBe =
      areDigits && after.count == 3 && (1...3).contains(before.count)
      && before.first != UInt8(ascii: "0")
    if fraction == nil { fraction = field }
  }

  /// Whole numbers of a hundred or more beside them look like the same kind of number.
  var remark: ColumnRemark? {
    guard canBe, let fraction, let whole else { return nil }
    return .groupedDigits(fraction, whole: whole)
  }
}

/// Whether a column ends with its sum.
struct SumSurvey {
  private var last: Double?
  /// Of all numbers before the last one.
  private var sum = 0.0
  private var magnitudes = 0.0
  private var largest = 0.0
  private var count = 0

  mutating func add(_ value: Double) {
    if let last {
      sum += last
      magnitudes += last.magnitude
      largest = max(largest, last.magnitude)
      count += 1
    }
    last = value
  }

  /// `field` says with how many digits the sum is written. A sum that is no larger than one of its numbers says nothing.
  func lastIsSum(_ field: String, _ isWhole: Bool, _ format: NumberFormat) -> Bool {
    guard let last, count >= 5, last.magnitude > largest else { return false }
    let fraction = field.unicodeScalars.drop { $0 != format.decimal }.dropFirst()
    let digits = fraction.prefix { $0.isDigit }.count
    let rounding = isWhole ? 0 : 0.5001 * (0..<digits).reduce(1.0) { unit, _ in unit / 10 }
    return (last - sum).magnitude <= rounding + 1e-9 * magnitudes
  }
}
