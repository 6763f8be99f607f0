// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Vocabulary

/// A folder of one test, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("runexp-training-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // What a test leaves behind when this fails is the system's to clear.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file, in a folder of its own if `name` says so; gives its path.
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: url)
    return url.path
  }
}

/// An array as it goes into an npy file.
struct TestArray {
  var type: String
  var shape: [Int]
  var bytes: [UInt8]

  init(_ values: [Float], _ shape: [Int]) {
    (type, self.shape) = ("<f4", shape)
    bytes = values.flatMap { Self.littleEndian($0.bitPattern) }
  }

  init(_ values: [Int32], _ shape: [Int]) {
    (type, self.shape) = ("<i4", shape)
    bytes = values.flatMap { Self.littleEndian(UInt32(bitPattern: $0)) }
  }

  private static func littleEndian(_ bits: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
  }

  /// Format version 1.0, the header padded to a multiple of 64 bytes.
  var npy: [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    let length = header.utf8.count
    let prefix: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    return prefix + [UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + bytes
  }
}

extension TemporaryFolder {
  /// Data of npy files with these arrays; `lengths` are those of the sequences of training and test part.
  func data(
    train: (inputs: TestArray, targets: TestArray),
    test: (inputs: TestArray, targets: TestArray)? = nil,
    lengths: (train: TestArray, test: TestArray)? = nil
  ) throws -> DataSpecification {
    func part(
      _ name: String,
      _ arrays: (inputs: TestArray, targets: TestArray),
      _ lengths: TestArray?
    ) throws -> ArgumentValue {
      var files: [String: ArgumentValue] = [
        "inputs": .text(try write("\(name)-x.npy", arrays.inputs.npy)),
        "targets": .text(try write("\(name)-y.npy", arrays.targets.npy)),
        "lengths": .none,
      ]
      if let lengths { files["lengths"] = .text(try write("\(name)-n.npy", lengths.npy)) }
      return .mapping(files)
    }
    var arguments = ["train": try part("train", train, lengths?.train)]
    if let test { arguments["test"] = try part("test", test, lengths?.test) }
    return DataSpecification(dataset: component(.datasets, "npy", arguments))
  }
}
