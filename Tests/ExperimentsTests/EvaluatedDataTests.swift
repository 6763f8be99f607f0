// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

/// Which data make numbers comparable.
@Suite struct EvaluatedDataTests {
  private func key(
    _ name: String,
    _ arguments: [String: ArgumentValue] = [:],
    _ change: (inout DataSpecification) -> Void = { _ in }
  ) -> EvaluatedData {
    var complete = arguments
    for argument in Catalog.definition(name, in: .datasets)?.arguments ?? []
    where complete[argument.name] == nil {
      complete[argument.name] = argument.standard
    }
    var data = DataSpecification(dataset: Component(name, complete))
    change(&data)
    return EvaluatedData(data)
  }

  @Test func `another set, another task or other units are other data`() {
    let copy = key("copy")
    #expect(key("copy", ["lag": .integer(50)]) != copy)
    #expect(key("copy", ["targets": .text("symbols")]) != copy)
    #expect(key("adding") != copy)
    #expect(key("linear", ["noise": .real(1)]) != key("linear"))
    #expect(key("house_prices", ["log_target": .boolean(true)]) != key("house_prices"))
    let airfoil = key("airfoil")
    #expect(key("airfoil") { $0.task = .classification } != airfoil)
    #expect(key("airfoil") { $0.standardize = .both } != airfoil)
    #expect(key("airfoil") { $0.testLimit = 10 } != airfoil)
    let file = { (name: String, test: ArgumentValue) in
      self.key("csv", ["train": .text(name), "test": test, "target": .text("y")])
    }
    #expect(file("a.csv", .none) != file("b.csv", .none))
    #expect(file("a.csv", .text("t.csv")) != file("a.csv", .text("u.csv")))
    #expect(file("a.csv", .text("t.csv")) == file("b.csv", .text("t.csv")))
  }

  @Test func `training pairs are other data where their tokens are the vocabulary`() {
    let french = key("fra_eng")
    #expect(key("fra_eng") { $0.trainLimit = 600 } != french)
    #expect(key("fra_eng") { $0.seed = 3 } == french)
    #expect(key("fra_eng", ["min_frequency": .integer(1)]) != french)
    let pairs = { (train: String) in
      self.key("pairs", ["train": .text(train), "test": .text("t.txt")])
    }
    #expect(pairs("a.txt") != pairs("b.txt"))
    #expect(pairs("a.txt") == pairs("a.txt"))
  }

  @Test func `what is trained on or shown is no other task`() {
    let copy = key("copy")
    #expect(key("copy", ["train": .integer(5)]) == copy)
    #expect(key("copy", ["targets": .text("all")]) == copy)
    let airfoil = key("airfoil")
    #expect(key("airfoil") { $0.outliers = Outliers(share: 0.1, deviation: 10) } == airfoil)
    #expect(key("airfoil") { $0.trainLimit = 100 } == airfoil)
    #expect(key("airfoil") { $0.standardize = .inputs } == airfoil)
    #expect(key("airfoil") { $0.seed = 3 } == airfoil)
    #expect(key("airfoil") { $0.folds = 5 } == airfoil)
    let glyphs = key("glyphs")
    #expect(key("glyphs") { $0.augmentation = Augmentation(shift: 2) } == glyphs)
    #expect(key("time_machine", ["steps": .integer(70)]) == key("time_machine"))
    #expect(key("time_machine", ["tokens": .text("word")]) != key("time_machine"))
  }
}
