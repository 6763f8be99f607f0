// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Manifests

/// Places in lines, and that reading a long line costs what many short ones do.
@Suite struct LineIndexTests {
  @Test(arguments: ["plain", "", "äé激活", "e\u{301}x\u{301}\u{302}y", "👩‍👩‍👧a🇩🇪b"])
  func `a column counts characters, a mark scalars`(line: String) {
    let index = LineIndex(["first", line])
    for column in 1...line.unicodeScalars.count + 1 {
      let before = String(line.unicodeScalars.prefix(column - 1))
      // Within a character, the beginning of the next one is named.
      #expect(index.column(ofScalar: column, inLine: 2) == before.count + 1, "\(column)")
    }
    #expect(index.column(ofScalar: 10_000, inLine: 2) == line.count + 1)
    #expect(index.column(ofScalar: 5, inLine: 3) == 1)
    #expect(Array(index.rest(ofLine: 2, from: 1)) == Array(line))
    #expect(index.rest(ofLine: 2, from: line.count + 9).isEmpty)
    #expect(index.rest(ofLine: 9, from: 1).isEmpty)
  }

  /// Where each place is counted from the line's beginning, this takes a minute and more.
  @Test func `a model of ten thousand layers in one line is read`() throws {
    let list = [String](repeating: "{ dense: 4 }", count: 10_000).joined(separator: ", ")
    let plan = try planned(changed(small, ["model: [\(list), { dense: 2 }]"]))
    #expect(plan.cells[0].specification.model.parts[0].layers.count == 10_001)
  }
}
