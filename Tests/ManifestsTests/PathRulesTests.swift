// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite final class PathRulesTests {
  private let base: URL
  private let files = FileManager.default

  init() throws {
    base = files.temporaryDirectory.appendingPathComponent("paths-\(UUID().uuidString)")
      .resolvingSymlinksInPath()
    for folder in ["project/experiments", "outside", "data"] {
      let url = base.appendingPathComponent(folder)
      try files.createDirectory(at: url, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: url.appendingPathComponent("x.npy"))
    }
    try files.createSymbolicLink(
      at: base.appendingPathComponent("project/link.npy"),
      withDestinationURL: base.appendingPathComponent("outside/x.npy")
    )
    try files.createSymbolicLink(
      at: base.appendingPathComponent("project/inner.npy"),
      withDestinationURL: base.appendingPathComponent("data/x.npy")
    )
  }

  deinit { try? files.removeItem(at: base) }

  private var rules: PathRules {
    PathRules(
      folder: base.path + "/project/experiments",
      roots: [base.path + "/project", base.path + "/data"]
    )
  }

  @Test func `files of the project, the manifest's folder and the data are allowed`() {
    let project = base.path + "/project"
    #expect(rules.resolve("x.npy") == .success(project + "/experiments/x.npy"))
    #expect(rules.resolve("../experiments/./x.npy") == .success(project + "/experiments/x.npy"))
    #expect(rules.resolve(base.path + "/data/x.npy") == .success(base.path + "/data/x.npy"))
    #expect(rules.resolve("../inner.npy") == .success(base.path + "/data/x.npy"))
  }

  @Test func `a folder is one where a folder is wanted`() {
    let folder = base.path + "/project/experiments"
    #expect(rules.resolve(".", wantsFolder: true) == .success(folder))
    #expect(rules.resolve("x.npy", wantsFolder: true) == .failure(.file(folder + "/x.npy")))
    #expect(rules.resolve(".") == .failure(.folder(folder)))
  }

  @Test func `a folder of pictures has a test part if it holds one`() throws {
    let data = DataSpecification(
      dataset: Component("images", ["folder": .text(base.path + "/pictures")])
    )
    for (folder, expected) in [("a", false), ("train/a", false), ("test/a", true)] {
      let url = base.appendingPathComponent("pictures/\(folder)")
      try files.createDirectory(at: url, withIntermediateDirectories: true)
      #expect(data.hasTest == expected, "\(folder)")
    }
  }

  @Test func `other files are refused by their real path`() {
    let outside = base.path + "/outside/x.npy"
    #expect(rules.resolve("../../outside/x.npy") == .failure(.outside(outside)))
    #expect(rules.resolve(outside) == .failure(.outside(outside)))
    #expect(rules.resolve("../link.npy") == .failure(.outside(outside)))
    #expect(rules.resolve("/etc/hostname") == .failure(.outside("/etc/hostname")))
  }

  @Test func `folders beside an allowed one are not inside of it`() throws {
    let rules = PathRules(folder: base.path + "/out")
    #expect(rules.resolve("../outside/x.npy") == .failure(.outside(base.path + "/outside/x.npy")))
  }

  @Test func `missing files and folders are refused`() {
    let project = base.path + "/project"
    #expect(rules.resolve("y.npy") == .failure(.missing(project + "/experiments/y.npy")))
    #expect(rules.resolve("../experiments") == .failure(.folder(project + "/experiments")))
  }

  @Test func `paths of a plan are resolved`() throws {
    let text = changed(
      small,
      [
        "data: { dataset: npy, train: { inputs: x.npy, targets: x.npy } }",
        "init: { from: \"${file}\" }", "parameters: { file: [x.npy, ../inner.npy] }",
      ]
    )
    let plan = try plan(manifest: text, file: "m.yaml", rules: rules)
    let specification = plan.cells[1].specification
    #expect(
      specification.data.dataset["train"].mapping?["inputs"]
        == .text(base.path + "/project/experiments/x.npy")
    )
    #expect(specification.data.dataset["test"] == ArgumentValue.none)
    #expect(specification.initialization.file == base.path + "/data/x.npy")
    #expect(plan.experiment.report.metric == "train.loss")
  }
}
