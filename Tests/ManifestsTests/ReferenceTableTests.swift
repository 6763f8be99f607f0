// SPDX-License-Identifier: Apache-2.0

import Manifests
import Testing

@Suite struct ReferenceTableTests {
  /// Bars that begin a cell: not those behind a backslash.
  private func cells(_ row: Substring) -> Int {
    row.replacing("\\|", with: "").count { $0 == "|" }
  }

  @Test func `every row of a table has as many cells as its heading`() {
    var heading: Int?
    var rows = 0
    for line in manifestReference().split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        heading = nil
        continue
      }
      rows += 1
      let expected = heading ?? cells(line)
      heading = expected
      #expect(cells(line) == expected, "\(line)")
    }
    #expect(rows > 300)
  }
}
