// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// What training, validation and test part of a table lack.
@Suite struct TablePartsTests {
  private func warnings(
    _ train: String,
    _ test: String? = nil,
    _ options: DataOptions = DataOptions()
  ) throws -> [String] {
    let folder = try CSVTests.files(train, test)
    return try folder.library.describe(CSVTests.request(folder, hasTest: test != nil), options)
      .findings.map(\.diagnostic.rendered)
  }

  /// Records with one number and this class each.
  private func table(_ classes: [String]) -> String {
    "x,y\n" + classes.enumerated().map { "\($0 * 37 % 11).5,\($1)\n" }.joined()
  }

  private func repeated(_ name: String, _ count: Int) -> [String] {
    [String](repeating: name, count: count)
  }

  // MARK: - Classes

  @Test func `a training part of one class is told, as of other data`() throws {
    let sorted = table(repeated("A", 30) + repeated("B", 30))
    let message = """
      warning: all training examples are of one class, `A`
      hint: a network learns to tell classes apart: check the targets, or `train_limit` where examples lie sorted by class
      """
    #expect(try warnings(sorted, nil, DataOptions(trainLimit: 30)) == [message])
    #expect(try warnings(sorted, nil, DataOptions(trainLimit: 31)) == [])
    #expect(try warnings(sorted) == [])
    // Numbers that a task makes classes of.
    let numbers = table(repeated("0", 30) + repeated("1", 30))
    let options = DataOptions(trainLimit: 30, task: .classification)
    #expect(try warnings(numbers, nil, options) == [message.replacing("`A`", with: "0")])
  }

  @Test func `classes that a limit leaves out are told`() throws {
    let sorted = table(repeated("A", 20) + repeated("B", 20) + repeated("C", 20))
    #expect(
      try warnings(sorted, nil, DataOptions(trainLimit: 40)) == [
        """
        warning: 1 of 3 classes of the target `y` has no training example: `C`
        hint: `train_limit` keeps the first records: mix those of the file if they lie sorted by class
        """
      ]
    )
    #expect(
      try warnings(sorted, sorted, DataOptions(testLimit: 20)) == [
        """
        warning: 2 of 3 classes of the target `y` have no test example: `B`, `C`
        hint: the test part says nothing of these classes: raise `test_limit`, or mix the records of the file
        """
      ]
    )
  }

  @Test func `a test file without some classes is told`() throws {
    let train = table(["A", "B", "C", "A", "B", "C"])
    #expect(
      try warnings(train, table(["A", "B", "B"])) == [
        """
        warning: 1 of 3 classes of the target `y` has no test example: `C`
        hint: the test part says nothing of this class: put records of it into the test file
        """
      ]
    )
    #expect(try warnings(train, table(["C", "A", "B"])) == [])
  }

  @Test func `a class that one fold holds is told`() throws {
    let rare = table((0..<30).map { $0 == 7 ? "C" : $0 % 2 == 0 ? "A" : "B" })
    #expect(
      try warnings(rare, nil, DataOptions(folds: 5)) == [
        """
        warning: 1 of 3 classes of the target `y` has all examples in one fold, which is tested by a network that never saw them: `C`
        hint: add records of the class, or take it out of the file
        """
      ]
    )
    #expect(try warnings(rare) == [])
    let even = table((0..<30).map { ["A", "B", "C"][$0 % 3] })
    #expect(try warnings(even, nil, DataOptions(folds: 3)) == [])
  }

  @Test func `a target of numbers that a limit makes constant is told`() throws {
    let sorted = table(repeated("0.5", 30) + repeated("1.5", 10) + repeated("2.5", 10))
    #expect(
      try warnings(sorted, nil, DataOptions(trainLimit: 30)) == [
        """
        warning: the target `y` is one number in all 30 training examples, so there is nothing to learn
        hint: `train_limit` keeps the first records: mix those of the file if they lie sorted by the target
        """
      ]
    )
    #expect(try warnings(sorted) == [])
  }

  // MARK: - Missing values

  private func numbers(_ count: Int, _ isMissing: (Int) -> Bool = { _ in false }) -> String {
    "a,c,y\n"
      + (0..<count).map {
        "\(isMissing($0) ? "" : "\($0 * 7 % 10).25"),\(["u", "v"][$0 % 2]),\($0 % 3).5\n"
      }.joined()
  }

  @Test func `a column that the test file leaves empty is told`() throws {
    let hint =
      "hint: is the test file complete? a missing number becomes the mean of the training part"
    #expect(
      try warnings(numbers(60), numbers(30) { _ in true }) == [
        """
        warning: the column `a` has no value in 30 of 30 records of the test part (100 %), and in 0 of 60 of the training part (0 %)
        \(hint)
        """
      ]
    )
    #expect(
      try warnings(numbers(60) { $0 % 10 == 0 }, numbers(30) { $0 % 2 == 0 }) == [
        """
        warning: the column `a` has no value in 15 of 30 records of the test part (50 %), and in 6 of 60 of the training part (10 %)
        \(hint)
        """
      ]
    )
    #expect(try warnings(numbers(60) { $0 % 2 == 0 }, numbers(30) { $0 % 2 == 0 }) == [])
    #expect(try warnings(numbers(60), numbers(30) { $0 == 3 }) == [])
  }

  @Test func `categories that the test file leaves out are told`() throws {
    func table(_ count: Int, _ missing: (Int) -> Bool) -> String {
      "c,y\n"
        + (0..<count).map { "\(missing($0) ? "" : ["u", "v"][$0 % 2]),\($0 % 3).5\n" }.joined()
    }
    #expect(
      try warnings(table(40) { $0 == 3 }, table(20) { $0 % 2 == 0 }) == [
        """
        warning: the column `c` has no value in 10 of 20 records of the test part (50 %), and in 1 of 40 of the training part (3 %)
        hint: is the test file complete? a missing number becomes the mean of the training part
        """
      ]
    )
    #expect(
      try warnings(table(40) { _ in false }, table(20) { _ in true }) == [
        "warning: column `c`: 1 category of the test part never occurs in training: a missing value (20 of 20 records); its weight stays untrained"
      ]
    )
  }

  @Test func `a column that a limit leaves empty is told`() throws {
    #expect(
      try warnings(numbers(60) { $0 < 20 }, nil, DataOptions(trainLimit: 20)) == [
        """
        warning: the column `a` has no value in any of the 20 training examples, so nothing is learnt from it
        hint: raise `train_limit`, or leave it out with `drop: [a]`
        """
      ]
    )
  }
}
