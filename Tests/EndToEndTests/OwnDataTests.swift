// SPDX-License-Identifier: Apache-2.0

import Codecs
import Foundation
import Storage
import Testing

/// Data of the user's own, from the manifest to the report.
@Suite(.inTurns) struct OwnDataTests {
  /// Forty records with a category, a missing number and a target that follows them.
  private static let table: String = {
    let rows = (0..<40).map { row in
      let x = row % 7 == 3 ? "NA" : "\(row)"
      let color = ["red", "blue", "None"][row % 3]
      return "\(x),\(color),\(2 * row + row % 3)"
    }
    return "x,color,y\n" + rows.joined(separator: "\n") + "\n"
  }()

  private static let manifest = """
    name: folds
    data: { dataset: csv, train: t.csv, target: y, folds: 3, standardize: both }
    model: [{ dense: { units: 8, activation: tanh } }, { dense: 1 }]
    loss: mse
    optimizer: { name: adam, learning_rate: "${learning_rate}" }
    train: { epochs: 3, batch_size: 8 }
    repeat: 2
    parameters: { learning_rate: [0.01, 0.1] }
    report: { metric: val.loss }
    """

  @Test func `a table is trained on in folds, verified and asked`() async throws {
    let box = try Sandbox().manifest(Self.manifest).write("t.csv", Self.table)
    try await box.run("plan", "m.yaml").expectExit(0)
    try await box.run("sweep", "m.yaml").expectExit(0)
    let runs = try await box.run("runs", "--json").expectExit(0)
    #expect(runs.output.split(separator: "\n").count == 4)
    #expect(runs.output.contains("\"val.loss\":{"))
    #expect(!runs.output.contains("\"test.loss\""))
    try await box.run("verify", "last", "--threads", "2").expectExit(0)
    let shown = try await box.run("show", "last").expectExit(0)
    #expect(shown.output.contains("folds: 3"))
    // Four inputs: x and a column for each category.
    let four = try await box.run("predict", "last", "nothing.npy")
    four.expectExit(2)
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk("nothing has to be run")
  }

  @Test func `more folds are another run, and a wrong table is told at its line`() async throws {
    let box = try Sandbox().manifest(Self.manifest).write("t.csv", Self.table)
    try await box.run("run", "m.yaml", "learning_rate=0.01", "repeat=1").expectExit(0)
    try await box.run("run", "m.yaml", "learning_rate=0.01", "repeat=1", "data.folds=4")
      .expectExit(0)
    #expect(try box.store().runs().count == 2)
    try box.write("t.csv", Self.table + "1,2\n")
    try await box.run("plan", "m.yaml").expectExit(2)
      .expectTalk("t.csv:42`: expected 3 fields, got 2").expectTalk("m.yaml:2:7: error: ")
  }

  @Test func `a folder of pictures is trained on with augmentation`() async throws {
    let box = try Sandbox().manifest(
      """
      name: pictures
      data: { dataset: images, folder: p, color: gray, validation: 4, augment: { flip: horizontal, shift: 1 } }
      model: [flatten, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 2, batch_size: 4 }
      """
    )
    try Self.writePictures(box)
    try await box.run("sweep", "m.yaml").expectExit(0)
    let shown = try await box.run("show", "last").expectExit(0)
    #expect(shown.output.contains("augment: { flip: horizontal, shift: 1 }"))
    try await box.run("verify", "last").expectExit(0)
    try await box.run("predict", "last", "p/dark/3.png").expectExit(0)
  }

  @Test func `predict resizes a picture where the data were resized`() async throws {
    let box = try Sandbox().manifest(
      """
      name: sized
      data: { dataset: images, folder: p, color: gray, size: [4, 5], validation: 4 }
      model: [flatten, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    )
    try Self.writePictures(box)
    try await box.run("sweep", "m.yaml").expectExit(0)
    let asked = try await box.run("predict", "last", "p/dark/3.png").expectExit(0)
    #expect(asked.output.contains("\"class\":"))
  }

  /// Two classes of eight pictures of 6 × 6 pixels.
  private static func writePictures(_ box: Sandbox) throws {
    for (number, name) in ["bright", "dark"].enumerated() {
      for index in 0..<8 {
        let pixels = (0..<36).map { UInt8(($0 * 3 + index * 5) % 100 + 150 * (1 - number)) }
        let image = PNGImage(width: 6, height: 6, format: .gray8, pixels: pixels)
        let url = box.folder.appendingPathComponent("p/\(name)/\(index).png")
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(),
          withIntermediateDirectories: true
        )
        try Data(PNG.encode(image)).write(to: url)
      }
    }
  }
}
