// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct FormsTests {
  private func model(_ text: String) throws -> [Component] {
    let plan = try planned(changed(small, ["model: \(text)"]))
    return try #require(plan.cells.first).specification.model.parts[0].layers
  }

  @Test(arguments: [
    "[{ dense: 8 }]", "[{ dense: { units: 8 } }]", "[{ name: dense, units: 8 }]",
    "\n  - dense: 8", "\n  - dense:\n      units: 8", "[{ dense: \"8\" }]", "[{ dense: 8.0 }]",
    "[{ dense: { units: 8, activation: none } }]", "[{ dense: { units: 8, activation: ~ } }]",
  ])
  func `a layer has several forms`(text: String) throws {
    let layers = try model(text)
    #expect(layers.map(\.name) == ["dense"])
    #expect(layers[0]["units"] == .integer(8))
    #expect(layers[0]["activation"] == ArgumentValue.none)
  }

  @Test func `an activation is a layer and an argument`() throws {
    let layers = try model("[{ dense: { units: 4, activation: tanh } }, sigmoid, { dense: 2 }]")
    #expect(layers[0]["activation"] == .component(Component("tanh")))
    #expect(layers[1] == Component("sigmoid"))
  }

  private static let activations: [(String, String, [String: ArgumentValue])] = [
    ("gelu", "gelu", ["approximate": .text("none")]),
    ("{ gelu: tanh }", "gelu", ["approximate": .text("tanh")]),
    ("leaky_relu", "leaky_relu", ["slope": .real(0.01)]),
    ("{ leaky_relu: 0.2 }", "leaky_relu", ["slope": .real(0.2)]),
    ("{ name: elu, alpha: 0.5 }", "elu", ["alpha": .real(0.5)]),
    ("{ softplus: { beta: 2 } }", "softplus", ["beta": .real(2), "threshold": .real(20)]),
    ("identity", "identity", [:]),
  ]

  @Test(arguments: activations)
  func `an activation has arguments in every form, inside a layer and as one`(
    text: String,
    name: String,
    arguments: [String: ArgumentValue]
  ) throws {
    let layers = try model("[{ dense: { units: 4, activation: \(text) } }, \(text), { dense: 2 }]")
    let expected = Component(name, arguments)
    #expect(layers[0]["activation"] == .component(expected))
    #expect(layers[1] == expected)
  }

  @Test func `softmax is a layer where no loss takes logits behind it`() throws {
    let inside = "[softmax, { dense: { units: 4, activation: softmax } }, { dense: 2 }]"
    #expect(try model(inside).map(\.name) == ["softmax", "dense", "dense"])
    let text = changed(small, ["model: [{ dense: 2 }, softmax]", "loss: mse"])
    #expect(
      try planned(text).cells[0].specification.model.parts[0].layers[1] == Component("softmax")
    )
  }

  @Test func `a loss has arguments, or a number that stands for its only one`() throws {
    func loss(_ text: String) throws -> Component {
      try planned(changed(small, ["loss: \(text)"])).cells[0].specification.loss
    }
    let plain = try loss("cross_entropy")
    #expect(plain["label_smoothing"] == .real(0))
    #expect(plain["class_weights"] == ArgumentValue.none)
    #expect(plain.withoutStandardAdditions == Component("cross_entropy"))
    let full = try loss("{ cross_entropy: { label_smoothing: 0.1, class_weights: [1, 2.5] } }")
    #expect(full["label_smoothing"] == .real(0.1))
    #expect(full["class_weights"] == .list([.real(1), .real(2.5)]))
    #expect(try loss("{ huber: 2 }") == Component("huber", ["delta": .real(2)]))
    #expect(try loss("{ name: hinge, margin: 0.5 }")["margin"] == .real(0.5))
  }

  @Test func `extra metrics are quantities by the names of reports`() throws {
    let text = changed(
      small,
      [
        "metrics: [top_k, { top_k: 3 }, { name: top_k, k: 1 }, f1, gradient_norm]",
        "report: { metric: test.top_3, curves: [train.gradient_norm.0, test.f1] }",
        "expect: [{ metric: test.top_5, at_least: 0.5 }]",
      ]
    )
    let plan = try planned(text)
    let names = ["top_5", "top_3", "top_1", "f1", "gradient_norm"]
    #expect(plan.cells[0].specification.metrics == names)
    #expect(plan.experiment.report.metric == "test.top_3")
    #expect(plan.experiment.report.curves == ["train.gradient_norm.0", "test.f1"])
  }

  @Test(
    arguments: [
      ("{ format: svg }", [.svg]), ("{ format: [pdf, png] }", [.png, .pdf]),
      ("{ format: png }", nil),
      ("{ format: [png] }", nil), ("{ titles: true }", nil),
      ("{ format: [svg, pdf, png] }", [.png, .svg, .pdf]),
    ] as [(String, [PictureFormat]?)]
  )
  func `formats are a word or a list, in one order, and the standard is as good as nothing`(
    report: String,
    formats: [PictureFormat]?
  ) throws {
    let options = try planned(changed(small, ["report: \(report)"])).experiment.report
    #expect(options.formats == formats)
    #expect(options.titles == nil)
    let bare = try planned(changed(small, ["report: { titles: false }"])).experiment.report
    #expect(bare.titles == false)
  }

  @Test func `merge keys stand for the keys of their anchors`() throws {
    let merged = """
      name: small
      data: &set { dataset: spirals }
      model: &layers
        - dense: &wide { units: 16, bias: false }
        - relu
        - dense: { <<: *wide, units: 2 }
      loss: cross_entropy
      optimizers:
        a: &a { name: sgd, learning_rate: 0.1 }
        b: { <<: *a, learning_rate: 0.2 }
        c: { momentum: 0.5, <<: [*a, { momentum: 0.9, nesterov: true }] }
        d:
          <<: { <<: *a, momentum: 0.9 }
          weight_decay: 0.1
      train: { epochs: 2, batch_size: 32 }
      """
    let written = """
      name: small
      data: { dataset: spirals }
      model:
        - dense: { units: 16, bias: false }
        - relu
        - dense: { units: 2, bias: false }
      loss: cross_entropy
      optimizers:
        a: { name: sgd, learning_rate: 0.1 }
        b: { name: sgd, learning_rate: 0.2 }
        c: { momentum: 0.5, name: sgd, learning_rate: 0.1, nesterov: true }
        d: { name: sgd, learning_rate: 0.1, momentum: 0.9, weight_decay: 0.1 }
      train: { epochs: 2, batch_size: 32 }
      """
    let (one, other) = (try planned(merged), try planned(written))
    #expect(one.cells == other.cells)
    #expect(one.cells.count == 4)
    #expect(one.experiment == other.experiment)
    let changed = ["optimizers.b.momentum=0.3", "data.train=50"]
    #expect(try planned(merged, changed).cells == planned(written, changed).cells)
  }

  @Test func `merged keys stand in the place of the merge key, in its order`() throws {
    let text = changed(
      small,
      [
        """
        optimizer: { name: sgd, learning_rate: "${a}", momentum: "${b}", weight_decay: "${c}" }
        """,
        "parameters: { a: [0.1, 0.2], <<: { b: [0, 0.5], a: [3] }, c: [0] }",
      ]
    )
    let plan = try planned(text)
    #expect(plan.experiment.parameters.map(\.name) == ["a", "b", "c"])
    let rates: [ParameterValue?] = [.real(0.1), .real(0.1), .real(0.2), .real(0.2)]
    #expect(plan.cells.map { $0.assignment["a"] } == rates)
  }

  @Test func `a quoted merge sign is a key`() {
    let text = "train: { epochs: 2, batch_size: 32, \"<<\": { shuffle: false } }"
    #expect(complaints(changed(small, [text])).contains("unknown key `<<` in `train`"))
  }

  @Test func `a layer without arguments may have an empty value`() throws {
    #expect(try model("\n  - flatten:\n  - dense: 2").map(\.name) == ["flatten", "dense"])
  }

  @Test func `a size is one number or two`() throws {
    let layers = try model("[{ max_pool2d: [2, 3] }, { avg_pool2d: 2 }, { dense: 2 }]")
    #expect(layers[0]["kernel_size"] == .list([.integer(2), .integer(3)]))
    #expect(layers[0]["stride"] == ArgumentValue.none)
    #expect(layers[1]["kernel_size"] == .integer(2))
  }

  @Test func `an initializer in a layer and in the model`() throws {
    let text = changed(
      small,
      [
        "model: [{ dense: { units: 2, init: { weights: { normal: 0.01 }, biases: zeros } } }]",
        "init: { weights: xavier_uniform, biases: { uniform: { low: -1, high: 1 } } }",
      ]
    )
    let specification = try planned(text).cells[0].specification
    #expect(
      specification.model.parts[0].layers[0]["init"]
        == .mapping([
          "weights": .component(Component("normal", ["sd": .real(0.01)])),
          "biases": .component(Component("zeros")),
        ])
    )
    #expect(specification.initialization.weights == Component("xavier_uniform"))
    #expect(specification.initialization.biases["high"] == .real(1))
  }

  @Test func `lists of layers may nest`() {
    let nested = Reader(
      findings: Findings(),
      paths: PathRules(folder: "/nowhere"),
      scope: .closed
    )
    let node = Document.read("[relu, { dense: 3 }]", file: "m.yaml", findings: nested.findings)
    let value = node.flatMap { nested.argument($0, .layers, label: "body") }
    #expect(value?.components?.map(\.name) == ["relu", "dense"])
    #expect(nested.findings.isClean)
  }

  @Test func `branches keep the order in which they are written`() throws {
    let text = changed(
      small,
      [
        "model: [{ branches: { paths: { z: [{ dense: 4 }, relu], a: [], m: [relu] }, combine: concat } }, { dense: 2 }]"
      ]
    )
    let component = try planned(text).cells[0].specification.model.parts[0].layers[0]
    #expect(component["paths"].namedLayers.map(\.name) == ["z", "a", "m"])
    #expect(
      component["paths"].namedLayers.map { $0.layers.map(\.name) } == [
        ["dense", "relu"], [], ["relu"],
      ]
    )
    #expect(component["combine"] == .text("concat"))
  }

  @Test func `files by name keep the order in which they are written`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("forms-\(UUID().uuidString)").resolvingSymlinksInPath()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["z", "a", "y", "n"] {
      try Data("x".utf8).write(to: folder.appendingPathComponent("\(name).npy"))
    }
    let data =
      "data: { dataset: npy, train: { inputs: { z: z.npy, a: a.npy }, targets: y.npy, lengths: { a: n.npy } } }"
    let specification = try plan(
      manifest: changed(small, [data]),
      file: "m.yaml",
      overrides: [],
      rules: PathRules(folder: folder.path)
    ).cells[0].specification
    let train = try #require(specification.data.dataset["train"].mapping)
    let inputs = train["inputs"]?.namedFiles ?? []
    #expect(inputs.map(\.name) == ["z", "a"])
    #expect(inputs.map(\.path) == ["\(folder.path)/z.npy", "\(folder.path)/a.npy"])
    #expect(train["targets"] == .text("\(folder.path)/y.npy"))
    #expect(train["lengths"]?.namedFiles.map(\.name) == ["a"])
    let stored = try JSONEncoder().encode(specification)
    #expect(try JSONDecoder().decode(RunSpecification.self, from: stored) == specification)
  }

  @Test func `a residual block may stand for its body, and its shortcut may be none`() throws {
    func block(_ text: String) throws -> Component {
      try planned(changed(small, ["model: [\(text), { dense: 2 }]"])).cells[0].specification.model
        .parts[0].layers[
          0
        ]
    }
    let plain = try block("{ residual: [{ dense: 2 }, relu] }")
    #expect(plain["body"].components?.map(\.name) == ["dense", "relu"])
    #expect(plain["shortcut"] == .none)
    #expect(try block("{ residual: { body: [{ dense: 2 }, relu], shortcut: none } }") == plain)
    let wide = try block(
      "{ residual: { body: [{ dense: 3 }], shortcut: [{ dense: { units: 3, bias: false } }] } }"
    )
    #expect(wide["shortcut"].components?.first?["bias"] == .boolean(false))
  }

  @Test func `shapes and sizes have short forms`() throws {
    let model =
      "model: [{ reshape: [1, -1, 2] }, { resize: [4, 3] }, { resize: { size: 8, mode: nearest } }, flatten, { dense: 2 }]"
    let layers = try planned(changed(small, [model])).cells[0].specification.model.parts[0].layers
    #expect(layers[0]["shape"] == .list([.integer(1), .integer(-1), .integer(2)]))
    #expect(layers[1]["size"].size.map { [$0.height, $0.width] } == [4, 3])
    #expect(layers[1]["mode"] == .text("bilinear"))
    #expect(layers[2]["size"] == .integer(8))
  }

  @Test func `a batch may be all of the data`() throws {
    let plan = try planned(changed(small, ["train: { epochs: 1, batch_size: all }"]))
    #expect(plan.cells[0].specification.train.batchSize == nil)
  }

  @Test func `a data set may stand alone`() throws {
    let plan = try planned(changed(small, ["data: glyphs"]))
    #expect(plan.cells[0].specification.data.dataset["train"] == .integer(2000))
  }

  @Test func `data keys and the data set's arguments stand side by side`() throws {
    let data =
      "data: { dataset: time_machine, tokens: word, steps: 10, validation: 0.25, train_limit: 50, "
      + "test_limit: 5, seed: 7, task: classification, standardize: inputs }"
    let specification = try planned(changed(small, [data])).cells[0].specification.data
    #expect(specification.dataset["tokens"] == .text("word"))
    #expect(specification.dataset["partition"] == .text("random"))
    #expect(specification.validation == .fraction(0.25))
    #expect(specification.trainLimit == 50)
    #expect(specification.testLimit == 5)
    #expect(specification.seed == 7)
    #expect(specification.task == .classification)
    #expect(specification.standardize == .inputs)
  }

  @Test func `outliers are read`() throws {
    func outliers(_ text: String) throws -> Outliers? {
      try planned(changed(small, ["data: { dataset: linear, outliers: \(text) }"]))
        .cells[0].specification.data.outliers
    }
    #expect(try outliers("{ share: 0.1 }") == Outliers(share: 0.1, deviation: 10))
    #expect(
      try outliers("{ share: 1, deviation: 2.5 }") == Outliers(share: 1, deviation: 2.5)
    )
    #expect(try outliers("none") == nil)
  }

  @Test func `folds and augmentation are read`() throws {
    let text =
      "data: { dataset: glyphs, folds: 5, augment: { flip: horizontal, shift: 2, crop: { padding: 4 } } }"
    let plan = try planned(changed(small, [text]))
    #expect(plan.cells[0].specification.data.folds == 5)
    #expect(
      plan.cells[0].specification.data.augmentation
        == Augmentation(flipsHorizontally: true, shift: 2, cropPadding: 4)
    )
    #expect(plan.experiment.metric.name == "val.loss")
    let none = try planned(
      changed(small, ["data: { dataset: glyphs, folds: none, augment: none }"])
    )
    #expect(none.cells[0].specification.data.folds == nil)
    #expect(none.cells[0].specification.data.augmentation == nil)
  }

  @Test func `lists of a data set's arguments are read, with their standards`() throws {
    let plan = try planned(changed(small, ["data: { dataset: linear, weights: [1, -2.5] }"]))
    #expect(
      plan.cells[0].specification.data.dataset["weights"] == .list([.real(1), .real(-2.5)])
    )
    let standard = try planned(changed(small, ["data: linear"]))
    #expect(
      standard.cells[0].specification.data.dataset["weights"] == .list([.real(2), .real(-3.4)])
    )
  }

  @Test func `every key of the loop is read`() throws {
    let train =
      "train: { epochs: 1e1, batch_size: 0x20, shuffle: false, clip_norm: 1, clip_value: .5, "
      + "evaluate_every: 2 }"
    let plan = try planned(changed(small, [train, "log: { every_steps: 10 }"]))
    #expect(
      plan.cells[0].specification.train
        == TrainSpecification(
          epochs: 10,
          batchSize: 32,
          shuffle: false,
          clipNorm: 1,
          clipValue: 0.5,
          evaluateEvery: 2,
          logEverySteps: 10
        )
    )
  }

  @Test func `none says the same as leaving a key out, where the guide says none`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "data: { dataset: spirals, validation: none, folds: none, outliers: none, augment: none }",
          "init: { from: none }",
          """
          train: { epochs: 2, batch_size: 32, clip_norm: none, clip_value: none, early_stopping: none }
          """,
        ]
      )
    )
    #expect(plan.cells[0].specification == (try planned(small)).cells[0].specification)
    #expect(plan.experiment.metric.name == "train.loss")
    let images = try planned(
      changed(small, ["data: { dataset: glyphs, augment: { shift: 2, flip: none, crop: none } }"])
    )
    #expect(images.cells[0].specification.data.augmentation == Augmentation(shift: 2))
    let mappings = [ManifestKeys.data, ManifestKeys.initialization, ManifestKeys.train]
    let names = mappings.joined().filter { $0.standard == "none" }.map(\.name)
    #expect(
      names == [
        "validation", "folds", "outliers", "augment", "from", "clip_norm", "clip_value",
        "early_stopping",
      ]
    )
  }

  @Test func `every claim is read`() throws {
    let text = changed(
      small,
      [
        "repeat: 5",
        """
        expect:
          - { within: [0.1, 0.2] }
          - { value: 0.5, margin: 0.1, because: "two seeds differ as much", source: paper }
          - { value: 0.5 }
          - { at_least: 0.5 }
          - { at_most: 1, of: every, metric: train.loss }
          - { equals: 0.310 }
        reference:
          - { label: paper, value: 0.9, metric: test.accuracy, source: "table 1" }
          - { label: guess, value: 0.8 }
        """,
      ]
    )
    let experiment = try planned(text).experiment
    #expect(
      experiment.expectations.map(\.claim) == [
        .within(low: 0.1, high: 0.2),
        .value(0.5, margin: 0.1, because: "two seeds differ as much"),
        .value(0.5, margin: nil, because: nil), .atLeast(0.5), .atMost(1), .equals("0.310"),
      ]
    )
    #expect(experiment.expectations[4].judgesEvery)
    #expect(experiment.expectations[4].metric == "train.loss")
    #expect(experiment.references.map(\.metric) == ["test.accuracy", "test.accuracy"])
    #expect(experiment.references[0].source == "table 1")
  }

  @Test func `anchors, quotes and carriage returns are YAML's`() throws {
    let text = changed(
      small,
      ["model: [&wide { dense: 16 }, relu, *wide, { 'dense': \"2\" }]"]
    ).replacing("\n", with: "\r\n")
    #expect(try planned(text).cells[0].specification.model.parts[0].layers.count == 4)
  }

  @Test func `columns count characters, not bytes`() {
    let text = changed(small, ["tags: [激活, e\u{301}, { a: b }]"])
    #expect(complaints(text).hasPrefix("m.yaml:7:15: error: `tags` must be text, got a mapping"))
  }
}
