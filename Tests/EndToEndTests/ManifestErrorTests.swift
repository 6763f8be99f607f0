// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

/// A wrong manifest and the whole of what is said about it.
struct WrongManifest: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String
  /// Standard error, `{FOLDER}` standing for the sandbox.
  let talk: String
  var testDescription: String { name }
}

@Suite(.inTurns) struct ManifestErrorTests {
  @Test(arguments: WrongManifest.all)
  func `a wrong manifest is explained and nothing is created`(_ wrong: WrongManifest) async throws {
    let box = try Sandbox().manifest(wrong.text)
    try Self.weights.write(to: URL(fileURLWithPath: box.path("weights.safetensors")))
    let talk = wrong.talk.replacing("{FOLDER}", with: box.folder.path)
    try await box.run("sweep", "m.yaml").expectExit(2).expectWholeTalk(talk)
    let names = try FileManager.default.contentsOfDirectory(atPath: box.folder.path)
    #expect(Set(names) == [".git", "home", "m.yaml", "weights.safetensors"])
    try await box.run("plan", "m.yaml").expectExit(2).expectWholeTalk(talk)
  }

  /// A safetensors file with a bias and no weight.
  private static let weights: Data = {
    let header = #"{"1.bias":{"dtype":"F32","shape":[10],"data_offsets":[0,40]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return Data(length + Array(header.utf8) + [UInt8](repeating: 0, count: 40))
  }()

  @Test func `a missing manifest and a folder are named`() async throws {
    let box = try Sandbox()
    try await box.run("sweep", "none.yaml").expectExit(2).expectWholeTalk(
      """
      error: there is no manifest `none.yaml`
      hint: a manifest is named by the path of its YAML file
      """
    )
    try await box.run("sweep", "home").expectExit(2).expectWholeTalk(
      """
      error: `home` is a folder, and a manifest is a YAML file
      hint: there is no YAML file in it; `runexp init` writes a manifest to start from
      """
    )
  }
}
