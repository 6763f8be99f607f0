// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Experiments
@testable import Vocabulary

/// The one description of a specification's keys, which reader, content, listings and documentation walk.
@Suite struct DescriptionTests {
  /// Properties that have no key of their own, with the key that holds them.
  private static let shared = ["followsRunSeed": "seed", "logEverySteps": "log.every_steps"]

  private func undescribed<Section: Described>(_ section: Section) -> Int {
    // The options of the data have their keys beside those of the data.
    let properties = Mirror(reflecting: section).children.flatMap { child in
      (child.value as? DataOptions).map { Mirror(reflecting: $0).children.map(\.label) }
        ?? [child.label]
    }.compactMap(\.self).filter { Self.shared[$0] == nil }
    return properties.count - Section.fields.count
  }

  @Test func `every property of a section has a key`() {
    #expect(undescribed(DataSpecification.blank) == 0)
    #expect(undescribed(Outliers.blank) == 0)
    #expect(undescribed(Augmentation.blank) == 0)
    #expect(undescribed(Augmentation.Crop.blank) == 0)
    #expect(undescribed(Initialization.blank) == 0)
    #expect(undescribed(TrainSpecification.blank) == 0)
    #expect(undescribed(EarlyStopping.blank) == 0)
    // `log` is a section of its own, and a property of `train`.
    #expect(undescribed(RunSpecification.blank) == -1)
  }

  @Test func `a key that has to be given is missed, a value of another kind refused`() {
    let outliers = ["share": ArgumentValue.real(0.5)]
    #expect(
      Outliers.setting(.mapping(outliers)) == Outliers(share: 0.5, deviation: 10)
    )
    #expect(Outliers.setting(.mapping([:])) == nil)
    #expect(
      Outliers.setting(.mapping(outliers.merging(["deviation": "ten".argument]) { $1 })) == nil
    )
    #expect(TrainSpecification.setting(.mapping(["epochs": 3.argument])) == nil)
    let whole = ["epochs": 3.argument, "batch_size": "all".argument]
    #expect(
      TrainSpecification.setting(.mapping(whole)) == TrainSpecification(epochs: 3, batchSize: nil)
    )
    #expect(
      TrainSpecification.setting(.mapping(whole.merging(["batch_size": "most".argument]) { $1 }))
        == nil
    )
  }

  @Test func `what leaving out means follows from the section with nothing set`() {
    let standards = TrainSpecification.descriptions.map(\.standard)
    #expect(
      standards == [
        nil, nil, .boolean(true), ArgumentValue.none, ArgumentValue.none, .integer(1),
        ArgumentValue.none,
      ]
    )
    #expect(TrainSpecification.descriptions.map(\.isRequired).prefix(3) == [true, true, false])
    #expect(
      DataSpecification.descriptions.filter(\.allowsNone).map(\.name) == [
        "validation", "folds", "train_limit", "test_limit", "task", "outliers", "augment",
      ]
    )
  }

  @Test func `a seed that follows the run's is a word`() throws {
    var data = DataSpecification(dataset: Component("moons"), seed: 7)
    #expect(data.entries.first { $0.key.name == "seed" }?.value == .integer(7))
    (data.followsRunSeed, data.seed) = (true, 0)
    #expect(data.entries.first { $0.key.name == "seed" }?.value == .text("${seed}"))
    #expect(DataSpecification.setting(data.argument) == data)
  }
}
