// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Diagnostics

@Suite struct DiagnosticListTests {
  private func mistakes(_ count: Int) -> [Diagnostic] {
    (0..<count).map { index in
      Diagnostic(
        "wrong",
        at: SourceLocation(file: "m.yaml", line: 1, column: index + 1),
        excerpt: String(repeating: "x", count: 100_000)
      )
    }
  }

  @Test func `one mistake is told once, in the order of places`() {
    let list = DiagnosticList(mistakes(3).reversed() + mistakes(2))
    #expect(list.diagnostics.map(\.location?.column) == [1, 2, 3])
  }

  @Test func `of very many mistakes a hundred are shown`() {
    let text = DiagnosticList(mistakes(1_234)).rendered
    #expect(text.hasSuffix("\n\n… and 1,134 more"))
    #expect(text.split(separator: "error: wrong").count == 101)
    #expect(!DiagnosticList(mistakes(100)).rendered.contains("more"))
  }
}
