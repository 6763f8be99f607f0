// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

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
      .expectTalk("t.csv:42`: expected 3 fields, got 2").expectTalk("m.yaml:2:30: error: ")
  }

  /// Prices in the German way, and a city that only the test part has.
  private static let germanManifest = """
    name: prices
    data: { dataset: csv, train: t.csv, test: u.csv, target: preis, separator: ";", decimal: ",", thousands: "." }
    model: [{ dense: 1 }]
    loss: mse
    optimizer: { name: adam, learning_rate: 0.1 }
    train: { epochs: 2, batch_size: 4 }
    """

  @Test(arguments: [
    ("target: preis", "target: Preis", "names the column `Preis`"),
    ("decimal: \",\"", "decimal: \".\"", "decimal"),
    ("test: u.csv", "test: u.csv, folds: 400", "12 folds of 12 examples, got 400"),
  ])
  func `a mistake in data is placed at its key`(
    right: String,
    wrong: String,
    sentence: String
  ) async throws {
    let rows = (0..<12).map { "1.00\($0 % 7),5;\(["Ulm", "Bonn"][$0 % 2]);\($0 % 5),25\n" }
    let text = Self.germanManifest.replacing(right, with: wrong)
    let box = try Sandbox().manifest(text)
      .write("t.csv", "preis;stadt;x\n" + rows.joined())
      .write("u.csv", "preis;stadt;x\n" + rows.joined())
    let finished = try await box.run("plan", "m.yaml").expectExit(2)
    let line = text.split(separator: "\n")[1]
    let value = wrong.split(separator: ": ").last.map { "\($0)" } ?? ""
    let end = try #require(line.range(of: wrong)).upperBound
    let column = line.distance(from: line.startIndex, to: end) - value.count + 1
    #expect(finished.talk.contains("m.yaml:2:\(column): error: "), "\(finished.talk)")
    #expect(finished.talk.contains(sentence), "\(finished.talk)")
  }

  @Test func `a mistake in a file is placed where the file is named`() async throws {
    let box = try Sandbox().manifest(
      """
      name: files
      data:
        dataset: npy
        train: { inputs: x.npy, targets: y.npy }
      model: [{ dense: 1 }]
      loss: mse
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    )
    .write("x.npy", "no array").write("y.npy", "no array")
    let finished = try await box.run("plan", "m.yaml").expectExit(2)
    #expect(finished.talk.contains("m.yaml:4:20: error: "), "\(finished.talk)")
    try box.manifest(Self.germanManifest)
      .write("t.csv", "preis;stadt;x\n1,5;Ulm;2\n2,5;Ulm;3\n3,5;Bonn;4\n")
      .write("u.csv", "preis;stadt;x\n1,5;Ulm;zwei\n2,5;Ulm;3\n")
    let table = try await box.run("plan", "m.yaml").expectExit(2)
    #expect(table.talk.contains("m.yaml:2:43: error: "), "\(table.talk)")
  }

  @Test func `plan, show and the report list the columns of a table`() async throws {
    let rows = (0..<12).map { "1.00\($0 % 7),5;\(["Ulm", "Bonn"][$0 % 2]);\($0 % 5),25\n" }
    let box = try Sandbox().manifest(Self.germanManifest)
      .write("t.csv", "fläche;stadt;preis\n" + rows.joined())
      .write("u.csv", "fläche;stadt;preis\n2,5;Rom;1\n;Ulm;2\n")
    let table = [
      "column  role    kind        values", "fläche  input   number      1000.5 … 1006.5",
      "stadt   input   categories  3: Bonn, Rom, Ulm", "preis   target  number      0.25 … 4.25",
    ]
    let warning =
      "warning: column `stadt`: 1 category of the test part never occurs in training: `Rom` (1 of 2 records); its weight stays untrained"
    let plan = try await box.run("plan", "m.yaml").expectExit(0).expectTalk(warning)
    for line in table { #expect(plan.output.contains(line + "\n")) }
    let objects = try await box.run("plan", "m.yaml", "--json").expectExit(0)
    #expect(
      objects.output.contains(
        #""columns":[{"kind":"number","maximum":1006.5,"minimum":1000.5,"missing_share":0,"name":"fläche","role":"input"}"#
      )
    )
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk(warning)
    // Nothing is read again.
    try FileManager.default.removeItem(atPath: box.path("t.csv"))
    let shown = try await box.run("show", "last").expectExit(0)
    for line in table { #expect(shown.output.contains("  " + line + "\n")) }
    let object = try await box.run("show", "last", "--json").expectExit(0)
    #expect(
      object.output.contains(
        #""category_count":3,"categories":["Bonn","Rom","Ulm"],"missing_share":0}"#
      )
    )
    try await box.run("report", "prices").expectExit(0)
    let report = try String(contentsOfFile: box.path("reports/prices/index.md"), encoding: .utf8)
    #expect(report.contains("## Columns\n"))
    #expect(report.contains("| stadt | input | categories | 3: Bonn, Rom, Ulm |\n"))
  }

  @Test func `commas and points give the same run, and a question mark the same answer anywhere`()
    async throws
  {
    let manifest = Self.germanManifest.replacing(", test: u.csv", with: "")
      .replacing(", thousands: \".\"", with: "")
    let fields = (0..<20).map { ("\($0).\($0 * 37 % 100)", "\($0 % 6).5") }
    let points = fields.map { "\($0.0);\($0.1)\n" }.joined()
    let plain = manifest.replacing(", decimal: \",\"", with: "")
    let box = try Sandbox().manifest(manifest).write("p.yaml", plain)
      .write("t.csv", "x;preis\n" + points)
    try await box.run("run", "p.yaml").expectExit(0)
    try box.write("t.csv", "x;preis\n" + points.replacing(".", with: ","))
    try await box.run("run", "m.yaml").expectExit(0)
    let runs = try box.store().runs()
    #expect(runs.count == 2)
    #expect(Set(runs.map(\.weightsSHA256)).count == 1)
    #expect(Set(runs.map(\.dataSHA256)).count == 1)
    try await box.run("plan", "p.yaml").expectExit(2)
      .expectTalk("t.csv:2`: expected a number in the column `preis`, got `0,5`")
      .expectTalk("hint: `decimal: \",\"` if the numbers of the file are written so")
    for place in [0, 1, 19] {
      var marked = fields.map { "\($0.0);\($0.1)\n" }
      marked[place] = "?;1.5\n"
      try box.write("t.csv", "x;preis\n" + marked.joined())
      try await box.run("plan", "p.yaml").expectExit(2)
        .expectTalk("t.csv:\(place + 2)`: expected a number in the column `x`, got `?`")
    }
  }

  @Test func `whole numbers under cross_entropy and a single class are told`() async throws {
    let manifest = """
      name: classes
      data: { dataset: csv, train: t.csv, target: y }
      model: [{ dense: 3 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    let box = try Sandbox().manifest(manifest).write("t.csv", "x,y\n1.5,0\n2.5,1\n3,2\n")
    try await box.run("plan", "m.yaml").expectExit(2)
      .expectTalk(
        "m.yaml:4:7: error: `cross_entropy` needs classes, but the targets are real numbers"
      )
      .expectTalk(
        "hint: use `loss: mse`, or `data.task: classification` if whole numbers stand for classes"
      )
    try await box.run("plan", "m.yaml", "data.task=classification").expectExit(0)
    try box.write("t.csv", "x,y\n1.5,cat\n2.5,cat\n")
    try await box.run("plan", "m.yaml").expectExit(2)
      .expectTalk("error: all targets are of one class, so there is nothing to tell apart")
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

  @Test func `what is unexpected in data is warned of at its line, and listed for scripts`()
    async throws
  {
    let box = try Sandbox().manifest(
      """
      name: pictures
      data: { dataset: images, folder: p, color: gray }
      model: [flatten, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    )
    try Self.writePictures(box)
    try FileManager.default.createDirectory(
      at: box.folder.appendingPathComponent("p/dark/more"),
      withIntermediateDirectories: true
    )
    try FileManager.default.copyItem(
      at: box.folder.appendingPathComponent("p/dark/0.png"),
      to: box.folder.appendingPathComponent("p/dark/more/0.png")
    )
    try await box.run("plan", "m.yaml").expectExit(0).expectTalk("m.yaml:2:7: warning: `")
      .expectTalk("p/dark/more` lies inside the folder of a class: its 1 picture is not read")
    let listed = try await box.run("plan", "m.yaml", "--json").expectExit(0)
    #expect(listed.output.contains("\"kind\":\"nested_folder\""))
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk("p/dark/more` lies inside")
  }

  @Test func `plan says what arrays and pictures are read as`() async throws {
    let manifest = """
      name: read
      data: { dataset: images, folder: p, color: gray, validation: 6 }
      model: [flatten, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    let box = try Sandbox().manifest(manifest)
    try Self.writePictures(box)
    let counts = try await box.run("plan", "m.yaml").expectExit(0).output
    let line = try #require(
      counts.split(separator: "\n").first { $0.hasPrefix("  inputs: bytes [1, 6, 6], divided") }
    )
    let numbers = line.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    try #require(numbers.count == 7, "\(line)")
    #expect(
      line
        == "  inputs: bytes [1, 6, 6], divided by 255; targets: 2 classes: bright (\(numbers[5])), dark (\(numbers[6]))"
    )
    #expect(numbers[5] + numbers[6] == 10)
    let json = try await box.run("plan", "m.yaml", "--json").expectExit(0)
    #expect(
      json.output.contains(
        #""data":{"classes":[{"name":"bright","training_examples":\#(numbers[5])},{"name":"dark","training_examples":\#(numbers[6])}],"inputs":{"kind":"bytes","shape":[1,6,6]},"name":"images","targets":{"class_count":2,"kind":"classes"}}"#
      )
    )
  }

  @Test func `plan says whether whole numbers are tokens, bytes or classes`() async throws {
    let box = try Sandbox().manifest(
      """
      name: read
      data: { dataset: npy, train: { inputs: x.npy, targets: y.npy } }
      model: [{ lstm: 2 }, last_step, { dense: 1 }]
      loss: mse
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 4 }
      """
    )
    func write(_ array: NpyArray, _ name: String) throws {
      try Data(array.encoded).write(to: box.folder.appendingPathComponent(name))
    }
    let numbers = (0..<24).map { 7 * $0 % 11 }
    try write(NpyArray(shape: [6, 4], .integers(numbers)), "x.npy")
    try write(NpyArray(shape: [6], .float32([1, 2, 3, 4, 5, 6])), "y.npy")
    let tokens = try await box.run("plan", "m.yaml").expectExit(0)
    #expect(
      tokens.output.contains(
        """
        data npy: 6 training, 0 validation, 0 test examples
          inputs: tokens [4] of a vocabulary of 11; targets: values [1]

        """
      )
    )
    let listed = try await box.run("plan", "m.yaml", "--json").expectExit(0)
    #expect(
      listed.output.contains(
        #""data":{"inputs":{"kind":"tokens","shape":[4],"vocabulary":11},"name":"npy","targets":{"kind":"values","shape":[1]}}"#
      )
    )
    try write(NpyArray(shape: [6, 4], .bytes(numbers.map { UInt8($0) })), "x.npy")
    try write(NpyArray(shape: [6], .integers([0, 1, 2, 0, 1, 2])), "y.npy")
    let bytes = try await box.run("plan", "m.yaml", "model=[{dense: 3}]", "loss=cross_entropy")
      .expectExit(0)
    #expect(bytes.output.contains("\n  inputs: bytes [4], divided by 255; targets: 3 classes\n"))
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
