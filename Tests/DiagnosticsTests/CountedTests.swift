// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Diagnostics

@Suite struct CountedTests {
  @Test func `one thing is in the singular`() {
    #expect(counted(1, "run") == "1 run")
    #expect(counted(0, "run") == "0 runs")
    #expect(counted(12, "run") == "12 runs")
    #expect(counted(2, "class", plural: "classes") == "2 classes")
    #expect(counted(1234, "byte", shown: "1,234") == "1,234 bytes")
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (11_170_250, "11,170,250"), (-1234, "-1,234"),
    (-123, "-123"),
  ])
  func `thousands are grouped`(number: Int, text: String) {
    #expect(grouped(number) == text)
  }
}
