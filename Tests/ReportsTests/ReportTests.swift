// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing

@testable import Reports

struct ReportTests {
  private func index(_ sweep: SyntheticSweep) throws -> String {
    let files = try Report.make(sweep.snapshot(), context: SyntheticSweep.context)
    let file = try #require(files.first { $0.name == "index.md" })
    return String(decoding: file.bytes, as: UTF8.self)
  }

  @Test func `a report names every part in reading order`() throws {
    let text = try index(.troubled)
    let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { String($0) }
    #expect(
      headings == [
        "# 激活函数 · ReLU, sigmoid, tanh", "## Answer", "## Expectations: 1 of 2 met",
        "## Results: `test.accuracy`", "## Curves", "## Notes", "## Time and speed", "## Failures",
        "## Runs", "## How to reproduce",
      ]
    )
  }
}
