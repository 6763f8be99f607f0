// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct AnnotatingTests {
  @Test func `tags go on and off, by name and by condition, and find runs again`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    let ids = try box.store().runs().map(\.id)
    let tagged = try await box.run("tag", ids[0], String(ids[3].prefix(8)), "good", "激活")
      .expectExit(0)
    #expect(tagged.output == "\(ids[0])  good 激活\n\(ids[3])  good 激活\n")
    let found = try await box.run("runs", "--where", "tag=激活", "--columns", "id").expectExit(0)
    #expect(found.output.split(separator: "\n").count == 3)

    let off = try await box.run(
      "tag",
      "--where",
      "tag=good and activation=tanh",
      "--remove",
      "good"
    )
    #expect(off.output == "\(ids[3])  激活\n")
    off.expectExit(0)
    #expect(try box.store().runs().map(\.tags) == [["good", "激活"], [], [], ["激活"]])

    // What is short and made of the letters a–f is a word, even if an id begins like it.
    let short = String(ids[1].prefix(1))
    try await box.run("tag", ids[0], short, "x").expectExit(0)
    #expect(try box.store().run(ids[0]).tags.contains(short))
    try await box.run("tag", "last").expectExit(64).expectTalk("takes a run and a word")
    try await box.run("tag", "nothing", "x").expectExit(2).expectTalk("`nothing`")
    try await box.run("tag", "last", " ").expectExit(2).expectTalk(
      "a tag is a word without white space"
    )
    try await box.run("tag", "last", "two words").expectExit(2).expectTalk(
      "error: a tag is a word without white space, got `two words`\n"
        + "hint: two tags are two arguments; one is written `two-words`"
    )
    try await box.run("tag", "last", "two words", "--remove").expectExit(0)
    try await box.run("tag", "--where", "tga=good", "x").expectExit(2)
      .expectTalk("--where:1:1: error: unknown name `tga`")
  }

  @Test func `a note is shown with its run`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    let noted = try await box.run("note", "best:tiny", "the loss jumps 跳").expectExit(0)
    #expect(noted.output.hasSuffix("  1 note\n"))
    let shown = try await box.run("show", "best:tiny").expectExit(0)
    #expect(shown.output.contains(": the loss jumps 跳\n"))
    try await box.run("note", "last", "  ").expectExit(2).expectTalk("the note is empty")
  }
}

@Suite(.inTurns) struct ConfirmTests {
  @Test func `confirm trains the leaders on fresh seeds and has one look`()
    async throws
  {
    let manifest = Sample.tiny(repeats: 3, learningRate: "\"${rate}\"").replacingOccurrences(
      of: "parameters: { activation: [relu, tanh] }",
      with: "parameters: { activation: [relu, tanh], rate: [0.1, 0.3, 3e38] }\ntune: [rate]\n"
        + "metric: { name: train.accuracy, goal: maximize }"
    )
    let box = try Sandbox().manifest(manifest)
    try await box.run("sweep", "m.yaml").expectExit(1)
      .expectTalk("the best of 3 candidates on these seeds")
    let first = try await box.run("confirm", "tiny", "--top", "2", "--repeat", "3").expectExit(0)
    first.expectTalk("tiny-confirm@1: 2 cells, 6 runs: 6 new\n").expectNoTalk("on these seeds")
      .expectTalk(
        "These are the 2 leaders of tiny@1 by train.accuracy among 6 cells. They were trained on fresh seeds 3–5, "
          + "which had no part in the choice."
      )
    let runs = try box.store().runs(ofSweeps: ["tiny-confirm"])
    #expect(runs.map(\.seed) == [3, 4, 5, 3, 4, 5])
    #expect(runs.allSatisfy { $0.state == .completed && $0.parameters["rate"] != .real(3e38) })
    let page = String(decoding: try box.bytes("reports/tiny-confirm/index.md"), as: UTF8.self)
    #expect(page.contains("fresh seeds 3–5") && !page.contains("on these seeds"))
    #expect(page.contains("runexp confirm tiny@1 --top 2 --repeat 3"))

    // The same again does nothing; the means that chose are those of the plan, so the leaders stay.
    try await box.run("confirm", "tiny", "--top", "2", "--repeat", "3").expectExit(0)
      .expectTalk("6 reused; nothing has to be run")
    #expect(try box.store().sweep("tiny-confirm").revision == 1)
    try await box.run("confirm", "tiny", "--top", "3").expectExit(2)
      .expectTalk("`tiny@1` has 2 cells with a number of `train.accuracy`, 3 are asked for")
  }

  @Test func `an unfinished sweep has no leaders`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    try box.tamper("runexp.db", "UPDATE run SET state = 'queued' WHERE seed = 1")
    try await box.run("confirm", "tiny").expectExit(2)
      .expectTalk("`tiny@1` is not finished (2 of 4 runs: no verdicts yet), so nobody leads yet")
  }
}

@Suite(.inTurns) struct RetryTests {
  @Test func `retry queues what failed and tells what it left alone`() async throws {
    let box = try Sandbox().manifest(
      Sample.tiny(activation: "[tanh]", learningRate: "\"${rate}\"").replacingOccurrences(
        of: "parameters: { activation: [tanh] }",
        with: "parameters: { activation: [tanh], rate: [0.1, 3e38] }"
      )
    )
    try await box.run("sweep", "m.yaml").expectExit(1)
    let retried = try await box.run("retry", "tiny").expectExit(0)
    #expect(
      retried.output
        == "2 runs put back into the queue; the next `runexp sweep` or worker trains them; "
        + "left alone: 2 completed\n"
    )
    #expect(try box.store().runs().map(\.state) == [.completed, .completed, .queued, .queued])
    try await box.run("worker").expectExit(0)
    #expect(try box.store().runs().map(\.attempts) == [1, 1, 2, 2])
    let none = try await box.run("retry", "--where", "state=failed and rate<1").expectExit(0)
    #expect(none.output == "0 runs put back into the queue\n")
    try await box.run("retry").expectExit(64).expectTalk("which runs?")
  }
}
