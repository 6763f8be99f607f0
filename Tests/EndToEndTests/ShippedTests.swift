// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Reports
import Storage
import Testing
import Vocabulary

@Suite(.inTurns) struct ShippedTests {
  /// The folder of this package's manifests.
  private static let experiments = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("experiments")

  @Test(arguments: ["forward", "backpropagation", "lstm"])
  func `an introductory example meets its expectations`(name: String) async throws {
    let box = try Sandbox()
    let manifest = Self.experiments.appendingPathComponent("basics/\(name).yaml").path
    try await box.run("sweep", manifest).expectExit(0)
    #expect(try box.store().runs().allSatisfy { $0.state == .completed })
  }

  /// Every manifest below the folder.
  private static let manifests: [String] = {
    let found = FileManager.default.enumerator(atPath: experiments.path)?.compactMap {
      ($0 as? String).flatMap { $0.hasSuffix(".yaml") ? $0 : nil }
    }
    return (found ?? []).sorted()
  }()

  @Test func `all manifests are found, and named in the overview`() throws {
    #expect(Self.manifests.count >= 14)
    let overview = try String(
      contentsOf: Self.experiments.appendingPathComponent("README.md"),
      encoding: .utf8
    )
    for name in Self.manifests { #expect(overview.contains("(\(name))"), "\(name)") }
  }

  /// A page that was mended by hand would never be replaced again.
  @Test func `every shipped report is as it was written`() throws {
    let reports = Self.experiments.deletingLastPathComponent().appendingPathComponent("reports")
    let names = FileManager.default.enumerator(atPath: reports.path)?.compactMap { $0 as? String }
    let files = (names ?? []).filter { $0.hasSuffix(".md") || $0.hasSuffix(".png") }.sorted()
    #expect(files.count > 60)
    for name in files {
      let bytes = try Data(contentsOf: reports.appendingPathComponent(name))
      #expect(GeneratedMark.isOurs([UInt8](bytes)), "\(name)")
    }
  }

  @Test(arguments: manifests)
  func `a shipped manifest is sound, and says so where its data are missing`(name: String)
    async throws
  {
    let manifest = Self.experiments.appendingPathComponent(name).path
    let shown = try await Sandbox().run("plan", manifest)
    if shown.status == 2 {
      #expect(shown.talk.contains("was not found; searched"))
      #expect(!shown.talk.contains("\n2 errors"))
    } else {
      shown.expectExit(0)
      let heading = String(shown.output.prefix { $0 != "\n" })
      #expect(heading.contains(/: \d+ cells? × \d+ seeds? = \d+ runs?$/), "\(heading)")
    }
  }

  @Test func `the folder of pictures trains`() async throws {
    let box = try Sandbox()
    let manifest = Self.experiments.appendingPathComponent("your-own-images/shapes.yaml").path
    try await box.run("sweep", manifest, "train.epochs=1", "repeat=1").expectExit(0)
    let runs = try box.store().runs()
    #expect(runs.count == 8 && runs.allSatisfy { $0.state == .completed })
  }
}
