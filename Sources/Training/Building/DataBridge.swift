// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import Experiments
package import Vocabulary

extension DatasetRequest {
  /// What a manifest's `data:` asks of the library; `runSeed` counts where `data.seed` follows it.
  ///
  /// Standard values of arguments that came later are left out: drawn data keep their identity.
  package init(_ data: DataSpecification, runSeed: Int) {
    self.init(
      data.dataset.name,
      data.dataset.withoutStandardAdditions.arguments.compactMapValues(\.given),
      seed: data.followsRunSeed ? runSeed : data.seed
    )
  }
}

extension DataColumns {
  /// The columns of a table; nil for other data.
  package init?(_ description: DatasetDescription) {
    guard !description.columns.isEmpty else { return nil }
    self.init(description.columns.map { DataColumn($0) })
  }
}

extension DataColumn {
  fileprivate init(_ facts: ColumnFacts) {
    let isNumber = facts.kind == .number
    self.init(
      name: facts.name,
      role: facts.role.rawValue,
      kind: facts.kind.rawValue,
      minimum: facts.minimum,
      maximum: facts.maximum,
      categoryCount: isNumber ? nil : facts.categoryCount,
      categories: isNumber ? nil : facts.categories,
      missingShare: facts.records > 0 ? Double(facts.missing) / Double(facts.records) : 0
    )
  }
}

extension ArgumentValue {
  /// The value without what was left out inside; nil if it was left out itself.
  fileprivate var given: ArgumentValue? {
    switch self {
    case .none: nil
    case .list(let values): .list(values.compactMap(\.given))
    case .mapping(let values): .mapping(values.compactMapValues(\.given))
    default: self
    }
  }
}
