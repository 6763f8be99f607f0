// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Vocabulary

/// One specification with all that its content is made of, drawn from an index alone.
struct DrawnSpecification {
  var specification = RunSpecification(
    data: DataSpecification(dataset: Component("moons")),
    model: [],
    loss: Component("mse"),
    optimizer: Component("sgd"),
    train: TrainSpecification(epochs: 1, batchSize: nil)
  )
  var seed: Int
  var dataSHA256: String
  var initializationSHA256: String?
  var numericVersion: Int

  init(_ index: Int) {
    var draws = Draws(index)
    dataSHA256 = SHA256.hexadecimal(of: "data of \(index)")
    seed = draws.choose([0, 1, 7, 2_147_483_648, Int.max])
    numericVersion = draws.choose([1, 2, 3, 3, 3])
    specification.data = draws.data()
    specification.model = ModelSpecification(draws.layers(depth: 0))
    specification.initialization = Initialization(
      weights: draws.component("initializers"),
      biases: draws.component("initializers"),
      file: draws.sometimes(0.2) { $0.path() }
    )
    if specification.initialization.file != nil {
      initializationSHA256 = SHA256.hexadecimal(of: "weights of \(index)")
    }
    specification.loss = draws.component("losses")
    specification.optimizer = draws.component("optimizers")
    specification.train = draws.train()
    specification.metrics = draws.sometimes(0.4) { $0.metrics() } ?? []
  }
}

/// Draws that follow from a seed alone, by the fixed words of `DrawnCatalog`.
struct Draws {
  private var state: UInt64

  /// One seed's draws must not be another's, moved by one, so the first state is mixed, too.
  init(_ seed: Int) {
    state = 0xD9AB_088 ^ UInt64(seed) << 32
    state = bits()
  }

  // MARK: - Numbers

  /// SplitMix64 (Steele, Lea & Flood 2014).
  private mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(bits() % UInt64(count)) }

  mutating func unit() -> Double { Double(bits() >> 11) * 0x1p-53 }

  mutating func choose<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  mutating func flag() -> Bool { below(2) == 1 }

  /// A value with this probability, else nil.
  mutating func sometimes<Value>(_ share: Double, _ draw: (inout Draws) -> Value) -> Value? {
    unit() < share ? draw(&self) : nil
  }

  mutating func count() -> Int {
    choose([1, 2, 3, 10, 64, 65, 1000, 1 + below(100), 1 + below(1_000_000)])
  }

  /// Numbers as people type them, numbers as programs draw them, and the ends of what a double holds.
  mutating func real() -> Double {
    switch below(4) {
    case 0: choose([0, 1, 2, -1, 0.1, -0.5, 1e-3, 3e-4, 12.5, -3.4, 100, 1e16, 1e22])
    case 1:
      choose([.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0x1p53])
    default: unit() * choose([1, 1e-7, 1e-3, 10, 12345, 1e21])
    }
  }

  // MARK: - Text

  mutating func text() -> String {
    choose([
      "y", "the target", "a \"quoted\" one", "back\\slash", "tab\there", "zeile\nzwei", "列 3",
      "e\u{301}", "é", "\u{1}\u{1F}\u{7F}", "🙂", ";", "${x}", " ", "1e5", "null", "/",
    ])
  }

  mutating func path() -> String {
    choose(["/data/", "/home/a b/", "/"])
      + choose(["x.npy", "tabelle ü.csv", "w.safetensors", "d"])
  }

  mutating func metrics() -> [String] {
    let names = ["mae", "r2", "top_5", "top_3", "precision", "recall", "f1", "weight_norm"]
    return (0...below(3)).map { _ in choose(names) }
  }

  // MARK: - Components

  mutating func component(_ family: String, depth: Int = 0) -> Component {
    guard let definitions = DrawnCatalog.families[family] else { return Component(family) }
    let definition = choose(definitions)
    var arguments: [String: ArgumentValue] = [:]
    for argument in definition.arguments {
      // A run that was stored before there was the argument.
      if argument.isAddition, below(4) == 0 { continue }
      arguments[argument.name] = value(argument, depth: depth)
    }
    return Component(definition.name, arguments)
  }

  private mutating func value(_ argument: DrawnCatalog.Argument, depth: Int) -> ArgumentValue {
    if let standard = argument.standard, flag() { return self.standard(standard, argument.kind) }
    if argument.isOptional, below(4) == 0 { return .none }
    return value(argument.kind, depth: depth)
  }

  private func standard(_ text: String, _ kind: String) -> ArgumentValue {
    switch kind {
    case "flag": .boolean(text == "true")
    case "count", "size": .integer(Int(text) ?? 0)
    case "real", "share": .real(Double(text) ?? 0)
    default: .text(text)
    }
  }

  private mutating func value(_ kind: String, depth: Int) -> ArgumentValue {
    switch kind {
    case "flag": return .boolean(flag())
    case "count": return .integer(count())
    case "size": return size()
    case "real": return .real(real())
    case "share": return .real(choose([0, 0.1, 0.25, 0.9, 0.999, unit()]))
    case "text": return .text(text())
    case "path": return .text(path())
    case "texts": return .list((0...below(3)).map { _ in .text(text()) })
    case "counts": return .list((0...below(3)).map { _ in .integer(count()) })
    case "reals": return .list((0...below(3)).map { _ in .real(real()) })
    case "arrays": return arrays()
    case "init": return initial()
    case "layers": return .components(layers(depth: depth + 1))
    case "named": return named(depth: depth + 1)
    case _ where kind.hasPrefix("word("):
      return .text(choose(kind.dropFirst(5).dropLast().split(separator: ",").map(String.init)))
    default: return .component(component(kind))
    }
  }

  private mutating func size() -> ArgumentValue {
    flag() ? .integer(1 + below(9)) : .list([.integer(1 + below(9)), .integer(1 + below(9))])
  }

  private mutating func arrays() -> ArgumentValue {
    var files: [String: ArgumentValue] = ["inputs": .text(path()), "targets": .text(path())]
    if flag() { files["lengths"] = flag() ? .text(path()) : ArgumentValue.none }
    return .mapping(files)
  }

  private mutating func initial() -> ArgumentValue {
    .mapping([
      "weights": .component(component("initializers")),
      "biases": .component(component("initializers")),
    ])
  }

  // MARK: - Layers

  mutating func layers(depth: Int) -> [Component] {
    (0..<(1 + below(depth == 0 ? 6 : 2))).map { _ in layer(depth: depth) }
  }

  /// Each activation is also a layer; blocks end at the second floor.
  private mutating func layer(depth: Int) -> Component {
    if below(5) == 0 { return component("activations") }
    var drawn = component("layers", depth: depth)
    while depth >= 2, ["residual", "branches"].contains(drawn.name) {
      drawn = component("activations")
    }
    return drawn
  }

  private mutating func named(depth: Int) -> ArgumentValue {
    let names = ["wide", "a", "Z", "ä", "1"].prefix(1 + below(4))
    return .named(names.map { ($0, below(4) == 0 ? [] : layers(depth: depth)) })
  }

  // MARK: - Data and loop

  mutating func data() -> DataSpecification {
    var data = DataSpecification(dataset: component("datasets"))
    switch below(4) {
    case 0: data.validation = .count(count())
    case 1: data.validation = .fraction(choose([0.1, 0.25, unit()]))
    case 2: data.folds = 2 + below(9)
    default: break
    }
    data.trainLimit = sometimes(0.3) { $0.count() }
    data.testLimit = sometimes(0.3) { $0.count() }
    data.seed = choose([0, 0, 1, 42])
    data.followsRunSeed = below(4) == 0
    data.task = sometimes(0.3) { $0.choose([.classification, .regression]) }
    data.standardize = choose([.none, .none, .inputs, .both])
    data.outliers = sometimes(0.2) { Outliers(share: $0.unit(), deviation: $0.real()) }
    data.augmentation = sometimes(0.3) { draws in
      Augmentation(
        flipsHorizontally: draws.flag(),
        shift: draws.below(3),
        cropPadding: draws.below(3)
      )
    }
    return data
  }

  mutating func train() -> TrainSpecification {
    var train = TrainSpecification(
      epochs: count(),
      batchSize: sometimes(0.8) { $0.count() },
      shuffle: below(4) != 0
    )
    train.clipNorm = sometimes(0.3) { $0.real() }
    train.clipValue = sometimes(0.3) { $0.real() }
    train.evaluateEvery = choose([1, 1, 2, 5])
    train.logEverySteps = sometimes(0.2) { $0.count() }
    train.earlyStopping = sometimes(0.4) { draws in
      EarlyStopping(
        metric: draws.choose(["val.loss", "train.loss", "val.accuracy", "val.top_3"]),
        goal: draws.choose([.minimize, .maximize]),
        patience: draws.count(),
        minimumDelta: draws.real(),
        restoresBest: draws.flag()
      )
    }
    return train
  }
}
