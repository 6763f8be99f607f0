// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct CPUCheckTests {
  @Test func `a missing instruction set is named, a present one is not`() {
    let own: Set<String> = ["avx", "avx2", "fma"]
    #expect(CPUCheck.missing("avx2 avx512f fma", in: own) == ["avx512f"])
    #expect(CPUCheck.missing("", in: own).isEmpty)
  }

  @Test func `a system that tells nothing is not refused`() {
    #expect(CPUCheck.missing("avx512f", in: []).isEmpty)
  }
}
