// SPDX-License-Identifier: Apache-2.0

/// House prices of Ames, Iowa (De Cock 2011), in the files of the Kaggle competition: 1,460 sold houses with 79
/// properties, and 1,459 whose prices are not published.
///
/// The second file has no targets: as in "Dive into Deep Learning" (1st edition, section 4.10; 2nd edition, 5.7) it only
/// adds its categories, so that both files together give 331 inputs, each categorical column having one for a missing
/// value. There is no test part; hold out a validation part or use `folds`.
struct HousePrices: DatasetSource {
  var files: FileSet

  var version: Int { 2 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let paths = try files.locate(in: locations)
    let encoding = TableEncoding(
      target: "SalePrice",
      dropped: ["Id"],
      hasLogTarget: request.boolean("log_target"),
      alwaysMarksMissing: true,
      hasTest: false,
      isPublic: true
    )
    let arguments = request.canonical(version: version)
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey(files.name, arguments + paths.joined(separator: "\n")),
      identity: "reader \(TableEncoding.readerVersion)\n" + arguments + "\n" + identity(of: paths)
    ) { () throws(DatasetError) in
      let comma = UInt8(ascii: ",")
      return try encoding.encoded(
        train: Table(path: paths[0], separator: comma, hasHeader: true),
        test: Table(path: paths[1], separator: comma, hasHeader: true)
      )
    }
  }
}
