// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Training

/// The bits of ten tiny trainings, for one version of the numbers.
@Suite struct GoldenHashTests {
  static let version = 1
  static let hashes: [(name: String, sha256: String)] = [
    ("mlp", "da8d54b3d3f00dad19a59161008a13fe85980ad4c48184f5ad5ff0148454c18b"),
    ("cnn", "83c3bc4b7032c1f69c3bccb01b41571ebfe71443d254ff04c7b709f779ff12fa"),
    ("lstm", "2af0a22a0706217ed79589fd287cb466306961a51ddd15fd177aabd13c0e6f29"),
    ("gru", "753888e3d60951fd898ab302397a50443e12998f8ea389f4022e7ddfc25efeee"),
    ("rnn", "d01e8dddc032eae054f58c792df946f64e9568a44f77600f4b8c4517d5fc5202"),
    ("embedding", "fca82b1b7ed82280cac2c5c2b24ba0fa73a5eedec427860c078a93b55b1a489b"),
    ("spirals", "cbeb54696e61fac51b14eaac46174149ceeec01c726fc528e38e505eae8db72a"),
    ("average pool", "db9d80b968e684ad2792c4f9ab33d82a107ec6099443f367be2a2736d7a77316"),
    ("rows", "4e0594b73eb5bca5823d283c9b52ae9d7171123bb1181c58b02a7860efb4d5d1"),
    ("carried", "19b3c7e47f2068b15c8cf4608cb735db96b680bc1514b16462149cf9f3512ee3"),
  ]

  @Test func `every tiny training has a golden hash`() {
    #expect(Self.hashes.map(\.name) == TinyTrainings.names)
    #expect(
      Self.version == numericVersion,
      "`numericVersion` was raised: put the new hashes and version \(numericVersion) here"
    )
  }

  @Test(arguments: hashes)
  func `weights have the golden bits`(name: String, sha256: String) throws {
    let folder = try TemporaryFolder()
    let trained = try TinyTrainings.subject(name, folder: folder).trained()
    #expect(
      trained.weights.sha256 == sha256,
      """
      the bits of `\(name)` have changed. If that is meant, raise `numericVersion` in \
      Sources/Training/NumericVersion.swift above \(numericVersion), so that stored runs of the old \
      bits keep their label, and put the new hashes here; else find out what changed them
      """
    )
  }
}
