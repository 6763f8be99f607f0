// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct FontWarningTests {
  @Test(arguments: [
    (
      "激活",
      "warning: no font on this machine has `激` and `活`: pictures show boxes instead\nhint: \(FontWarning.han)"
    ),
    (
      "ㅎ",
      "warning: no font on this machine has `ㅎ`: pictures show boxes instead\nhint: \(FontWarning.han)"
    ),
    (
      "一二三四五六七八九十",
      "warning: no font on this machine has `一`, `二`, `三`, `四`, `五`, `六`, `七`, `八` and 2 more: "
        + "pictures show boxes instead\nhint: \(FontWarning.han)"
    ),
    (
      "函🙂\u{17000}",
      "warning: no font on this machine has `函`, `🙂` and `\u{17000}` (U+17000): pictures show boxes instead\n"
        + "hint: \(FontWarning.han)\nhint: \(FontWarning.emoji)\nhint: \(FontWarning.other)"
    ),
    (
      "abc",
      "warning: no font is installed: pictures show boxes instead\nhint: \(FontWarning.latin)"
    ),
  ])
  func `the characters and the packages are named`(characters: String, warning: String) {
    #expect(FontWarning(Array(characters))?.text == warning)
  }

  @Test func `nothing is said where nothing is missing`() {
    #expect(FontWarning([]) == nil)
    #expect(FontWarning.text(for: ["ReLU", "σ ≤ ½"]) == nil)
  }

  /// A character that no font has, so that the test says the same on every machine.
  @Test func `plan and sweep warn before training, report warns again, each once`() async throws {
    let odd = "\u{17000}"
    let warning = """
      warning: no font on this machine has `\(odd)` (U+17000): pictures show boxes instead
      hint: install a font that has them, such as one of the Noto fonts
      """
    let box = try Sandbox().manifest(
      Sample.tiny(
        more: "title: \"A \(odd) title, \(odd)\"\nreference: [{ label: \(odd), value: 0.5 }]"
      )
    )
    for command in [
      ["plan", "m.yaml"], ["sweep", "m.yaml"], ["report", "tiny"],
      ["report", "tiny", "--html", "t.html"],
    ] {
      let run = try await box.start(command).finished().expectExit(0)
      #expect(run.talk.components(separatedBy: warning).count == 2, "\(command): \(run.talk)")
    }
    let folder = try Sandbox().manifest(Sample.tiny())
    try await folder.run("plan", "m.yaml").expectExit(0).expectNoTalk("font")
  }

  @Test func `names of parameters' values and of classes are looked at`() async throws {
    let odd = "\u{17000}"
    let box = try Sandbox().manifest(
      """
      name: odd
      data: { dataset: csv, train: t.csv, test: t.csv, target: y }
      model: [{ dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    )
    let rows = (0..<20).map { "\(Double($0) + 0.5),\($0 % 2 == 0 ? "a" : odd)" }
    try box.write("t.csv", "x,y\n" + rows.joined(separator: "\n") + "\n")
    try await box.run("plan", "m.yaml").expectExit(0).expectTalk(
      "no font on this machine has `\(odd)`"
    )
  }
}
