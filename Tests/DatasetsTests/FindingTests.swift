// SPDX-License-Identifier: Apache-2.0

import Datasets
import Testing

@Suite struct FindingTests {
  static let all: [DataFinding] = [
    .classesWithoutExamples(["0"], count: 1, of: 3),
    .classesWithoutExamples(["a b", "c\nd"], count: 2, of: 10),
    .labelsFromOne(classes: 4),
    .oneClass("cat"),
    .nestedFolder("p/train/cat/more", pictures: 5),
    .looseFiles(folder: "p/train", count: 1),
    .foreignPictures(folder: "p/train/cat", count: 2),
    .unreadFolder("p/val", isTest: false),
    .unreadFolder("p/Test", isTest: true),
    .classesOfOneSpelling(["Cat", "cat"]),
    .classNamedAsPart("p/train"),
    .classOfTwoSpellings("é"),
    .channelsLast("x.npy", shape: [28, 28, 3]),
    .integersAsTokens("x.npy", steps: 4),
    .classesWithoutTests("p/test", ["c", "d e"], count: 2, of: 4),
    .numberedClasses(["no", "yes"], count: 2),
  ]

  @Test(arguments: all) func `the words by which the cache keeps a finding give it back`(
    finding: DataFinding
  ) {
    #expect(DataFinding(words: finding.words) == finding)
    #expect(finding.kind == finding.words.first)
  }

  @Test func `foreign words are no finding`() {
    #expect(DataFinding(words: []) == nil)
    #expect(DataFinding(words: ["one_class"]) == nil)
    #expect(DataFinding(words: ["nothing", "known"]) == nil)
  }
}
