// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.inTurns) struct HTMLReportTests {
  @Test func `report --html writes one file, the same again, and leaves edited ones alone`()
    async throws
  {
    let box = try Sandbox().manifest(
      Sample.tiny(activation: "[relu, tanh, sigmoid]", repeats: 3, learningRate: "\"${rate}\"")
        .replacingOccurrences(
          of: "parameters: { activation: [relu, tanh, sigmoid] }",
          with: "parameters: { activation: [relu, tanh, sigmoid], rate: [0.1, 0.3] }"
        )
    )
    try await box.run("sweep", "m.yaml").expectExit(0)
    let files = try box.files(in: "reports/tiny")
    #expect(files["heat-map.png"] != nil && files["parameters.png"] == nil)
    let page = String(decoding: try box.bytes("reports/tiny/index.md"), as: UTF8.self)
    #expect(page.contains("### Which parameter matters") && page.contains("functional ANOVA"))

    let written = try await box.run("report", "tiny", "--html", "q.html").expectExit(0)
    #expect(written.output == "q.html\n")
    let first = try box.bytes("q.html")
    let text = String(decoding: first, as: UTF8.self)
    #expect(text.contains("functional ANOVA") && !text.contains("<script"))
    #expect(text.split(separator: "data:image/png;base64,").count == files.count)
    #expect(try box.files(in: "reports/tiny") == files)
    try await box.run("report", "tiny", "--html", "q.html").expectExit(0)
    #expect(try box.bytes("q.html") == first)
    try box.write("q.html", text + "my own words\n")
    try await box.run("report", "tiny", "--html", "q.html").expectExit(2).expectTalk(
      "edited by hand"
    )
    try await box.run("report", "tiny", "--html", "q.html", "--force").expectExit(0)
    #expect(try box.bytes("q.html") == first)
    try await box.run("report", "tiny", "tiny", "--html", "q.html").expectExit(64)
  }
}
