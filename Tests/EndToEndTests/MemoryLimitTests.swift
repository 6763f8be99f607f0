// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

/// Models and data that are larger than memory.
@Suite(.inTurns) struct MemoryLimitTests {
  private static let large = """
    name: big
    data: { dataset: xor, train: 64, test: 8 }
    models:
      small: [{ dense: 2 }]
      large: [{ dense: 1000000 }, { dense: 1000000 }, { dense: 2 }]
    loss: cross_entropy
    optimizer: { name: adam, learning_rate: 0.1 }
    train: { epochs: 1, batch_size: 8 }
    """

  @Test func `a model larger than memory is refused at its line, and nothing is stored`()
    async throws
  {
    let box = try Sandbox().manifest(Self.large)
    for command in ["plan", "sweep"] {
      let ended = try await box.run(command, "m.yaml").expectExit(2)
        .expectTalk(
          "m.yaml:5:33: error: with `dense` a run takes 16 TB of memory, and this machine"
        )
        .expectTalk("hint: its 1,000,001,000,000 parameters take 16 TB with their gradients")
        .expectTalk(
          "hint: in the other cell nothing is wrong: `model=small` behind the file trains it alone"
        )
      #expect(!ended.talk.contains("errors"))
    }
    #expect(!box.has("runexp.db"))
    try await box.run("sweep", "m.yaml", "model=small").expectExit(0)
  }

  @Test func `what trains the cells without a mistake is named`() async throws {
    let box = try Sandbox().manifest(
      """
      name: widths
      data: { dataset: linear, train: 16, test: 8 }
      model: [{ dense: "${width}" }, { dense: 1000000 }, { dense: 1 }]
      loss: mse
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 8 }
      parameters: { width: [1, 2, 1000000] }
      """
    )
    try await box.run("plan", "m.yaml").expectExit(2).expectTalk(
      "hint: in the other 2 cells nothing is wrong: `'width=[1, 2]'` behind the file trains them alone"
    )
    try await box.run("plan", "m.yaml", "width=[1, 2]").expectExit(0)
    let all = try await box.run("plan", "m.yaml", "width=1000000").expectExit(2)
    #expect(!all.talk.contains("nothing is wrong"))
  }

  @Test func `a large model and many examples are planned at once`() async throws {
    let box = try Sandbox().manifest(Self.large)
    // 1.6 GB of parameters and 1.6 GB of images, neither of which a plan needs.
    let ended = try await box.run(
      "plan",
      "m.yaml",
      "models.large=[flatten, {dense: 10000}, {dense: 10000}, {dense: 10}]",
      "models.small=[flatten, {dense: 10}]",
      "data={dataset: glyphs, train: 2000000, test: 1000}"
    ).expectExit(0)
    #expect(ended.output.contains("108,000,000") || ended.output.contains("107,960,010"))
    #expect(ended.output.contains("(1 cell too large to be timed, not counted)"))
  }

  @Test func `data larger than memory are refused`() async throws {
    let box = try Sandbox().manifest(Self.large)
    try await box.run(
      "plan",
      "m.yaml",
      "model=small",
      "data={dataset: noise_images, height: 4096, width: 4096, channels: 1024, train: 100000000}"
    ).expectExit(2).expectTalk("command line:2:6: ")
      .expectTalk(
        "error: drawing the data `noise_images` takes 5.2 EB of memory, and this machine has"
      )
      .expectTalk("hint: ask for fewer or smaller examples")
  }

  #if os(Linux)
    @Test func `a worker that runs out of memory ends its run, and the sweep goes on`()
      async throws
    {
      let box = try Sandbox().manifest(Self.large)
      // A little more than the large model's parameters alone; the program itself takes some, too.
      let shell = ["/bin/sh", "-c", "ulimit -v 1000000; exec \"$0\" \"$@\""]
      try await box.run(
        "sweep",
        "m.yaml",
        "models.large=[{dense: 7000}, {dense: 7000}, {dense: 2}]",
        "--jobs",
        "1",
        prefix: shell
      ).expectExit(1)
        .expectTalk("model=small seed 0: completed")
        .expectTalk("error: memory ran out: the system refused ")
        .expectTalk(
          "model=large seed 0: failed (its worker ran out of memory; a smaller model, a smaller `train.batch_size` or fewer `--jobs` take less)"
        )
        .expectTalk("1 of 2 runs failed")
      #expect(try box.store().runs().map(\.attempts).reduce(0, +) == 2)
    }
  #endif
}
