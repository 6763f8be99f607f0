// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct ScalarsTests {
  @Test(arguments: [
    ("0", 0), ("-3", -3), ("+5", 5), ("0o17", 15), ("0x1F", 31), ("1e4", 10_000), ("64.0", 64),
    ("007", 7), ("9.0e15", 9_000_000_000_000_000), ("9007199254740991.0", 9_007_199_254_740_991),
  ])
  func `whole numbers`(text: String, value: Int) {
    #expect(Scalars.integer(text) == value)
  }

  @Test(arguments: [
    ("1e-4", 1e-4), (".5", 0.5), ("5.", 5), ("-1.5E+3", -1500), ("1.e2", 100), ("12", 12),
  ])
  func `real numbers`(text: String, value: Double) {
    #expect(Scalars.real(text) == value)
  }

  @Test(arguments: [
    "yes", "on", "1:30", "1_000", "", ".", "e5", "1e", ".inf", ".nan", "0x", "0o8", "0x-1", "1e999",
    "nan", "infinity", "0x1p3", "1 ", "--1", "٣",
  ])
  func `text that is no number`(text: String) {
    #expect(Scalars.real(text) == nil)
    #expect(Scalars.integer(text) == nil)
  }

  @Test func `a parameter's value has the type of its text`() {
    func value(_ text: String, quoted: Bool = false) -> ParameterValue {
      Scalars.value(SourceNode.Scalar(text: text, isQuoted: quoted))
    }
    #expect(value("3") == .integer(3))
    #expect(value("1e-4") == .real(1e-4))
    #expect(value("true") == .boolean(true))
    #expect(value("yes") == .text("yes"))
    #expect(value("3", quoted: true) == .text("3"))
  }

  @Test func `pieces of a text`() {
    #expect(
      pieces(of: "a${b}c${d}") == [.literal("a"), .reference("b"), .literal("c"), .reference("d")]
    )
    #expect(pieces(of: "${b}") == [.reference("b")])
    #expect(pieces(of: "cost $5 ${") == [.literal("cost $5 ${")])
  }

  @Test(arguments: [
    ("a: ${u}", 0), ("a: { b: ${u} }", 1), ("a: { b: \"${u}\" }", 0), ("[${a}, '${b}', ${c}]", 2),
    ("a: b # { ${u} }", 0), ("don't: { b: ${u} }", 1), ("a: [x,\n  ${u}]", 1),
  ])
  func `unquoted references are found inside braces only`(text: String, count: Int) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    #expect(unquotedReferences(in: lines).count == count)
  }
}
