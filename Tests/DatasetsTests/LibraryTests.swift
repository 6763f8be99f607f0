// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Foundation
import Testing

@Suite struct LibraryTests {
  @Test func `an unknown name gets its nearest`() {
    #expect(
      sentence { _ = try builtIn.describe(DatasetRequest("fashion-mnst")) } == """
        error: no data set is called `fashion-mnst`
        hint: did you mean `fashion_mnist`?
        """
    )
    #expect(
      sentence { _ = try builtIn.check("librispeech") } == """
        error: no data set is called `librispeech`
        """
    )
    #expect(remedy { _ = try builtIn.check("librispeech") } == .list)
    #expect(remedy { _ = try builtIn.check("fashion-mnst") } == nil)
  }

  @Test func `a missing set names each place and the files expected`() {
    let library = DatasetLibrary(
      DataLocations(
        environment: ["RUNEXP_DATA": "/nowhere:rel", "XDG_CACHE_HOME": "/c", "HOME": "/h"],
        workingDirectory: "/w"
      )
    )
    let expected = """
      error: the data set `mnist` was not found; searched `/nowhere/mnist`, `/w/rel/mnist`, \
      `/w/data/mnist`, `/c/runexp/data/mnist`
      hint: expected in one of them: `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, \
      `t10k-images-idx3-ubyte.gz`, `t10k-labels-idx1-ubyte.gz`
      """
    #expect(sentence { _ = try library.prepare(DatasetRequest("mnist")) } == expected)
    #expect(sentence { _ = try library.check("mnist") } == expected)
    #expect(remedy { _ = try library.check("mnist") } == .fetch(name: "mnist", folder: "mnist"))
  }

  @Test func `the first folder that has the set is used`() throws {
    let folder = try IDXTests.folder()
    let empty = try TemporaryFolder()
    let library = DatasetLibrary(
      DataLocations(searched: [empty.path, "\(folder.path)/data"], decoded: nil)
    )
    #expect(try library.prepare(IDXTests.request).count(.train) == 1000)
    let entry = try #require(DatasetLibrary.catalogue.first { $0.name == "fashion_mnist_mini" })
    #expect(library.folder(of: entry) == "\(folder.path)/data/fashion-mnist-mini")
  }

  @Test func `the cache is where the system keeps caches`() {
    let home = DataLocations(environment: ["HOME": "/h"])
    #if os(macOS)
      #expect(home.decoded == "/h/Library/Caches/runexp/decoded")
    #else
      #expect(home.decoded == "/h/.cache/runexp/decoded")
    #endif
    #expect(home.searched.first == "data")
    // A relative XDG_CACHE_HOME is invalid by its specification and ignored.
    #expect(DataLocations(environment: ["XDG_CACHE_HOME": "rel"]).decoded == nil)
  }

  @Test func `check compares size and digest`() throws {
    let folder = try IDXTests.folder()
    let mini = "data/fashion-mnist-mini"
    try FileManager.default.removeItem(atPath: "\(folder.path)/\(mini)/t10k-labels-idx1-ubyte.gz")
    // The published size, other bytes.
    let wrong = [UInt8](repeating: 7, count: 525)
    try folder.write(wrong, "\(mini)/train-labels-idx1-ubyte.gz")
    let states = try folder.library.check("fashion_mnist_mini").map(\.state)
    #expect(states[1] == .different(byteCount: 525, sha256: SHA256.hexadecimal(of: wrong)))
    #expect(states[3] == .missing)
    guard case .different(_, nil) = states[0] else {
      Issue.record("\(states[0])")
      return
    }
    #expect(try folder.library.check("glyphs").isEmpty)
  }

  @Test(
    .enabled(
      if: RealData.has("fashion_mnist_mini") && RealData.has("mnist")
        && RealData.has("time_machine") && RealData.has("airfoil")
        && RealData.has("house_prices"),
      "RUNEXP_DATA lacks fashion-mnist-mini, mnist, time-machine, airfoil or house-prices"
    )
  )
  func `the real files are the published ones`() throws {
    for name in ["fashion_mnist_mini", "mnist", "time_machine", "airfoil", "house_prices"] {
      let checks = try RealData.library.check(name)
      #expect(!checks.isEmpty)
      #expect(checks.allSatisfy { $0.state == .sound }, "\(checks)")
    }
  }

  @Test func `every entry of the catalogue can be asked for`() {
    for entry in DatasetLibrary.catalogue where !entry.isGenerated && !entry.isOwn {
      let text = sentence {
        _ = try builtIn.describe(DatasetRequest(entry.name))
      }
      #expect(text.contains("was not found"), "\(text)")
      #expect(entry.files.allSatisfy { $0.sha256.count == 64 && $0.byteCount > 0 })
    }
  }
}
