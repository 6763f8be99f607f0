// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

/// Numbers of other programs, however large, small or equal: none ends the program, and none is told as what it is not.
@Suite(.inTurns) struct ExtremeNumberTests {
  private func answer(_ table: String, _ options: String...) async throws -> (Sandbox, String) {
    let box = try Sandbox().write("t.csv", table)
    try await box.start(["import", "t.csv", "--as", "a"] + options).finished().expectExit(0)
    try await box.run("report", "a", "--html", "a.html").expectExit(0)
    try await box.run("report", "a").expectExit(0)
    let page = String(decoding: try box.bytes("reports/a/index.md"), as: UTF8.self)
    return (box, page)
  }

  @Test func `huge numbers with different seeds have a report`() async throws {
    let (box, page) = try await answer(
      "seed,m,test.loss\n0,a,1e160\n1,a,0\n3,b,0\n4,b,1\n"
    )
    #expect(page.contains("No claim at n = 2"))
    try await box.run("compare", "a#0", "a#1").expectExit(0)
  }

  @Test func `tiny numbers have an exponent`() async throws {
    let (_, page) = try await answer(
      "seed,m,test.loss\n0,a,1.1e-20\n1,a,1.2e-20\n2,a,1.3e-20\n0,b,2.1e-20\n1,b,2.2e-20\n2,b,2.35e-20\n"
    )
    #expect(page.contains("1.20e-20 ± 0.25e-20"))
  }

  @Test func `differences of the last decimal have the p of scipy, and separate nothing`()
    async throws
  {
    let (_, page) = try await answer(
      """
      seed,epoch,m,test.rmse
      0,1,a,1000000.000001
      1,1,a,1000000.000002
      2,1,a,1000000.000003
      0,1,b,1000000.000002
      1,1,b,1000000.000003
      2,1,b,1000000.000005

      """
    )
    #expect(page.contains("Nothing tells **a** and **b** apart: either may be the best."))
    #expect(page.contains("p = 0.057)"))
  }

  @Test func `shares in per cent are refused at their place, or scaled on request`() async throws {
    let table = "seed,m,test.accuracy\n0,a,87.2\n1,a,88.1\n"
    let box = try Sandbox().write("t.csv", table)
    let refused = try await box.run("import", "t.csv", "--as", "a")
    #expect(refused.talk.components(separatedBy: "always between 0 and 1").count == 2)
    refused.expectExit(2).expectTalk(
      "t.csv:2:5: error: `test.accuracy` is always between 0 and 1, got `87.2`"
    ).expectTalk("hint: shares in per cent are read with `--percent`, which takes `87.2` as 0.872")
    try await box.run("import", "t.csv", "--as", "a", "--percent").expectExit(0)
    #expect(try box.store().runs().map { $0.metrics["test.accuracy"]?.last } == [0.872, 0.881])
    try await box.run("report", "a").expectExit(0)
    let negative = try Sandbox().write("t.csv", "seed,m,test.accuracy\n0,a,-0.1\n")
    try await negative.run("import", "t.csv", "--as", "a").expectExit(2)
      .expectTalk("always between 0 and 1, got `-0.1`")
  }

  @Test func `examples that are told make a step of accuracies`() async throws {
    let table =
      "seed,m,test.accuracy\n0,a,0.99\n1,a,0.992\n2,a,0.994\n0,b,0.988\n1,b,0.99\n2,b,0.992\n"
    let (_, plain) = try await answer(table)
    #expect(plain.contains("Nothing tells"))
    let (exact, fine) = try await answer(table, "--examples", "1000000")
    let separated = try await exact.run("compare", "a#0", "a#1").expectExit(0)
    #expect(!separated.output.contains("othing tells"))
    #expect(fine.contains("**a** has the highest"))
    let (box, coarse) = try await answer(table, "--examples", "500")
    #expect(coarse.contains("Nothing tells"))
    // The comparison of the two cells knows the examples, too.
    try await box.run("compare", "a#0", "a#1").expectExit(0).expectOutput(
      "Nothing tells them apart"
    )
    try await box.run("import", "t.csv", "--as", "a", "--examples", "0").expectExit(64)
      .expectTalk("--examples takes a whole number from 1 to 1000000000, got 0")
  }
}
