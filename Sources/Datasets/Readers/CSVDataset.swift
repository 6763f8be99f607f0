// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import DeterministicMath

/// Tables of the user's own: a CSV file for training and, if given, one for testing.
struct CSVDataset: DatasetSource {
  var version: Int { 2 }
  var warnsOfColumns: Bool { true }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let separator = try separator(request)
    let hasHeader = request.boolean("header")
    let trainPath = request.text("train")
    let testPath = request.arguments["test"] == nil ? nil : request.text("test")
    let format = try format(request)
    let encoding = TableEncoding(
      target: request.text("target"),
      dropped: request.words("drop") ?? [],
      missing: MissingFields(request.words("missing") ?? [], format),
      format: format,
      categorical: request.words("categorical") ?? [],
      numeric: request.words("numeric") ?? [],
      hasLogTarget: request.boolean("log_target")
    )
    let paths = [trainPath] + (testPath.map { [$0] } ?? [])
    let arguments = request.canonical(version: version)
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey("csv", arguments),
      identity: "reader \(TableEncoding.readerVersion)\n" + arguments + "\n" + identity(of: paths)
    ) { () throws(DatasetError) in
      let train = try Table(path: trainPath, separator: separator, hasHeader: hasHeader)
      var test: Table?
      if let testPath {
        test = try Table(path: testPath, separator: separator, hasHeader: hasHeader)
      }
      try check(format, separator, [train] + (test.map { [$0] } ?? []))
      return try encoding.encoded(train: train, test: test)
    }
  }

  /// The record's line, for which the table is read once more.
  func notClass(_ target: TargetPlace, _ request: DatasetRequest) -> DatasetError? {
    let path = request.text(target.part)
    let name = request.text("target")
    guard let separator = try? separator(request),
      let table = try? Table(
        path: path,
        separator: separator,
        hasHeader: request.boolean("header")
      ),
      let place = table.names.firstIndex(of: name), table.records.indices.contains(target.record)
    else { return nil }
    let record = table.records[target.record]
    return .table(path: path, line: record.line, .notClass(name, record.fields[place]))
  }

  /// How numbers are written; the signs are those that the catalog allows.
  private func format(_ request: DatasetRequest) throws(DatasetError) -> NumberFormat {
    func sign(_ key: String) -> Unicode.Scalar? {
      request.arguments[key] == nil ? nil : request.text(key).unicodeScalars.first
    }
    let format = NumberFormat(decimal: sign("decimal") ?? ".", thousands: sign("thousands"))
    guard format.decimal != format.thousands else {
      throw .option(.decimalIsThousands("\(format.decimal)"))
    }
    return format
  }

  /// Where the decimal sign also separates fields, quotes must keep them apart.
  private func check(
    _ format: NumberFormat,
    _ separator: UInt8,
    _ tables: [Table]
  ) throws(DatasetError) {
    guard format.decimal == Unicode.Scalar(separator) else { return }
    let isQuoted = tables.contains { table in
      table.records.contains { $0.fields.contains { $0.utf8.contains(separator) } }
    }
    guard !isQuoted else { return }
    throw .option(.decimalIsSeparator("\(format.decimal)"))
  }

  /// One ASCII character, or the word `tab`.
  private func separator(_ request: DatasetRequest) throws(DatasetError) -> UInt8 {
    let text = request.text("separator")
    if text == "tab" || text == "\\t" { return UInt8(ascii: "\t") }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte == 0x09 || byte >= 0x20,
      byte != UInt8(ascii: "\"")
    else { throw .option(.separator(text)) }
    return byte
  }
}

/// The natural logarithm that logarithmic targets are.
func naturalLogarithm(_ value: Double) -> Double { Elementary.log(value) }
