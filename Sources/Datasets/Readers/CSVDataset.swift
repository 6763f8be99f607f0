// SPDX-License-Identifier: Apache-2.0

internal import Numerics

/// Tables of the user's own: a CSV file for training and, if given, one for testing.
struct CSVDataset: DatasetSource {
  var version: Int { 2 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let separator = try separator(request)
    let hasHeader = request.boolean("header")
    let trainPath = request.text("train")
    let testPath = request.arguments["test"] == nil ? nil : request.text("test")
    let encoding = TableEncoding(
      target: request.text("target"),
      dropped: request.words("drop") ?? [],
      missing: Set(request.words("missing") ?? []),
      categorical: request.words("categorical") ?? [],
      numeric: request.words("numeric") ?? [],
      hasLogTarget: request.boolean("log_target")
    )
    let paths = [trainPath] + (testPath.map { [$0] } ?? [])
    let arguments = request.canonical(version: version)
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey("csv", arguments),
      identity: arguments + "\n" + identity(of: paths)
    ) { () throws(DatasetError) in
      let train = try Table(path: trainPath, separator: separator, hasHeader: hasHeader)
      var test: Table?
      if let testPath {
        test = try Table(path: testPath, separator: separator, hasHeader: hasHeader)
      }
      return try encoding.encoded(train: train, test: test)
    }
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
