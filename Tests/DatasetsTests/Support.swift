// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Diagnostics
import Foundation
import Tensors
import Vocabulary

/// A folder that is removed when the value goes.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "runexp-datasets-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = "\(path)/\(name)"
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func files(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
  }
}

/// The real sets, where `RUNEXP_DATA` names them.
enum RealData {
  static let library = DatasetLibrary(
    DataLocations(
      searched: DataLocations(environment: ProcessInfo.processInfo.environment).searched,
      decoded: nil
    )
  )

  static func has(_ name: String) -> Bool {
    guard let entry = DatasetLibrary.catalogue.first(where: { $0.name == name }) else {
      return false
    }
    return library.folder(of: entry) != nil
  }
}

/// A library with nothing but built-in data, without a cache.
let builtIn = DatasetLibrary(DataLocations(searched: [], decoded: nil))

extension TemporaryFolder {
  /// Looks for sets in `data` and caches in `decoded`; used within one call, so that the folder outlives it.
  func prepare(_ request: DatasetRequest, _ options: DataOptions = DataOptions()) throws
    -> PreparedData
  {
    try library.prepare(request, options)
  }

  var library: DatasetLibrary {
    DatasetLibrary(DataLocations(searched: ["\(path)/data"], decoded: "\(path)/decoded"))
  }
}

enum Requests {
  static func glyphs(train: Int = 60, test: Int = 20, noise: Double = 0.1, seed: Int = 0)
    -> DatasetRequest
  {
    DatasetRequest(
      "glyphs",
      ["train": .integer(train), "test": .integer(test), "noise": .real(noise)],
      seed: seed
    )
  }

  static func spirals(train: Int = 50, test: Int = 20, noise: Double = 0.1, seed: Int = 0)
    -> DatasetRequest
  {
    DatasetRequest(
      "spirals",
      [
        "classes": .integer(3), "train": .integer(train), "test": .integer(test),
        "noise": .real(noise),
      ],
      seed: seed
    )
  }

  static func sine(steps: Int = 5, noise: Double = 0.1) -> DatasetRequest {
    DatasetRequest(
      "sine",
      [
        "steps": .integer(steps), "train": .integer(30), "test": .integer(10),
        "noise": .real(noise),
      ]
    )
  }

  static func grammar(steps: Int = 40) -> DatasetRequest {
    DatasetRequest(
      "grammar",
      ["steps": .integer(steps), "train": .integer(30), "test": .integer(10)]
    )
  }

  static let noiseImages = DatasetRequest(
    "noise_images",
    [
      "height": .integer(12), "width": .integer(20), "channels": .integer(3),
      "classes": .integer(4), "train": .integer(16), "test": .integer(8),
    ]
  )

  /// A generator with 30 + 10 examples and these further arguments.
  static func drawn(_ name: String, _ arguments: [String: ArgumentValue]) -> DatasetRequest {
    let counts: [String: ArgumentValue] = ["train": .integer(30), "test": .integer(10)]
    return DatasetRequest(name, counts.merging(arguments) { $1 })
  }

  static func linear(noise: Double = 0.01) -> DatasetRequest {
    drawn(
      "linear",
      ["weights": .list([.real(2), .real(-3.4)]), "bias": .real(4.2), "noise": .real(noise)]
    )
  }

  static func highDimensional(noise: Double = 0.01) -> DatasetRequest {
    drawn(
      "high_dimensional_linear",
      ["inputs": .integer(200), "weight": .real(0.01), "bias": .real(0.05), "noise": .real(noise)]
    )
  }

  static func polynomial(degree: Int = 3, noise: Double = 0.1) -> DatasetRequest {
    drawn("polynomial", ["degree": .integer(degree), "noise": .real(noise)])
  }

  static func copy(
    symbols: Int = 8,
    length: Int = 5,
    lag: Int = 10,
    targets: String? = nil
  ) -> DatasetRequest {
    var arguments: [String: ArgumentValue] = [
      "symbols": .integer(symbols), "length": .integer(length), "lag": .integer(lag),
    ]
    if let targets { arguments["targets"] = .text(targets) }
    return drawn("copy", arguments)
  }

  static func reversal(
    symbols: Int = 10,
    shortest: Int = 3,
    longest: Int = 8
  ) -> DatasetRequest {
    drawn(
      "reversal",
      [
        "symbols": .integer(symbols), "shortest": .integer(shortest), "longest": .integer(longest),
      ]
    )
  }

  static func adding(lag: Int = 20) -> DatasetRequest { drawn("adding", ["lag": .integer(lag)]) }

  static func timeMachine(
    tokens: String = "char",
    steps: Int = 35,
    partition: String = "random",
    maxTokens: Int = 10_000
  ) -> DatasetRequest {
    DatasetRequest(
      "time_machine",
      [
        "tokens": .text(tokens), "steps": .integer(steps), "partition": .text(partition),
        "max_tokens": .integer(maxTokens),
      ]
    )
  }

  static func npy(
    _ inputs: String,
    _ targets: String,
    lengths: String? = nil,
    test: (String, String)? = nil,
    testLengths: String? = nil
  ) -> DatasetRequest {
    func part(_ inputs: String, _ targets: String, _ lengths: String?) -> ArgumentValue {
      var files: [String: ArgumentValue] = ["inputs": .text(inputs), "targets": .text(targets)]
      files["lengths"] = lengths.map { .text($0) }
      return .mapping(files)
    }
    var arguments = ["train": part(inputs, targets, lengths)]
    if let test { arguments["test"] = part(test.0, test.1, testLengths) }
    return DatasetRequest("npy", arguments)
  }
}

extension PreparedData {
  /// All values of an input of a part in file order, or of `ids`.
  func inputs(_ part: DataPart, _ chosen: [Int32]? = nil, input: Int = 0) -> [Float] {
    let ids = chosen ?? ids(part)
    guard case .values(let shape) = description.inputs[input].shape else { return [] }
    var values = [Float](repeating: .nan, count: ids.count * shape.reduce(1, *))
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { unsafe gather(part, input: input, ids: ids, inputs: base) }
      }
    }
    return values
  }

  func lengths(_ part: DataPart, _ chosen: [Int32]? = nil, input: Int = 0) -> [Int32] {
    unsafe integers(chosen ?? ids(part), 1) {
      unsafe gatherLengths(part, input: input, ids: $0, into: $1)
    }
  }

  func targetLengths(_ part: DataPart, _ chosen: [Int32]? = nil, target: Int = 0) -> [Int32] {
    unsafe integers(chosen ?? ids(part), 1) {
      unsafe gatherTargetLengths(part, target: target, ids: $0, into: $1)
    }
  }

  func tokens(_ part: DataPart, _ chosen: [Int32]? = nil, input: Int = 0) -> [Int32] {
    guard case .tokens(_, let steps) = description.inputs[input].shape else { return [] }
    return unsafe integers(chosen ?? ids(part), steps) {
      unsafe gatherTokens(part, input: input, ids: $0, into: $1)
    }
  }

  func classes(_ part: DataPart, _ chosen: [Int32]? = nil, target: Int = 0) -> [Int32] {
    let perExample =
      switch (description.targets[target].shape, description.input) {
      case (.steps, .tokens(_, let steps)), (.sequence(_, let steps), _): steps
      default: 1
      }
    return unsafe integers(chosen ?? ids(part), perExample) {
      unsafe gatherClasses(part, target: target, ids: $0, into: $1)
    }
  }

  func values(_ part: DataPart, _ chosen: [Int32]? = nil, target: Int = 0) -> [Float] {
    let ids = chosen ?? ids(part)
    guard case .values(let shape) = description.targets[target].shape else { return [] }
    var values = [Float](repeating: .nan, count: ids.count * shape.reduce(1, *))
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress {
          unsafe gatherValues(part, target: target, ids: ids, into: base)
        }
      }
    }
    return values
  }

  private func integers(
    _ ids: [Int32],
    _ count: Int,
    _ gather: (UnsafeBufferPointer<Int32>, UnsafeMutablePointer<Int32>) -> Void
  ) -> [Int32] {
    var values = [Int32](repeating: -1, count: ids.count * count)
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { unsafe gather(ids, base) }
      }
    }
    return values
  }
}

/// The rendered sentence of the `DatasetError` that `body` throws, or "nothing".
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing"
  } catch let error as DatasetError {
    return error.diagnostic.rendered
  } catch {
    return "\(error)"
  }
}

/// What the error of `body` says would help; nil if nothing does, or nothing is thrown.
func remedy(_ body: () throws -> Void) -> DatasetRemedy? {
  do {
    try body()
    return nil
  } catch {
    return (error as? DatasetError)?.remedy
  }
}
