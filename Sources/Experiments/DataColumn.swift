// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A column of the table that a run was trained on, captured when the run ended.
public struct DataColumn: Hashable, Codable, Sendable {
  /// The column's name.
  public var name: String
  /// `input`, `target` or `dropped`.
  public var role: String
  /// `number`, `categories` or `classes`.
  public var kind: String
  /// The smallest number of the training file; nil for categories.
  public var minimum: Double?
  /// The largest.
  public var maximum: Double?
  /// How many categories or classes there are; nil for numbers.
  public var categoryCount: Int?
  /// The first of them, in the order of their inputs.
  public var categories: [String]?
  /// The share of the training file's records that have no value, 0 … 1.
  public var missingShare: Double

  /// A column.
  public init(
    name: String,
    role: String,
    kind: String,
    minimum: Double? = nil,
    maximum: Double? = nil,
    categoryCount: Int? = nil,
    categories: [String]? = nil,
    missingShare: Double = 0
  ) {
    self.name = name
    self.role = role
    self.kind = kind
    self.minimum = minimum
    self.maximum = maximum
    self.categoryCount = categoryCount
    self.categories = categories
    self.missingShare = missingShare
  }

  private enum CodingKeys: String, CodingKey {
    case name, role, kind, minimum, maximum, categories
    case categoryCount = "category_count"
    case missingShare = "missing_share"
  }
}

/// The columns of a table.
public struct DataColumns: Hashable, Codable, Sendable {
  /// The first of them, in the table's order.
  public var columns: [DataColumn]
  /// How many there are in all.
  public var count: Int

  /// More are not kept: a wide table's facts would outweigh its runs.
  public static let kept = 500

  /// The first ones of all columns.
  public init(_ all: [DataColumn]) {
    columns = Array(all.prefix(Self.kept))
    count = all.count
  }
}

extension CaptureKind<DataColumns> {
  /// The columns of the table that a run was trained on.
  public static var columns: Self { Self("columns") }
}
