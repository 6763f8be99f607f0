// SPDX-License-Identifier: Apache-2.0

/// What the numbers of a column have in common, gathered in file order.
struct NumberSurvey {
  let name: String
  let format: NumberFormat
  private(set) var minimum: Double?
  private(set) var maximum: Double?
  private var count = 0
  private var isWhole = true
  private var areDates = true
  private var rises = true
  private var last: Double?
  private var seen = Set<Double>()
  private var hasRepeats = false
  private var zero: String?
  private var example = ""
  private var far = FarSurvey()
  private var groups: GroupSurvey
  private var sums = SumSurvey()

  init(name: String, format: NumberFormat) {
    (self.name, self.format) = (name, format)
    groups = GroupSurvey(format)
  }

  mutating func add(_ field: String, _ value: Double) {
    minimum = Swift.min(minimum ?? value, value)
    maximum = Swift.max(maximum ?? value, value)
    if count == 0 { example = field }
    count += 1
    far.add(field, value)
    groups.add(field, value)
    sums.add(value)
    isWhole = isWhole && value == value.rounded(.down)
    areDates = areDates && isDateNumber(value)
    rises = rises && (last.map { value == $0 + 1 } ?? true)
    last = value
    if isWhole, !hasRepeats { hasRepeats = !seen.insert(value).inserted }
    let digits = field.utf8.prefix(2)
    if zero == nil, isWhole, digits.count == 2, digits.first == UInt8(ascii: "0"),
      digits.last.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true
    {
      zero = field
    }
  }

  /// Whether the last number, written like this, is the sum of the others.
  func lastIsSum(_ field: String) -> Bool { sums.lastIsSum(field, isWhole, format) }

  func remarks(of records: Int) -> [ColumnRemark] {
    let strange = [far.remark, groups.remark].compactMap(\.self)
    return kindRemarks(of: records) + strange
  }

  private func kindRemarks(of records: Int) -> [ColumnRemark] {
    guard count > 0, let minimum, let maximum else { return [] }
    if minimum == maximum, count > 1 { return [.constant(example)] }
    if areDates { return [.dateNumbers(example)] }
    guard isWhole else { return [] }
    if !hasRepeats, count >= 10, count == records {
      let isCounted = (minimum == 0 || minimum == 1) && maximum - minimum == Double(count - 1)
      let isYears = minimum >= 1500 && maximum <= 2200
      if isCounted || (rises && !isYears) { return [.recordNumbers] }
      if isNameOfID(name) { return [.idNumbers] }
    }
    return zero.map { [.leadingZero($0)] } ?? []
  }
}
