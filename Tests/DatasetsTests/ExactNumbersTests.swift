// SPDX-License-Identifier: Apache-2.0

import Datasets
import Foundation
import Testing
import Vocabulary

/// Numbers that float32 would round: standardised before they are rounded.
@Suite struct ExactNumbersTests {
  /// Seconds since 1970, 90 apart: float32 knows only multiples of 128 here.
  static let times = (0..<40).map { 1_700_000_000.25 + 90 * Double($0) }
  static let amounts = (0..<40).map { 5e7 + 0.5 * Double(($0 * 7) % 40) }

  private func standardized(_ values: [Double]) -> [Float] {
    let origin = values[0]
    let mean = values.reduce(0) { $0 + ($1 - origin) } / Double(values.count) + origin
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return values.map { Float(($0 - mean) / variance.squareRoot()) }
  }

  private func npy(
    _ folder: TemporaryFolder,
    _ inputs: NpyArray.Elements,
    _ targets: NpyArray.Elements,
    _ options: DataOptions
  ) throws -> PreparedData {
    let x = try folder.write(NpyArray(shape: [40, 1], inputs).encoded, "x.npy")
    let y = try folder.write(NpyArray(shape: [40], targets).encoded, "y.npy")
    return try folder.prepare(Requests.npy(x, y), options)
  }

  private func csv(_ folder: TemporaryFolder, _ options: DataOptions) throws -> PreparedData {
    let lines = zip(Self.times, Self.amounts).map { "\($0),\($1)\n" }.joined()
    let path = try folder.write(Array(("t,y\n" + lines).utf8), "t.csv")
    return try folder.prepare(CSVRequests.table(path), options)
  }

  // MARK: - Values

  @Test func `inputs and targets of arrays and tables are scaled in Double, then rounded`() throws {
    let folder = try TemporaryFolder()
    let both = DataOptions(standardize: .both)
    let arrays = try npy(folder, .float64(Self.times), .float64(Self.amounts), both)
    for data in [arrays, try csv(folder, both)] {
      #expect(data.inputs(.train) == standardized(Self.times))
      #expect(data.values(.train) == standardized(Self.amounts))
      #expect(Set(data.inputs(.train)).count == 40)
    }
  }

  @Test func `whole numbers as real targets are scaled in Double`() throws {
    let folder = try TemporaryFolder()
    let numbers = (0..<40).map { 1_700_000_000 + 3 * $0 }
    let data = try npy(
      folder,
      .float32((0..<40).map { Float($0) }),
      .integers(numbers),
      DataOptions(task: .regression, standardize: .both)
    )
    #expect(data.values(.train) == standardized(numbers.map { Double($0) }))
  }

  @Test func `unscaled numbers are rounded to float32 as ever`() throws {
    let folder = try TemporaryFolder()
    let plain = try npy(folder, .float64(Self.times), .float64(Self.amounts), DataOptions())
    #expect(plain.inputs(.train) == Self.times.map { Float($0) })
    #expect(plain.values(.train) == Self.amounts.map { Float($0) })
    // Targets are not scaled.
    let inputs = DataOptions(standardize: .inputs)
    let some = try npy(folder, .float64(Self.times), .float64(Self.amounts), inputs)
    #expect(some.values(.train) == plain.values(.train))
  }

  @Test func `single, bytes and double take the same formula`() throws {
    let folder = try TemporaryFolder()
    let inputs = DataOptions(standardize: .inputs)
    let singles = (0..<40).map { Float($0 * $0) / 7 }
    let data = try npy(folder, .float32(singles), .float32(singles), inputs)
    #expect(data.inputs(.train) == standardized(singles.map { Double($0) }))
    let bytes = (0..<40).map { UInt8(6 * $0) }
    let brightness = bytes.map { Double(Float($0) / 255) }
    let dim = try npy(folder, .bytes(bytes), .float32(singles), inputs)
    #expect(dim.inputs(.train) == standardized(brightness))
  }

  @Test func `images are looked up to the same bits as scaled one by one`() throws {
    let options = DataOptions(standardize: .inputs)
    let scaled = try builtIn.prepare(Requests.noiseImages, options).inputs(.train)
    let plain = try builtIn.prepare(Requests.noiseImages).inputs(.train)
    let (channels, area) = (3, 12 * 20)
    for channel in 0..<channels {
      let places = plain.indices.filter { $0 / area % channels == channel }
      #expect(places.map { scaled[$0] } == standardized(places.map { Double(plain[$0]) }))
    }
  }

  @Test func `errors of outliers are added before scaling`() throws {
    let folder = try TemporaryFolder()
    func data(_ standardize: DataOptions.Standardization) throws -> PreparedData {
      let options = DataOptions(
        standardize: standardize,
        outliers: Outliers(share: 0.5, deviation: 10)
      )
      return try npy(folder, .float64(Self.times), .float64(Self.times), options)
    }
    let (plain, scaled) = try (data(.none), data(.both))
    let clean = standardized(Self.times)
    let hit = zip(scaled.values(.train), clean).filter { $0 != $1 }
    #expect(hit.count == 20)
    #expect(zip(plain.values(.train), Self.times).filter { $0 != Float($1) }.count > 10)
  }

  @Test func `folds are scaled by their own numbers`() throws {
    let folder = try TemporaryFolder()
    let options = DataOptions(folds: 4, standardize: .inputs)
    let data = try npy(folder, .float64(Self.times), .float64(Self.times), options)
    for fold in 0..<4 {
      let part = data.fold(fold)
      let own = part.ids(.train).map { Self.times[Int($0)] }
      #expect(part.inputs(.train) == standardized(own))
    }
  }

  @Test func `inputs to be predicted are scaled in Double`() throws {
    let folder = try TemporaryFolder()
    let options = DataOptions(standardize: .inputs)
    let data = try npy(folder, .float64(Self.times), .float64(Self.times), options)
    let asked = try data.inputs(from: NpyArray(shape: [40, 1], .float64(Self.times)), path: "a")
    #expect(asked.values == data.inputs(.train))
    let whole = Self.times.map { Int($0) }
    let times = try data.inputs(from: NpyArray(shape: [40, 1], .integers(whole)), path: "a")
    #expect(Set(times.values).count == 40)
  }

  // MARK: - Constant features

  @Test(arguments: [0.1, 1.7e9, -3.3e37])
  func `a constant is 0, also if its sum rounds`(value: Double) throws {
    let folder = try TemporaryFolder()
    let options = DataOptions(standardize: .inputs)
    let equal = [Double](repeating: value, count: 40)
    let data = try npy(folder, .float64(equal), .float64(Self.times), options)
    #expect(data.inputs(.train).allSatisfy { $0 == 0 })
  }

  @Test func `a difference in the last place is no difference`() throws {
    let folder = try TemporaryFolder()
    let options = DataOptions(standardize: .inputs)
    let values = (0..<40).map { $0 % 2 == 0 ? 0.3 : 0.1 + 0.2 }
    let data = try npy(folder, .float64(values), .float64(Self.times), options)
    #expect(data.inputs(.train).allSatisfy { abs($0) < 1e-15 })
  }

  // MARK: - Digests

  /// ```python
  /// np.save("x", np.array([[.1, .2], [.3, .4], [.5, .7]])); np.save("y", np.array([.1, .2, .3]))
  /// ```
  /// as the version before float64 was kept digested them.
  @Test func `the digest of unscaled data stays that of their float32`() throws {
    let folder = try TemporaryFolder()
    let x = NpyArray(shape: [3, 2], .float64([0.1, 0.2, 0.3, 0.4, 0.5, 0.7]))
    let y = NpyArray(shape: [3], .float64([0.1, 0.2, 0.3]))
    let request = Requests.npy(
      try folder.write(x.encoded, "x.npy"),
      try folder.write(y.encoded, "y.npy")
    )
    func digest(_ standardize: DataOptions.Standardization) throws -> String {
      let options = DataOptions(standardize: standardize)
      let content = try folder.library.describe(request, options).contentSHA256
      #expect(try folder.prepare(request, options).description.contentSHA256 == content)
      return content
    }
    let plain = "8d171ab3bb91f521df9f29b385385314c26fe1d7059a7ccc15d782d1d92eb089"
    #expect(try digest(.none) == plain)
    #expect(try Set([digest(.none), digest(.inputs), digest(.both)]).count == 3)
  }

  @Test func `data that differ beyond float32 are other data once they are standardised`() throws {
    let folder = try TemporaryFolder()
    let moved = Self.times.map { $0 + 0.125 }
    func digest(_ times: [Double], _ standardize: DataOptions.Standardization) throws -> String {
      let options = DataOptions(standardize: standardize)
      return try npy(folder, .float64(times), .float64(Self.amounts), options).description
        .contentSHA256
    }
    #expect(try digest(Self.times, .none) == digest(moved, .none))
    #expect(try digest(Self.times, .inputs) != digest(moved, .inputs))
  }

  @Test func `data that float32 holds keep their digest, whatever is done to them`() throws {
    let folder = try TemporaryFolder()
    let numbers = (0..<40).map { Double($0) / 4 }
    func digest(_ standardize: DataOptions.Standardization, isDouble: Bool) throws -> String {
      let options = DataOptions(standardize: standardize)
      let inputs: NpyArray.Elements =
        isDouble ? .float64(numbers) : .float32(numbers.map { Float($0) })
      return try npy(folder, inputs, inputs, options).description.contentSHA256
    }
    let plain = try digest(.none, isDouble: false)
    for standardize in [DataOptions.Standardization.none, .inputs, .both] {
      #expect(try digest(standardize, isDouble: true) == plain)
    }
  }

  @Test func `only numbers that are scaled are in the digest`() throws {
    let folder = try TemporaryFolder()
    let exact = NpyArray.Elements.float64(Self.times.map { $0.rounded(.down) - 1_700_000_000 })
    func digest(_ standardize: DataOptions.Standardization) throws -> String {
      try npy(folder, exact, .float64(Self.times), DataOptions(standardize: standardize))
        .description.contentSHA256
    }
    #expect(try digest(.inputs) == digest(.none))
    #expect(try digest(.both) != digest(.none))
  }

  // MARK: - The cache

  @Test func `float64 comes back from the decoded cache, and its digest`() throws {
    let folder = try TemporaryFolder()
    let count = 80_000
    let times = (0..<count).map { 1_700_000_000.25 + 90 * Double($0) }
    let x = try folder.write(NpyArray(shape: [count, 1], .float64(times)).encoded, "x.npy")
    let y = try folder.write(NpyArray(shape: [count], .float64(times)).encoded, "y.npy")
    let options = DataOptions(standardize: .both)
    let first = try folder.prepare(Requests.npy(x, y), options)
    #expect(folder.files("decoded").count == 1)
    let second = try folder.prepare(Requests.npy(x, y), options)
    #expect(second.description == first.description)
    #expect(second.inputs(.train) == first.inputs(.train))
    #expect(second.values(.train) == first.values(.train))
    #expect(Set(second.inputs(.train)).count > count / 2)
  }
}

private enum CSVRequests {
  static func table(_ path: String) -> DatasetRequest {
    DatasetRequest(
      "csv",
      [
        "train": .text(path), "target": .text("y"), "header": .boolean(true),
        "separator": .text(","), "missing": .list([.text(""), .text("NA")]),
        "log_target": .boolean(false),
      ]
    )
  }
}
