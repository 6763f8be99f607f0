// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// Named columns of texts, every record as wide as the header.
struct Table: Sendable {
  let path: String
  let names: [String]
  let records: [DelimitedText.Record]
  /// What may be the separator, as an argument, where the first line has one field that holds another.
  private let likelySeparator: String?

  /// Reads a file; without a header the columns are called `1`, `2`, …
  ///
  /// Throws if there is no record, a record has another number of fields or a name is doubled or empty.
  init(path: String, separator: UInt8, hasHeader: Bool) throws(DatasetError) {
    try self.init(fileBytes(path), path: path, separator: separator, hasHeader: hasHeader)
  }

  init(
    _ bytes: [UInt8],
    path: String,
    separator: UInt8,
    hasHeader: Bool
  ) throws(DatasetError) {
    var found: [DelimitedText.Record]
    do {
      found = try DelimitedText(bytes, separator: separator).records
    } catch {
      throw .table(path: path, line: error.line, DatasetError.TableFact(error.fact, bytes))
    }
    if let wide = TextEncoding.wide(bytes) { throw .table(path: path, line: 1, .notUTF8(wide)) }
    self.path = path
    guard let first = found.first else { throw .table(path: path, line: nil, .empty) }
    likelySeparator = Self.likelySeparator(first.fields, separator)
    if hasHeader {
      names = first.fields
      found.removeFirst()
    } else {
      names = (1...first.fields.count).map { "\($0)" }
    }
    records = found
    try checkNames(at: first.line)
    guard !records.isEmpty else { throw .table(path: path, line: first.line, .onlyHeader) }
    for record in records where record.fields.count != names.count {
      throw .table(
        path: path,
        line: record.line,
        .ragged(expected: names.count, got: record.fields.count, separator: likelySeparator)
      )
    }
  }

  private static func likelySeparator(_ fields: [String], _ separator: UInt8) -> String? {
    guard fields.count == 1 else { return nil }
    let known: [(character: UInt8, argument: String)] = [
      (UInt8(ascii: ";"), "\";\""), (UInt8(ascii: "\t"), "tab"), (UInt8(ascii: "|"), "\"|\""),
      (UInt8(ascii: ","), "\",\""),
    ]
    return known.first { $0.character != separator && fields[0].utf8.contains($0.character) }?
      .argument
  }

  private func checkNames(at line: Int) throws(DatasetError) {
    var places: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      guard !name.isEmpty else {
        throw .table(path: path, line: line, .unnamedColumn(index + 1))
      }
      if let first = places[name] {
        throw .table(path: path, line: line, .doubledColumn(name, first: first, second: index + 1))
      }
      places[name] = index + 1
    }
  }

  /// The place of a column; `role` says what it was wanted for.
  func index(of name: String, role: String) throws(DatasetError) -> Int {
    guard let index = names.firstIndex(of: name) else {
      throw .table(
        path: path,
        line: nil,
        .unknownColumn(name, role: role, among: names, separator: likelySeparator)
      )
    }
    return index
  }
}

extension DatasetError.TableFact {
  fileprivate init(_ fact: DelimitedTextError.Fact, _ bytes: [UInt8]) {
    switch fact {
    case .notUTF8: self = .notUTF8(TextEncoding(bytes))
    case .unterminatedQuote: self = .unterminatedQuote
    case .textAfterQuote: self = .textAfterQuote
    case .quoteInField: self = .quoteInField
    }
  }
}
