// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.inTurns) struct ReportFormatTests {
  @Test
  func `a sweep writes the formats of its manifest, report others, edited ones are left alone`()
    async throws
  {
    let box = try Sandbox().manifest(
      Sample.tiny().replacingOccurrences(
        of: "curves: [train.loss] }",
        with: "curves: [train.loss], format: [svg, pdf], titles: false }"
      )
    )
    try await box.run("sweep", "m.yaml").expectExit(0)
    let first = try box.files(in: "reports/tiny")
    let names = ["results", "fit-loss", "train-loss", "confusion", "activations"]
    #expect(
      Set(first.keys) == Set(["index.md"] + names.flatMap { ["\($0).svg", "\($0).pdf"] })
    )
    try await box.run("report", "tiny").expectExit(0)
    #expect(try box.files(in: "reports/tiny") == first)

    let svg = String(decoding: try box.bytes("reports/tiny/results.svg"), as: UTF8.self)
    try box.write(
      "reports/tiny/results.svg",
      svg.replacingOccurrences(of: "</svg>", with: "<!-- mine --></svg>")
    )
    try await box.run("report", "tiny").expectExit(2).expectTalk(
      "`reports/tiny/results.svg` was edited by hand or not made by runexp"
    )
    try await box.run("report", "tiny", "--format", "png", "-o", "out").expectExit(0)
    #expect(Set(try box.files(in: "out").keys) == Set(["index.md"] + names.map { "\($0).png" }))
    let page = String(decoding: try box.bytes("out/index.md"), as: UTF8.self)
    #expect(page.contains("runexp report tiny@1 --format png"))
  }

  @Test func `a picture of one's own stops a sweep before it trains`() async throws {
    let box = try Sandbox().manifest(
      Sample.tiny().replacingOccurrences(of: "report: {", with: "report: { format: pdf,")
    )
    try box.write("reports/tiny/train-loss.pdf", "%PDF-1.4 mine")
    try await box.run("sweep", "m.yaml").expectExit(2).expectTalk(
      "`reports/tiny/train-loss.pdf` was edited by hand or not made by runexp"
    )
    try await box.run("runs").expectExit(2)
  }

  @Test(arguments: [
    ("sgv", "unknown format `sgv`\nhint: did you mean `svg`?"),
    ("svg,jpeg", "unknown format `jpeg`\nhint: pictures are written as png, svg, pdf"),
    ("svg, pdf,svg", "--format names `svg` twice"), (",", "--format names no format"),
  ])
  func `a wrong format is told`(words: String, says: String) async throws {
    try await Sandbox().run("report", "tiny", "--format", words).expectExit(64).expectTalk(says)
  }
}
