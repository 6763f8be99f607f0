// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// The probable meaning of columns without a name.
public enum UnnamedColumns: Hashable, Sendable {
  /// The first one counts the records.
  case index
  /// The first one holds something else.
  case rowNames
  /// The last columns have no value, because each line ends with separators.
  case emptyEnd
  /// The first line ends with a separator, but the records do not.
  case headerEnd
  /// The given names look like numbers, as in a record.
  case record
  /// Anything else.
  case other

  init(_ places: [Int], _ names: [String], _ records: [DelimitedText.Record]) {
    let areLast = places == Array(names.count - places.count..<names.count)
    if names.count > places.count,
      names.allSatisfy({ $0.isEmpty || FieldNumber($0) != .text })
    {
      self = .record
    } else if areLast, !records.isEmpty,
      records.allSatisfy({ $0.fields.count == names.count - places.count })
    {
      self = .headerEnd
    } else if areLast,
      records.allSatisfy({ $0.fields.dropFirst(places[0]).allSatisfy(\.isEmpty) })
    {
      self = .emptyEnd
    } else if places == [0] {
      self = Self.countsRecords(records) ? .index : .rowNames
    } else {
      self = .other
    }
  }

  private static func countsRecords(_ records: [DelimitedText.Record]) -> Bool {
    guard let first = records.first.flatMap({ Int($0.fields[0]) }) else { return false }
    return records.enumerated().allSatisfy { Int($1.fields[0]) == first + $0 }
  }

  /// `places` count from 1.
  func sentence(_ places: [Int]) -> String {
    let shown = places.prefix(5).map { "\($0)" }
    let list =
      places.count > 5
      ? shown.joined(separator: ", ") + ", …"
      : shown.count == 1
        ? shown[0] : shown.dropLast().joined(separator: ", ") + " and \(shown[shown.count - 1])"
    let subject = places.count == 1 ? "column \(list) has no name" : "columns \(list) have no name"
    return switch self {
    case .index: "\(subject) and only counts the records, as an index does"
    case .rowNames, .record, .other: subject
    case .emptyEnd: "\(subject) and no value: the lines end with a separator"
    case .headerEnd: "\(subject): this line ends with a separator, the records do not"
    }
  }

  var hints: [String] {
    switch self {
    case .index, .rowNames:
      [
        "write the file without its row names: `df.to_csv(path, index=False)` in pandas, `write.csv(df, path, row.names = FALSE)` in R",
        "or give the column a name in this line and leave it out with `drop: [NAME]`",
      ]
    case .emptyEnd: ["take the separators at the ends of all lines out of the file"]
    case .headerEnd: ["take the separator at the end of this line out of the file"]
    case .record:
      [
        "`header: false` if this line is a record already",
        "else give each column a name in this line",
      ]
    case .other: ["give each column a name in this line"]
    }
  }
}

/// Why records do not have as many fields as the first line.
public enum RaggedLook: Hashable, Sendable {
  /// The only field contains what may be the `separator`, written as the argument.
  case separator(String)
  /// A record has one field, so the separator may be another one.
  case otherSeparator
  /// A record of one field at the end, which is a remark.
  case remark
  /// The first line has one field and all others have several, so it is a title.
  case title
  /// Each record ends with a separator, but the header does not.
  case recordEnd
  /// Each record has one field more than the header, so there are row names.
  case rowNames
  /// Anything else.
  case other

  /// `wrong` is the first record whose number of fields differs from that of `names`.
  init(
    _ names: [String],
    _ records: [DelimitedText.Record],
    _ wrong: DelimitedText.Record,
    likelySeparator: String?
  ) {
    let counts = Set(records.map(\.fields.count))
    let more = counts == [names.count + 1]
    if let likelySeparator {
      self = .separator(likelySeparator)
    } else if names.count == 1, records.count > 1, wrong.fields.count > 1,
      records.suffix(records.count / 2 + 1).allSatisfy({ $0.fields.count > 1 })
    {
      self = .title
    } else if more, records.allSatisfy({ $0.fields.last?.isEmpty == true }) {
      self = .recordEnd
    } else if more {
      self = .rowNames
    } else if names.count > 1, wrong.fields.count == 1 {
      let text = wrong.fields[0].utf8
      let holdsSign = [";", "\t", "|"].contains { (sign: Character) in
        text.contains(sign.asciiValue ?? 0)
      }
      let isLast = records.last?.line == wrong.line && records.count > 1
      self = isLast && !holdsSign ? .remark : .otherSeparator
    } else {
      self = .other
    }
  }

  var hint: String {
    switch self {
    case .separator(let argument): "`separator: \(argument)` if that stands between the fields"
    case .otherSeparator:
      "is the `separator` another one? `separator: tab` stands for tabulators"
    case .remark: "the last line looks like a remark: take it out of the file"
    case .title: "the first line looks like a title: the file must begin with the columns' names"
    case .recordEnd:
      "each record ends with a separator: take these out of the file"
    case .rowNames:
      "each record has one field more than the first line: `write.csv(df, path, row.names = FALSE)` in R leaves row names out"
    case .other: "a field that holds the separator is put between quotes"
    }
  }
}
