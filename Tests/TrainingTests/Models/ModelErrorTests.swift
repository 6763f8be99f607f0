// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Testing
import Vocabulary

@testable import Tensors
@testable import Training

/// What a model that does not fit its data or loss is told, and at which layer.
@Suite struct ModelErrorTests {
  private func error(
    _ data: DataSpecification,
    _ model: [Component],
    loss: String = "cross_entropy",
    batchSize: Int = 1,
    memoryBytes: Int = ModelBuilder.endlessMemory
  ) throws -> ModelMistake? {
    let subject = Subject(
      data,
      model,
      loss: loss,
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: batchSize)
    )
    let description = try DatasetLibrary(DataLocations(searched: [], decoded: nil)).describe(
      DatasetRequest(data, runSeed: 0),
      data.options
    )
    do {
      _ = try ModelBuilder.build(
        subject.specification,
        for: description,
        memoryBytes: memoryBytes
      )
      return nil
    } catch {
      return error.mistake
    }
  }

  private let glyphs = generated("glyphs", train: 10)
  private let sine = generated("sine", train: 10)
  private let text = generated("grammar", train: 10)

  @Test func `dense on images needs flatten, at its layer`() throws {
    #expect(
      try error(glyphs, [layer("dropout"), dense(10)])
        == ModelMistake(
          layer: ["1"],
          message: "`dense` needs a vector or a sequence, got an image [1, 28, 28]",
          hint: "put `- flatten` before it"
        )
    )
  }

  /// A class at each step needs a result at each step, also where all sequences are equally long.
  @Test func `steps with targets need a result each`() throws {
    let hint =
      "all steps have to be kept: `conv1d` does so with `causal: true`, or with `padding` and an odd `kernel_size`"
    let cut = layer("conv1d", ["channels": .integer(8), "kernel_size": .integer(3)])
    let wide = layer(
      "conv1d",
      ["channels": .integer(8), "kernel_size": .integer(2), "padding": .integer(1)]
    )
    let embedding = layer("embedding", ["size": .integer(8)])
    let steps = 12
    let data = generated("grammar", train: 10, ["steps": .integer(steps)])
    for (changed, made) in [(cut, steps - 2), (wide, steps + 1), (reshape(-1, 16), steps / 2)] {
      for loss in ["cross_entropy", "mse", "hinge"] {
        let found = try error(data, [embedding, changed, dense(22)], loss: loss)
        #expect(
          found?.message
            == "the last layer gives a sequence [\(made), 22], but each of \(steps) steps has a target of its own"
        )
        #expect(found?.hint == hint && found?.layer == ["2"])
      }
    }
    #expect(try error(data, [embedding, dense(22)]) == nil)
  }

  @Test func `a mistake inside another layer is at its own place`() throws {
    let inner = [layer("relu"), residual([dense(3), layer("last_step")])]
    let model = [layer("flatten"), branches("add", [("a", []), ("deep", inner)]), dense(10)]
    #expect(
      try error(glyphs, model)
        == ModelMistake(
          layer: ["1", "paths", "deep", "1", "body", "1"],
          message: "`last_step` needs a sequence [steps, features], got [3]"
        )
    )
    #expect(
      try error(glyphs, [residual([conv(2, 3)], shortcut: [conv(2, 3), dense(4)])])?.layer
        == ["0", "shortcut", "1"]
    )
    #expect(
      try error(glyphs, [layer("flatten"), dense(8), residual([dense(7)]), dense(10)])
        == ModelMistake(
          layer: ["2"],
          message:
            "`residual` adds equal shapes, but its body gives [7] and the input it is added to is [8]",
          hint:
            "end the body with the input's shape, or give a `shortcut` that changes it as the body does"
        )
    )
  }

  @Test func `batches of one example are refused before vectors are normalised over them`() throws {
    let norm = branches("add", [("a", []), ("b", [dense(4), layer("batch_norm")])])
    #expect(
      try error(glyphs, [layer("flatten"), dense(4), norm, dense(10)])
        == ModelMistake(
          layer: ["2", "paths", "b", "1"],
          message:
            "`batch_norm` normalises over the batch, but batches of one example give it one value for each feature",
          hint: "use a larger `train.batch_size`, or `layer_norm`"
        )
    )
    #expect(try error(glyphs, [layer("batch_norm"), layer("flatten"), dense(10)]) == nil)
  }

  @Test func `the last layer must give the classes`() throws {
    #expect(
      try error(glyphs, [layer("flatten"), dense(12)])
        == ModelMistake(
          layer: ["1"],
          message: "the last layer gives [12], but the targets are 10 classes",
          hint: "end the model with `- dense: 10`"
        )
    )
    #expect(try error(glyphs, [layer("flatten"), dense(10)]) == nil)
  }

  @Test func `each step of a text needs an output for each token`() throws {
    let size = try #require(vocabulary)
    #expect(
      try error(text, [recurrent("lstm", 8), layer("last_step"), dense(size)])
        == ModelMistake(
          layer: ["2"],
          message:
            "the last layer gives [\(size)], but each step's target is one of \(size) tokens",
          hint: "end the model with `- dense: \(size)`, without `last_step`"
        )
    )
    #expect(try error(text, [recurrent("lstm", 8), dense(size)]) == nil)
  }

  private var vocabulary: Int? {
    get throws {
      let description = try DatasetLibrary(DataLocations(searched: [], decoded: nil)).describe(
        DatasetRequest(text, runSeed: 0)
      )
      if case .steps(let size) = description.target { return size }
      return nil
    }
  }

  @Test func `real targets need as many outputs`() throws {
    #expect(
      try error(sine, [recurrent("gru", 8), dense(1)], loss: "mse")
        == ModelMistake(
          layer: ["1"],
          message: "the last layer gives [20, 1], but the targets are [1]",
          hint: "each step has a result: put `- last_step` before the last layer"
        )
    )
    #expect(
      try error(sine, [recurrent("gru", 8), layer("last_step"), dense(1)], loss: "mse") == nil
    )
  }

  @Test(arguments: [1, 10]) func `cross_entropy refuses real targets`(units: Int) throws {
    #expect(
      try error(sine, [layer("flatten"), dense(units)])
        == ModelMistake(
          layer: nil,
          message: "`cross_entropy` needs classes, but the targets are real numbers",
          hint:
            "use `loss: mse`, or `data.task: classification` if whole numbers stand for classes"
        )
    )
  }

  private func hint(_ loss: String, _ output: [Int], _ target: TargetShape) -> String? {
    do {
      try LossFault.check(Component(loss), output, target)
      return nil
    } catch {
      return LossMistake(error).hint
    }
  }

  @Test(arguments: ["cross_entropy", "hinge"])
  func `rows of several real numbers may be one-hot, which only the file can say`(loss: String) {
    #expect(
      hint(loss, [4], .values([4]))
        == "if each row is one 1 and otherwise 0, store the classes instead: `targets.argmax(axis=-1)` in NumPy; for other numbers use `loss: mse`"
    )
  }

  @Test(arguments: ["mse", "half_mse"])
  func `whole amounts with a squared error need another task`(loss: String) {
    for (output, count) in [(1, 498_264), (4, 498_264), (1, 7)] {
      #expect(
        hint(loss, [output], .classes(count))
          == "if the targets are amounts, use `data.task: regression`; else end the model with `- dense: \(count)`"
      )
    }
    #expect(hint(loss, [4], .classes(10)) == "end the model with `- dense: 10`")
  }

  @Test(arguments: ["cross_entropy", "hinge"])
  func `very many classes may be amounts`(loss: String) {
    #expect(
      hint(loss, [1], .classes(498_264))
        == "if the targets are amounts, use `data.task: regression` and `loss: mse`; else end the model with `- dense: 498264`"
    )
  }

  private func error(
    _ data: DataSpecification,
    _ model: [Component],
    loss: Component,
    metrics: [String] = []
  ) throws -> ModelMistake? {
    var subject = Subject(data, model, sgd(0.1), TrainSpecification(epochs: 1, batchSize: 1))
    subject.specification.loss = loss
    subject.specification.metrics = metrics
    let description = try DatasetLibrary(DataLocations(searched: [], decoded: nil)).describe(
      DatasetRequest(data, runSeed: 0),
      data.options
    )
    do {
      _ = try ModelBuilder.build(subject.specification, for: description)
      return nil
    } catch {
      return error.mistake
    }
  }

  @Test(arguments: ["mae", "huber"]) func `a loss of distances refuses classes`(
    name: String
  ) throws {
    #expect(
      try error(glyphs, [layer("flatten"), dense(10)], loss: name)
        == ModelMistake(
          layer: nil,
          message: "`\(name)` needs real targets, but these are classes",
          hint:
            "use `loss: cross_entropy`, or `data.task: regression` if the numbers are quantities"
        )
    )
    #expect(try error(sine, [layer("flatten"), dense(1)], loss: name) == nil)
  }

  @Test func `hinge refuses real targets`() throws {
    #expect(
      try error(sine, [layer("flatten"), dense(1)], loss: "hinge")
        == ModelMistake(
          layer: nil,
          message: "`hinge` needs classes, but the targets are real numbers",
          hint:
            "use `loss: mse`, or `data.task: classification` if whole numbers stand for classes"
        )
    )
    #expect(try error(glyphs, [layer("flatten"), dense(10)], loss: "hinge") == nil)
  }

  @Test func `binary_cross_entropy takes one unit for two classes`() throws {
    let spirals = generated("spirals", train: 10)
    for units in [1, 2] {
      #expect(try error(spirals, [dense(units)], loss: "binary_cross_entropy") == nil)
    }
    #expect(
      try error(spirals, [dense(3)], loss: "binary_cross_entropy")
        == ModelMistake(
          layer: ["0"],
          message: "the last layer gives [3], but the targets are 2 classes",
          hint: "end the model with `- dense: 2`, or `- dense: 1`"
        )
    )
    #expect(try error(spirals, [dense(1)])?.hint == "end the model with `- dense: 2`")
  }

  @Test func `there is a weight for each class`() throws {
    let weights = ArgumentValue.list([.real(1), .real(2), .real(3)])
    let weighted = component(.losses, "cross_entropy", ["class_weights": weights])
    #expect(
      try error(glyphs, [layer("flatten"), dense(10)], loss: weighted)
        == ModelMistake(
          layer: nil,
          message:
            "`cross_entropy.class_weights` has 3 weights, but there are 10 classes"
        )
    )
  }

  @Test func `a result for each step where one is wanted asks for last_step`() throws {
    let found = try #require(
      try error(
        generated("sine", train: 10),
        [layer("reshape", ["shape": .list([.integer(20), .integer(1)])]), dense(1)],
        loss: loss("mse")
      )
    )
    #expect(found.layer == ["1"])
    #expect(found.hint == "each step has a result: put `- last_step` before the last layer")
  }

  // MARK: - Both directions

  private let both: [String: ArgumentValue] = ["bidirectional": .boolean(true)]

  private func stepError(_ model: [Component]) throws -> ModelMistake? {
    try error(sine, model, loss: loss("mse"))
  }

  @Test func `final_state stands behind a bidirectional layer whose halves are in place`() throws {
    let gru = recurrent("gru", 8, both)
    let ends = [layer("final_state"), dense(1)]
    let keeping: [[Component]] = [
      [], [layer("dropout", ["p": .real(0.1)])], [layer("tanh")], [layer("layer_norm")],
      [layer("batch_norm")], [residual([recurrent("lstm", 8, both)])],
      [recurrent("rnn", 4, both.merging(["layers": .integer(3)]) { $1 })],
    ]
    for layers in keeping { #expect(try stepError([gru] + layers + ends) == nil) }
    let inside = branches("concat", [("ends", [layer("final_state")])])
    #expect(try stepError([gru, inside, dense(1)]) == nil)
  }

  @Test func `final_state behind one direction asks for last_step`() throws {
    let expected = ModelMistake(
      layer: ["1"],
      message:
        "`final_state` needs the two halves of a bidirectional layer, but the layer before it has one direction",
      hint: "use `last_step`: it takes the last step of any sequence"
    )
    #expect(try stepError([recurrent("gru", 8), layer("final_state"), dense(1)]) == expected)
    let again = [recurrent("gru", 8, both), recurrent("gru", 8), layer("final_state"), dense(1)]
    #expect(try stepError(again)?.layer == ["2"])
  }

  @Test func `final_state behind mixed halves asks for its place`() throws {
    let gru = recurrent("gru", 8, both)
    let mixing = [
      dense(16), branches("concat", [("a", []), ("b", [dense(2)])]), residual([dense(16)]),
    ]
    for layers in mixing {
      #expect(
        try stepError([gru, layers, layer("final_state"), dense(1)])
          == ModelMistake(
            layer: ["2"],
            message:
              "`final_state` needs the two halves of a bidirectional layer, but a layer before it mixes them",
            hint: "put it right behind the bidirectional layer"
          )
      )
    }
  }

  @Test func `a result for each step of a bidirectional layer asks for final_state`() throws {
    #expect(
      try stepError([recurrent("gru", 8, both), dense(1)])?.hint
        == "each step has a result: put `- final_state` before the last layer"
    )
  }

  @Test func `log_rmse of standardised or logarithmic targets is refused`() throws {
    func found(_ change: (inout DataSpecification) -> Void) throws -> ModelMistake? {
      var data = sine
      change(&data)
      return try error(
        data,
        [layer("flatten"), dense(1)],
        loss: loss("mse"),
        metrics: ["log_rmse"]
      )
    }
    #expect(try found { _ in } == nil)
    #expect(try found { $0.standardize = .inputs } == nil)
    let scaled = try #require(try found { $0.standardize = .both })
    #expect(
      scaled.message == "`log_rmse` needs targets in their own units, but these are standardised"
    )
    #expect(scaled.subject == .metrics)
    let logs = try #require(try found { $0.dataset.arguments["log_target"] = .boolean(true) })
    #expect(logs.hint == "their `rmse` is that error")
  }

  @Test func `class weights that are all 0 are refused`() throws {
    let weights = ArgumentValue.list([.integer(0), .real(0)])
    let found = try #require(
      try error(
        generated("spirals", train: 10),
        [dense(2)],
        loss: component(.losses, "cross_entropy", ["class_weights": weights])
      )
    )
    #expect(found.message == "`cross_entropy.class_weights` are all 0: nothing would be learned")
  }

  @Test func `a rate of a frozen layer is refused`() throws {
    func frozen(_ more: [String: ArgumentValue] = [:]) -> Component {
      var layer = dense(2)
      layer.arguments["frozen"] = .boolean(true)
      layer.arguments.merge(more) { $1 }
      return layer
    }
    let spirals = generated("spirals", train: 10)
    #expect(try error(spirals, [frozen(), dense(2)]) == nil)
    let rated = try #require(
      try error(spirals, [frozen(["learning_rate": .real(0.1)]), dense(2)])
    )
    #expect(rated.layer == ["0"])
    #expect(rated.message == "a frozen layer is not trained, but has a `learning_rate` of its own")
  }

  @Test func `metrics that the targets do not have are refused`() throws {
    func found(_ data: DataSpecification, _ units: Int, _ lossName: String, _ metric: String)
      throws -> ModelMistake?
    {
      try error(data, [layer("flatten"), dense(units)], loss: loss(lossName), metrics: [metric])
    }
    let real = try #require(try found(glyphs, 10, "cross_entropy", "r2"))
    #expect(real.message == "`r2` needs real targets, but these are classes")
    #expect(real.hint == "classes have `top_k`, `precision`, `recall` and `f1`")
    #expect(real.subject == .metrics)
    let classes = try #require(try found(sine, 1, "mse", "f1"))
    #expect(classes.message == "`f1` needs classes, but the targets are real numbers")
    #expect(classes.hint == "real targets have `mae`, `r2` and `log_rmse`")
    let tokens = "`bleu` needs a target token at each step, but the targets are "
    let words = try #require(try found(glyphs, 10, "cross_entropy", "bleu"))
    #expect(words.message == tokens + "one class per example")
    #expect(words.hint == "classes have `top_k`, `precision`, `recall` and `f1`")
    let numbers = try #require(try found(sine, 1, "mse", "bleu"))
    #expect(numbers.message == tokens + "real numbers")
    #expect(numbers.hint == "real targets have `mae`, `r2` and `log_rmse`")
    let top = try #require(try found(glyphs, 10, "cross_entropy", "top_11"))
    #expect(top.message == "`top_k: 11` is more than there are classes, 10")
    for metric in ["top_10", "precision", "recall", "weight_norm", "gradient_norm"] {
      #expect(try found(glyphs, 10, "cross_entropy", metric) == nil)
    }
    for metric in ["mae", "r2", "log_rmse"] { #expect(try found(sine, 1, "mse", metric) == nil) }
  }

  @Test func `binary_cross_entropy refuses targets outside of 0 … 1 when training starts`() throws {
    let folder = try TemporaryFolder()
    let targets: [Float] = [0, 1, 0.5, 1.5]
    let data = try folder.data(
      train: (TestArray(sines(8, start: 0), [4, 2]), TestArray(targets, [4, 1]))
    )
    let subject = Subject(
      data,
      [dense(1)],
      loss: "binary_cross_entropy",
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 2)
    )
    let error = #expect(throws: ModelError.self) { try subject.trained() }
    #expect(
      error?.description
        == "`binary_cross_entropy` needs targets in 0 … 1, but one of part `train` is 1.5"
    )
  }

  @Test func `a model that ends in tokens or has no layers is refused`() throws {
    #expect(try error(glyphs, [])?.message == "the model has no layers")
    #expect(
      try error(text, [layer("flatten")])
        == ModelMistake(
          layer: ["0"],
          message: "`flatten` needs values, got tokens [32] of \(try #require(vocabulary))",
          hint: "put an `embedding` before it"
        )
    )
  }

  @Test func `whole numbers that meet layers of values are asked for their meaning first`() throws {
    let folder = try TemporaryFolder()
    let ages = (0..<12).map { Int32(20 + $0) }
    let data = try folder.data(
      train: (TestArray(ages, [4, 3]), TestArray([Float(1), 2, 3, 4], [4, 1]))
    )
    let numbers =
      "whole numbers are read as tokens: if they are quantities, save them with `array.astype(\"float32\")`"
    let words = numbers + "; if they stand for words, put an `embedding` before it"
    for name in ["flatten", "batch_norm", "layer_norm", "relu", "last_step"] {
      let found = try #require(try error(data, [layer(name), dense(1)], loss: "mse"))
      #expect(found.hint == words, "\(name): \(found)")
    }
    #expect(try error(data, [layer("rows_as_sequence"), dense(1)], loss: "mse")?.hint == numbers)
    #expect(
      try error(data, [dense(1)], loss: "mse")
        == ModelMistake(
          layer: ["0"],
          message: "the last layer gives [3, 1], but the targets are [1]",
          hint:
            "\(numbers); if they stand for words, each step has a result: put `- last_step` before the last layer"
        )
    )
  }

  @Test func `inputs of more axes than an image are refused before anything runs`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.data(
      train: (TestArray(sines(48, start: 0), [2, 2, 3, 2, 2]), TestArray([Int32(0), 1], [2]))
    )
    #expect(
      try error(data, [layer("flatten"), dense(2)])
        == ModelMistake(
          layer: nil,
          message:
            "one example's input has the shape [2, 3, 2, 2], but layers take at most three axes",
          hint: "save the inputs as [N, D], [N, T, D] or [N, C, H, W]",
          subject: .data
        )
    )
  }

  @Test func `the values that a step keeps are counted`() throws {
    let subject = Subject(
      glyphs,
      [layer("flatten"), dense(16, "relu"), dense(10)],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 1)
    )
    let description = try subject.data().description
    let count = try ModelBuilder.stepValueCount(subject.specification, for: description)
    #expect(count == 2 * (784 + 16 + 10))
    var nested = subject
    nested.specification.model.layers?.insert(residual([dense(5), dense(16)]), at: 2)
    #expect(
      try ModelBuilder.stepValueCount(nested.specification, for: description)
        == count + 2 * (5 + 16 + 16)
    )
  }

  @Test func `a model larger than memory is refused at the layer with which it is`() throws {
    let wide = [layer("flatten"), dense(1_000_000), dense(1_000_000), dense(10)]
    #expect(
      try error(glyphs, wide, memoryBytes: 16_000_000_000)
        == ModelMistake(
          layer: ["2"],
          message:
            "with `dense` a run takes 8.0 TB of memory, and this machine has 16 GB",
          hint:
            "its 1,000,001,000,000 parameters take 8.0 TB with their gradients and what the optimizer remembers: make the layer smaller"
        )
    )
    let inner = residual([paddedConv(1000, 3), paddedConv(1, 3)])
    #expect(
      try error(
        glyphs,
        [inner, layer("flatten"), dense(10)],
        batchSize: 8,
        memoryBytes: 20_000_000
      )
        == ModelMistake(
          layer: ["0", "body", "0"],
          message:
            "with `conv2d` a run takes 25 MB of memory, and this machine has 20 MB",
          hint:
            "its 784,000 values for each of 8 examples of a batch take 25 MB: make the layer or `train.batch_size` smaller"
        )
    )
  }

  @Test func `a layer that hands on its input takes no memory of its own`() throws {
    func error(_ name: String) throws -> ModelMistake? {
      let layers = Array(repeating: layer(name), count: 200)
      let model = layers + [layer("flatten"), dense(10)]
      // Each result of 784 values takes 25 kB, all 200 take 5 MB.
      return try self.error(glyphs, model, batchSize: 8, memoryBytes: 1_000_000)
    }
    #expect(try error("identity") == nil)
    #expect(try error("relu") != nil)
  }

  @Test func `sizes whose product no integer holds are refused as well`() throws {
    let images = [conv(1_000_000, 1), resize(4096, 4096), layer("flatten"), dense(1_000_000)]
    #expect(try error(glyphs, images)?.layer == ["3"])
    let steps = [
      recurrent("gru", 1_000_000, ["layers": .integer(100), "bidirectional": .boolean(true)])
    ]
    #expect(try error(sine, steps)?.layer == ["0"])
    let huge = Array(repeating: dense(1_000_000), count: 100)
    #expect(try error(sine, [layer("flatten")] + huge)?.layer == ["10"])
  }

  @Test func `a model of a trillion parameters is looked at without memory for them`() throws {
    var subject = Subject(
      glyphs,
      [
        layer("flatten"), dense(1_000_000, "relu"), component(.layers, "batch_norm"),
        dense(1_000_000), dense(10),
      ],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 8)
    )
    let description = try subject.data().description
    let model = try ModelBuilder.build(subject.specification, for: description)
    let (first, last) = (785 * 1_000_000, 10 * 1_000_001)
    #expect(model.parameterCount == first + 2_000_000 + 1_000_001 * 1_000_000 + last)
    #expect(model.tensors.count == 10)
    #expect(
      try ModelBuilder.stepValueCount(subject.specification, for: description)
        == 2 * (784 + 3_000_000 + 10)
    )
    #expect(model.tensors.allSatisfy { !$0.holdsMemory })

    // The same words of a model that is then used.
    subject.specification.model.layers?[1] = dense(10, "relu")
    subject.specification.model.layers?[3] = dense(10)
    let small = try ModelBuilder.build(subject.specification, for: description)
    small.initialize(weights: .standard, biases: .standard, seed: 0)
    #expect(small.tensors.prefix(4).allSatisfy { $0.holdsMemory })
  }
}
