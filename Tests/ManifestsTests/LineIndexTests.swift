// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing

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

  /// A model of so many layers in one line.
  private func manifest(_ layers: Int) -> String {
    let list = [String](repeating: "{ dense: 4 }", count: layers).joined(separator: ", ")
    return changed(small, ["model: [\(list), { dense: 2 }]"])
  }

  /// Other tests run at the same time, on other threads.
  private static var threadSeconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Processor time of this thread for reading, the least of three times.
  private func seconds(_ layers: Int) throws -> Double {
    let text = manifest(layers)
    var least = Double.infinity
    for _ in 0..<3 {
      let begin = Self.threadSeconds
      let plan = try planned(text)
      least = min(least, Self.threadSeconds - begin)
      #expect(plan.cells[0].specification.model.count == layers + 1)
    }
    return least
  }

  @Test func `three times as many layers in one line take about three times as long`() throws {
    // Nine times, if each place is counted from the line's beginning.
    #expect(try seconds(3000) < 5 * seconds(1000))
  }
}
