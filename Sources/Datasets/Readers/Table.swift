// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// Named columns of texts, every record as wide as the header.
struct Table: Sendable {
  let path: String
  let names: [String]
  let records: [DelimitedText.Record]
  /// Whether the names are those of the file.
  let hasHeader: Bool
  /// What may be the separator, as an argument, where the first line has one field that holds another.
  let likelySeparator: String?

  /// Reads a file; without a header the columns are called `1`, `2`, …
  ///
  /// A line `sep=;` in front, by which Excel knows the separator, is no record and must name the same one. Throws if there
  /// is no record, a record has another number of fields or a name is doubled or empty.
  init(path: String, separator: UInt8, hasHeader: Bool) throws(DatasetError) {
    try self.init(fileBytes(path), path: path, separator: separator, hasHeader: hasHeader)
  }

  init(
    _ bytes: [UInt8],
    path: String,
    separator: UInt8,
    hasHeader: Bool
  ) throws(DatasetError) {
    if let look = FileLook(bytes) { throw .table(path: path, line: nil, .foreignFile(look)) }
    var found: [DelimitedText.Record]
    do {
      found = try DelimitedText(bytes, separator: separator).records
    } catch {
      let other = error.fact == .notUTF8 ? nil : Self.otherSeparator(bytes, separator)
      let fact = other ?? DatasetError.TableFact(error.fact, bytes)
      throw .table(path: path, line: other == nil ? error.line : 1, fact)
    }
    if let wide = TextEncoding.wide(bytes) { throw .table(path: path, line: 1, .notUTF8(wide)) }
    (self.path, self.hasHeader) = (path, hasHeader)
    if let named = found.first.flatMap({ Self.namedSeparator($0.fields, separator) }) {
      guard named == separator else {
        throw .table(path: path, line: found[0].line, .otherSeparator(argument(named)))
      }
      found.removeFirst()
    }
    guard let first = found.first else { throw .table(path: path, line: nil, .empty) }
    likelySeparator = Self.likelySeparator(first.fields, separator)
    if hasHeader {
      names = first.fields
      found.removeFirst()
    } else {
      names = (1...first.fields.count).map { "\($0)" }
    }
    records = found
    let isAligned =
      separator == UInt8(ascii: " ") && AlignedText(first.fields, records)?.hasRuns == true
    try checkNames(at: first.line, isAligned: isAligned)
    guard !records.isEmpty else { throw .table(path: path, line: first.line, .onlyHeader) }
    for record in records where record.fields.count != names.count {
      if isAligned { throw .table(path: path, line: record.line, .alignedBySpaces) }
      throw .table(
        path: path,
        line: record.line,
        .ragged(
          expected: names.count,
          got: record.fields.count,
          RaggedLook(names, records, record, likelySeparator: likelySeparator)
        )
      )
    }
  }

  /// What the first line says of the separator where quotes do not fit the one that is set.
  private static func otherSeparator(
    _ bytes: [UInt8],
    _ separator: UInt8
  ) -> DatasetError.TableFact? {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let first = try? DelimitedText(Array(line), separator: separator).records.first?.fields
    guard let fields = first ?? nil else { return nil }
    if let named = namedSeparator(fields, separator) {
      return named == separator ? nil : .otherSeparator(argument(named))
    }
    return likelySeparator(fields, separator).map { .likelySeparator($0) }
  }

  /// The separator that a first line `sep=;` names.
  private static func namedSeparator(_ fields: [String], _ separator: UInt8) -> UInt8? {
    let line = fields.joined(separator: String(Unicode.Scalar(separator)))
    guard line.lowercased().hasPrefix("sep="), line.utf8.count == 5, let sign = line.utf8.last,
      !Unicode.Scalar(sign).properties.isAlphabetic
    else { return nil }
    return sign
  }

  private static func likelySeparator(_ fields: [String], _ separator: UInt8) -> String? {
    guard fields.count == 1 else { return nil }
    let known = [";", "\t", "|", ","].compactMap { (sign: Character) in sign.asciiValue }
    return known.first { $0 != separator && fields[0].utf8.contains($0) }.map(argument)
  }

  private func checkNames(at line: Int, isAligned: Bool) throws(DatasetError) {
    let unnamed = names.indices.filter { names[$0].isEmpty }
    guard unnamed.isEmpty else {
      if isAligned { throw .table(path: path, line: line, .alignedBySpaces) }
      let look = UnnamedColumns(unnamed, names, records)
      throw .table(path: path, line: line, .unnamedColumns(unnamed.map { $0 + 1 }, look))
    }
    var places: [String: Int] = [:]
    for (index, name) in names.enumerated() {
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
        .unknownColumn(name, role: role, among: names, HeaderLook(name, self))
      )
    }
    return index
  }
}

/// A separator as an argument.
private func argument(_ separator: UInt8) -> String {
  separator == UInt8(ascii: "\t") ? "tab" : "\"\(Unicode.Scalar(separator))\""
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
