// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A kind of data set: how a request becomes arrays.
protocol DatasetSource: Sendable {
  /// Raised whenever the same request yields other data.
  var version: Int { get }

  /// Whether its columns are the user's own, so that what looks wrong with them is worth a word.
  var warnsOfColumns: Bool { get }

  /// The error for a target that is no class though the task wants one; nil if the source has no better place for it.
  func notClass(_ target: TargetPlace, _ request: DatasetRequest) -> DatasetError?

  /// What is known without making the data; nil if it must be loaded to know.
  func outline(_ request: DatasetRequest) throws(DatasetError) -> DatasetOutline?

  /// The whole set.
  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
}

extension DatasetSource {
  var warnsOfColumns: Bool { false }

  func notClass(_ target: TargetPlace, _ request: DatasetRequest) -> DatasetError? { nil }

  func outline(_ request: DatasetRequest) throws(DatasetError) -> DatasetOutline? { nil }
}

/// Where a target stands, and its value.
struct TargetPlace: Hashable, Sendable {
  /// `train` or `test`.
  var part: String
  /// Which record of the part, from 0.
  var record: Int
  var value: Double
}

/// What is known of a set before limits and split.
struct DatasetOutline: Hashable, Sendable {
  var meaning: DecodedSet.Meaning
  /// Training records: examples, or tokens of a text.
  var trainRecords: Int
  /// Test examples.
  var testRecords: Int
  var contentSHA256: String
  /// Bytes of all records.
  var byteCount: Int

  init(
    meaning: DecodedSet.Meaning,
    trainRecords: Int,
    testRecords: Int,
    contentSHA256: String,
    byteCount: Int
  ) {
    self.meaning = meaning
    self.trainRecords = trainRecords
    self.testRecords = testRecords
    self.contentSHA256 = contentSHA256
    self.byteCount = byteCount
  }

  init(_ set: DecodedSet, _ standardize: DataOptions.Standardization) {
    self.init(
      meaning: set.meaning,
      trainRecords: set.array("train", "inputs")?.count ?? 0,
      testRecords: set.array("test", "inputs")?.count ?? 0,
      contentSHA256: set.contentSHA256(standardize),
      byteCount: set.storage.count
    )
  }
}
