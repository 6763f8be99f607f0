// SPDX-License-Identifier: Apache-2.0

import Datasets
import Testing
import Vocabulary

@Suite struct FoldTests {
  @Test(arguments: [2, 3, 7, 50])
  func `each example is held out exactly once, from the others`(folds: Int) throws {
    let data = try builtIn.prepare(Requests.spirals(), DataOptions(folds: folds))
    #expect(data.foldCount == folds)
    var seen: [Int32] = []
    for fold in (0..<folds).map(data.fold) {
      let held = fold.ids(.validation)
      #expect(Set(held).union(fold.ids(.train)) == Set(0..<50))
      #expect(held.count + fold.ids(.train).count == 50)
      #expect((50 / folds...(50 + folds - 1) / folds).contains(held.count))
      #expect(held == held.sorted())
      #expect(fold.count(.validation) == held.count)
      #expect(fold.count(.train) == 50 - held.count)
      #expect(fold.count(.test) == 20)
      seen += held
    }
    #expect(seen.sorted() == Array(0..<50))
    #expect(data.ids(.validation) == data.fold(0).ids(.validation))
    #expect(
      try data.description == builtIn.describe(Requests.spirals(), DataOptions(folds: folds))
    )
  }

  @Test func `the draw is the seed's, not in file order`() throws {
    let options = DataOptions(folds: 5)
    let first = try builtIn.prepare(Requests.spirals(), options)
    #expect(first.ids(.validation) != Array(0..<10))
    let again = try builtIn.prepare(Requests.spirals(), options)
    #expect(first.fold(3).ids(.validation) == again.fold(3).ids(.validation))
    let other = try builtIn.prepare(Requests.spirals(seed: 1), options)
    #expect(first.ids(.validation) != other.ids(.validation))
  }

  @Test func `scaling is fitted to what the fold is trained on`() throws {
    let options = DataOptions(folds: 4, standardize: .inputs)
    let data = try builtIn.prepare(Requests.spirals(), options)
    for fold in (0..<4).map(data.fold) {
      let values = fold.inputs(.train).map { Double($0) }
      for column in 0..<2 {
        let own = stride(from: column, to: values.count, by: 2).map { values[$0] }
        #expect(abs(own.reduce(0, +) / Double(own.count)) < 1e-6)
        let variance = own.reduce(0) { $0 + $1 * $1 } / Double(own.count)
        #expect(abs(variance - 1) < 1e-5)
      }
    }
  }

  @Test func `too many folds and folds of a text are refused`() throws {
    #expect(
      sentence { _ = try builtIn.prepare(Requests.spirals(), DataOptions(folds: 51)) } == """
        error: expected 2 … 50 folds of 50 examples, got 51
        hint: lower `folds`
        """
    )
    let folder = try TemporaryFolder()
    try folder.write(
      Array(String(repeating: "abc def ", count: 40).utf8),
      "data/time-machine/timemachine.txt"
    )
    let request = Requests.timeMachine(steps: 5)
    #expect(
      sentence { _ = try folder.library.prepare(request, DataOptions(folds: 3)) } == """
        error: `folds` needs examples, but `time_machine` is a text whose windows follow each other
        hint: hold out the end of the text with `validation`
        """
    )
  }
}
