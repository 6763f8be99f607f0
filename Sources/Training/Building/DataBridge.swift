// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import Experiments

extension DatasetRequest {
  /// What a manifest's `data:` asks of the library; `runSeed` counts where `data.seed` follows it.
  ///
  /// Standard values of arguments that came later are left out: drawn data keep their identity.
  package init(_ data: DataSpecification, runSeed: Int) {
    self.init(
      data.dataset.name,
      data.dataset.withoutStandardAdditions.arguments.compactMapValues { DatasetArgument($0) },
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

extension DatasetArgument {
  /// The same value, or nil where it was left out.
  init?(_ value: ArgumentValue) {
    switch value {
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .boolean(let flag): self = .boolean(flag)
    case .list(let values): self = .list(values.compactMap { DatasetArgument($0) })
    case .mapping(let values): self = .mapping(values.compactMapValues { DatasetArgument($0) })
    default: return nil
    }
  }
}

extension DataOptions {
  /// Limits, split and standardisation of a manifest's `data:`.
  package init(_ data: DataSpecification) {
    self.init(
      validation: data.validation.map { validation in
        switch validation {
        case .count(let count): .count(count)
        case .fraction(let share): .fraction(share)
        }
      },
      folds: data.folds,
      trainLimit: data.trainLimit,
      testLimit: data.testLimit,
      task: data.task.map { $0 == .classification ? .classification : .regression },
      standardization: {
        switch data.standardize {
        case .none: .none
        case .inputs: .inputs
        case .both: .both
        }
      }(),
      outliers: data.outliers.map { outliers in
        Outliers(share: outliers.share, deviation: outliers.deviation)
      },
      augmentation: data.augmentation.map { augmentation in
        Augmentation(
          flipsHorizontally: augmentation.flipsHorizontally,
          shift: augmentation.shift,
          cropPadding: augmentation.cropPadding
        )
      }
    )
  }
}
