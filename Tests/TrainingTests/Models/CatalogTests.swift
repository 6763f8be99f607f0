// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Everything that the catalog promises can be built and trained: a new entry without a builder fails here.
@Suite struct CatalogTests {
  /// A value for a required argument.
  private func value(_ argument: ArgumentDefinition) -> ArgumentValue {
    switch argument.kind {
    case .boolean: .boolean(true)
    case .integer(let range): .integer(max(2, range.lowerBound))
    case .real: .real(argument.name == "high" ? 0.75 : argument.name == "low" ? 0.25 : 0.5)
    case .size: .integer(2)
    case .text, .path, .paths, .folder, .names, .block: .text("x")
    case .choice(let words): .text(words[0])
    case .losses: .component(complete(Catalog.definitions(.losses)[0]))
    case .component(let family): .component(complete(Catalog.definitions(family)[0]))
    case .list(let kind): .list([value(ArgumentDefinition(argument.name, kind, ""))])
    case .mapping(let keys):
      .mapping(Dictionary(uniqueKeysWithValues: keys.map { ($0.name, value($0)) }))
    case .layers, .network: .components([dense(2)])
    case .namedLayers: .named([("a", [dense(2)]), ("b", [])])
    }
  }

  private func complete(_ family: Catalog.Family, _ name: String) throws -> Component {
    complete(try #require(Catalog.definition(name, in: family)))
  }

  private static func names(_ family: Catalog.Family) -> [String] {
    Catalog.definitions(family).map(\.name)
  }

  private func complete(_ definition: ComponentDefinition) -> Component {
    let arguments = definition.arguments.map { ($0.name, $0.standard ?? value($0)) }
    return Component(definition.name, Dictionary(uniqueKeysWithValues: arguments))
  }

  /// Inputs of every kind, with a target that a dense layer at the end meets.
  private var inputs: [DataSpecification] {
    [
      generated("spirals", train: 4), generated("glyphs", train: 4), generated("sine", train: 4),
      generated("grammar", train: 4),
    ]
  }

  /// Whether a layer that looks at another block fits an input of a generator, trained for an epoch with a fitting end.
  private func trainsBesideBlock(_ component: Component, _ data: DataSpecification) throws -> Bool {
    var subject = Subject(data, [], sgd(0.1), TrainSpecification(epochs: 1, batchSize: 4))
    subject.specification.loss = loss("mse")
    var layer = component
    for argument in component.definition?.arguments ?? [] where argument.standard == nil {
      if case .block = argument.kind { layer.arguments[argument.name] = .text("other") }
    }
    subject.specification.model = ModelSpecification(blocks: [
      BlockSpecification(name: "other", layers: [TrainingTests.layer("dropout")]),
      BlockSpecification(name: "net", layers: [layer, TrainingTests.layer("flatten"), dense(1)]),
    ])
    do { return try subject.trained().weights.sha256 != nil } catch is ModelError { return false }
  }

  /// Whether a layer fits an input of a generator, trained for an epoch with a fitting end.
  private func trains(_ component: Component, _ data: DataSpecification) throws -> Bool {
    let locations = DataLocations(searched: [], decoded: nil)
    let description = try DatasetLibrary(locations).describe(DatasetRequest(data, runSeed: 0))
    let input = description.input
    let both: [String: ArgumentValue] = ["bidirectional": .boolean(true)]
    let before = component.name == "final_state" ? [recurrent("gru", 3, both)] : []
    guard
      let built = try? ModelBuilder.network(
        before + [component],
        path: nil,
        input: input,
        batches: BatchFacts()
      )
    else { return false }
    var model = before + [component]
    if case .values(let shape) = built.output, case .steps = description.target {
      guard shape.count == 2 else { return false }
    } else {
      model.append(layer("flatten"))
    }
    let units: Int
    var lossName = "cross_entropy"
    switch description.target {
    case .classes(let count): units = count
    case .steps(let size), .sequence(let size, _): units = size
    case .values: (units, lossName) = (1, "mse")
    }
    let subject = Subject(
      data,
      model + [dense(units)],
      loss: lossName,
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 4)
    )
    return try subject.trained().weights.sha256 != nil
  }

  @Test func `every layer and activation has one builder, and every builder is of one of them`() {
    let (layers, activations) = (Self.names(.layers).sorted(), Self.names(.activations).sorted())
    #expect(ModelBuilder.layerBuilders.keys.sorted() == layers)
    #expect(ModelBuilder.activationFunctions.keys.sorted() == activations)
    #expect(ModelBuilder.builders.keys.sorted() == (layers + activations).sorted())
  }

  @Test(arguments: names(.layers) + names(.activations))
  func `every layer and activation builds and trains on some input`(
    name: String
  ) throws {
    let family = Catalog.definition(name, in: .layers) == nil ? Catalog.Family.activations : .layers
    let component = try complete(family, name)
    let needsBlock =
      component.definition?.arguments.contains { argument in
        if case .block = argument.kind { argument.standard == nil } else { false }
      } ?? false
    let trains = try inputs.contains {
      try needsBlock ? trainsBesideBlock(component, $0) : self.trains(component, $0)
    }
    #expect(trains, "\(name)")
  }

  /// A layer's tensors may be called by more than its place: `2.out_proj.weight`.
  @Test(arguments: Catalog.definitions(.layers).filter { $0.argument("frozen") != nil }.map(\.name))
  func `a frozen layer trains none of its tensors`(name: String) throws {
    var component = try complete(.layers, name)
    component.arguments["frozen"] = .boolean(true)
    var others: [BlockSpecification] = []
    for argument in component.definition?.arguments ?? [] where argument.standard == nil {
      guard case .block = argument.kind else { continue }
      component.arguments[argument.name] = .text("other")
      others = [BlockSpecification(name: "other", layers: [layer("rows_as_sequence")])]
    }
    let ways = try inputs.flatMap { data in
      let description = try Subject(data, [], sgd(0), TrainSpecification(epochs: 1, batchSize: 1))
        .data().description
      return [[], [layer("rows_as_sequence")]].map { (description, $0) }
    }
    let isBuilt = ways.contains { description, before in
      let model = ModelSpecification(
        blocks: others + [
          BlockSpecification(name: "net", layers: before + [component]),
          BlockSpecification(name: "end", from: ["net"], layers: [layer("flatten"), dense(1)]),
        ]
      )
      var specification = Subject(
        generated("moons", train: 1),
        [],
        sgd(0.1),
        TrainSpecification(epochs: 1, batchSize: 1)
      ).specification
      specification.model = model
      guard let built = try? ModelBuilder.graph(specification, description, BatchFacts()).0 else {
        return false
      }
      let trained = ParameterSettings(model).trained(built.parameters, by: sgd(0.1))
      let own = built.parameters.map(\.parameter).filter { $0.name.hasPrefix("net.") }
      #expect(own.allSatisfy(\.isFrozen) && trained.count == 2, "\(own.map(\.name))")
      return true
    }
    #expect(isBuilt)
  }

  @Test(arguments: names(.activations))
  func `every activation is fused by dense and conv2d with its own bits`(
    name: String
  ) throws {
    let train = TrainSpecification(epochs: 1, batchSize: 8)
    func weights(_ model: [Component]) throws -> [UInt8] {
      let all = model + [layer("flatten"), dense(10)]
      let subject = Subject(generated("glyphs", train: 16), all, sgd(0.1), train)
      // Drawn values follow the tensors' names, and so the number of layers before.
      return try subject.trained(weights: subject.sineWeights()).weights.data
    }
    let own = component(.activations, name)
    #expect(try weights([conv(3, 3, name)]) == weights([conv(3, 3), own]))
    let fused = try weights([layer("flatten"), dense(9, name)])
    #expect(try weights([layer("flatten"), dense(9), own]) == fused)
  }

  @Test(arguments: names(.losses), names(.optimizers))
  func `every loss and optimizer lowers its own loss`(
    loss: String,
    optimizer: String
  ) throws {
    var chosen = try complete(.optimizers, optimizer)
    chosen.arguments["learning_rate"] = .real(optimizer == "adadelta" ? 1 : 0.02)
    var data = generated("spirals", train: 64)
    var units = 2
    if ["mae", "huber"].contains(loss) {
      // The classes' numbers as quantities.
      data.task = .regression
      units = 1
    }
    let subject = Subject(
      data,
      [dense(16, "tanh"), dense(units)],
      loss: loss,
      chosen,
      TrainSpecification(epochs: 8, batchSize: 8)
    )
    let losses = try subject.trained().values("train.loss").compactMap { $0 }
    #expect(losses.count == 8)
    #expect((losses.last ?? .nan) < (losses.first ?? .nan), "\(loss), \(optimizer)")
  }

  @Test(arguments: names(.initializers))
  func `every initializer is known, for the model and for one layer`(
    name: String
  ) throws {
    let chosen = try complete(.initializers, name)
    let known: [String: Initializer] = [
      "default": .standard, "zeros": .zeros, "normal": .normal(standardDeviation: 0.5),
      "uniform": .uniform(low: 0.25, high: 0.75), "xavier_uniform": .xavierUniform,
      "xavier_normal": .xavierNormal, "constant": .constant(0.5),
      "truncated_normal": .truncatedNormal(standardDeviation: 0.5),
      "kaiming_uniform": .kaimingUniform(fan: .input, gain: 2.0.squareRoot()),
      "kaiming_normal": .kaimingNormal(fan: .input, gain: 2.0.squareRoot()),
      "orthogonal": .orthogonal(gain: 1),
    ]
    #expect(ModelBuilder.initializer(chosen) == known[name], "\(name)")
    func weights(_ model: Component, _ initialization: Initialization) throws -> [Float] {
      var subject = Subject(
        generated("spirals", train: 4),
        [model, dense(2)],
        sgd(0),
        TrainSpecification(epochs: 1, batchSize: 4)
      )
      subject.specification.initialization = initialization
      return try #require(try subject.trained().weights["0.weight"]).values
    }
    var own = dense(6)
    own.arguments["init"] = .mapping([
      "weights": .component(chosen), "biases": .component(component(.initializers, "default")),
    ])
    #expect(
      try weights(own, Initialization()) == weights(dense(6), Initialization(weights: chosen))
    )
  }

  @Test(arguments: names(.schedules), names(.optimizers))
  func `every schedule changes the rate of every optimizer, and lowers the loss`(
    schedule: String,
    optimizer: String
  ) throws {
    var chosen = try complete(.optimizers, optimizer)
    chosen.arguments["learning_rate"] = .real(optimizer == "adadelta" ? 1 : 0.02)
    func trained() throws -> Trained {
      try Subject(
        generated("spirals", train: 64),
        [dense(16, "tanh"), dense(2)],
        chosen,
        TrainSpecification(epochs: 8, batchSize: 8)
      ).trained()
    }
    let plain = try trained()
    var scheduled = try complete(.schedules, schedule)
    if schedule == "step" { scheduled.arguments["every"] = .integer(3) }
    if schedule == "multi_step" { scheduled.arguments["milestones"] = .list([.integer(3)]) }
    chosen.arguments["schedule"] = .component(scheduled)
    let other = try trained()
    #expect((other.weights.data == plain.weights.data) == (schedule == "constant"))
    let losses = other.values("train.loss").compactMap { $0 }
    #expect((losses.last ?? .nan) < (losses.first ?? .nan), "\(schedule), \(optimizer)")
  }

  @Test func `every layer with initial values of its own has rate, decay and freezing of its own`()
  {
    for definition in Catalog.definitions(.layers) {
      let names = definition.arguments.map(\.name)
      let own = ["learning_rate", "weight_decay", "frozen"].filter(names.contains)
      #expect(own.count == (names.contains("init") ? 3 : 0), "\(definition.name)")
    }
  }

  @Test func `every data set of the catalog is known to the library`() {
    #expect(
      Set(Catalog.definitions(.datasets).map(\.name))
        == Set(DatasetLibrary.catalogue.map(\.name))
    )
  }
}
