// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Diagnostics

@Suite struct NearestNameTests {
  let keys = ["learning_rate", "momentum", "nesterov", "weight_decay"]

  @Test(arguments: [
    ("learningrate", "learning_rate"), ("learning-rate", "learning_rate"),
    ("lerning_rate", "learning_rate"),
    ("momentun", "momentum"), ("wieght_decay", "weight_decay"),
  ])
  func `a typo finds its name`(typed: String, meant: String) {
    #expect(nearestName(to: typed, among: keys) == meant)
  }

  @Test func `five letters may hold two mistakes`() {
    #expect(nearestName(to: "glyfs", among: ["spirals", "glyphs"]) == "glyphs")
  }

  @Test(arguments: ["lr", "banana", "x"])
  func `a foreign word finds none`(typed: String) {
    #expect(nearestName(to: typed, among: keys) == nil)
  }

  @Test(arguments: [
    ("test.acc", "test.accuracy"), ("test_acc", "test.accuracy"), ("test.mea", "test.mae"),
    ("test.f1_score", "test.f1"), ("tset.mae", "test.mae"), ("learn", "learning_rate"),
    ("test_mae", "test.mae"), ("TEST.ACCURACY", "test.accuracy"), ("test.auc", nil),
    ("test.ac", nil), ("test.f2_score", nil),
  ])
  func `a beginning is nearer than a typo, part by part`(typed: String, meant: String?) {
    let names = ["test.mae", "test.f1", "test.accuracy", "learning_rate"]
    #expect(nearestName(to: typed, among: names) == meant)
  }

  @Test func `of two words that begin so the shorter one is meant`() {
    #expect(nearestName(to: "val", among: ["value_range", "values"]) == "values")
  }

  @Test func `swapped neighbours are one edit`() {
    #expect(editDistance(Array("ab"), Array("ba")) == 1)
    #expect(editDistance(Array("kitten"), Array("sitting")) == 3)
    #expect(editDistance([], Array("abc")) == 3)
  }
}

@Suite struct DiagnosticTests {
  @Test func `a rendered mistake points at its place`() {
    let diagnostic = Diagnostic(
      "unknown key `learningrate` in `optimizer`",
      at: SourceLocation(file: "a.yaml", line: 12, column: 5),
      excerpt: "    learningrate: 0.1",
      length: 12,
      hints: ["did you mean `learning_rate`?"]
    )
    #expect(
      diagnostic.rendered == """
        a.yaml:12:5: error: unknown key `learningrate` in `optimizer`
            learningrate: 0.1
            ^~~~~~~~~~~~
        hint: did you mean `learning_rate`?
        """
    )
  }

  @Test func `a list is sorted by place and free of repetitions`() {
    let first = Diagnostic("a", at: SourceLocation(file: "f", line: 1, column: 9))
    let second = Diagnostic("b", at: SourceLocation(file: "f", line: 2, column: 1))
    #expect(DiagnosticList([second, first, second]).diagnostics == [first, second])
  }
}
