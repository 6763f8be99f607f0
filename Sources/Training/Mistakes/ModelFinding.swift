// SPDX-License-Identifier: Apache-2.0

package import Datasets
import DeterministicMath
import Diagnostics
package import NeuralNetworks
import Tensors
package import Vocabulary

/// What fits and is hardly meant: worth a look before training.
package enum ModelFinding: Hashable, Sendable {
  /// An input of the data that no block reads and no loss asks for; with the inputs that are read.
  case unread(input: String, read: [String])
  /// A metric that needs a validation or test part, where the data have none; with its place in the list.
  case unmeasured(metric: String, place: Int)
  /// What is written depends on what stands behind it, read as this input by this block: the loss is low, and nothing is
  /// learned that helps to write.
  case seesItsWriting(input: String, block: String?)

  /// In the words of a manifest.
  package var mistake: ModelMistake {
    switch self {
    case .unread(let input, let read):
      ModelMistake(
        layer: nil,
        message: "nothing reads the input `\(input)`",
        hint: "the network reads \(listed(read))",
        subject: .model
      )
    case .unmeasured(let metric, let place):
      ModelMistake(
        layer: nil,
        message: "`\(metric)` is measured on validation and test data, of which there are none",
        hint: "`data.validation` holds training data back",
        subject: .metrics,
        key: ["\(place)"]
      )
    case .seesItsWriting(let input, let block):
      ModelMistake(
        layer: block.map { [$0] },
        message: "the network sees what it is to write: a token depends on later ones",
        hint: """
          behind `\(input)`, attention and convolutions need `causal: true`, and recurrent layers go in one direction
          """,
        subject: .model
      )
    }
  }
}

extension ModelBuilder {
  /// Multiplications of the largest forward pass that is computed for a look at what a network sees.
  private static let mostWork = 100_000_000
  /// Multiplications that take about as long as what is done to a product of results, such as a tanh.
  private static let productWork = 16

  /// Multiplications of a forward pass for one example, about.
  private static func work(_ network: Network, steps: Int) -> Int {
    let own = network.layers.reduce(0) { $0.saturatingSum(products($1)) }
    return network.parameterCount.saturatingProduct(steps)
      .saturatingSum(own.saturatingProduct(productWork))
  }

  /// Products of results with each other, those of layers inside included.
  private static func products(_ layer: any Layer) -> Int {
    layer.children.reduce(layer.productsPerExample) { total, child in
      child.layers.reduce(total) { $0.saturatingSum(products($1)) }
    }
  }

  /// What is worth a look in a specification whose `network` was built for these data, which is given values for it where
  /// it writes sequences.
  package static func findings(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ network: Network
  ) -> [ModelFinding] {
    let inputs = description.inputs
    let wanted = specification.losses.compactMap(\.target)
    let read = inputs.indices.filter(network.reads).map { inputs[$0].name }
    var findings = inputs.map(\.name).filter { !read.contains($0) && !wanted.contains($0) }
      .map { ModelFinding.unread(input: $0, read: read) }
    if description.validationCount + description.testCount == 0 {
      for (place, name) in specification.metrics.enumerated()
      where writingMeasure(name, description.target) != nil {
        findings.append(.unmeasured(metric: name, place: place))
      }
    }
    if let writing = description.writing, network.reads(input: writing.input),
      work(network, steps: writing.steps) <= mostWork,
      seesItsWriting(specification, description, network)
    {
      let name = inputs[writing.input].name
      let reading = network.blocks.first { $0.sources.contains { $0.name == name } }
      let block = specification.model.isGraph ? reading?.name : nil
      findings.append(.seesItsWriting(input: name, block: block))
    }
    return findings
  }

  /// Whether a token that a network writes depends on later ones, whatever its initial values are.
  private static func seesItsWriting(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ network: Network
  ) -> Bool {
    guard let writing = description.writing, writing.steps > 1,
      let loss = specification.losses.firstIndex(where: { $0.isOfFirstTarget(description) }),
      network.outputs[loss].shape.sizes?.count == 2
    else { return false }
    network.probe(seed: 0)
    let tape = Tape(threadCount: 1)
    /// The scores of the first steps, where `later` stands behind them.
    func scores(_ steps: Int, before later: Int32) -> [UInt32] {
      tape.reset(training: false)
      for index in description.inputs.indices where network.reads(input: index) {
        read(description.inputs[index], as: index, into: network, on: tape) { step in
          index == writing.input && step >= steps ? later : writing.begin
        }
      }
      network.clearStates()
      network.forward(Pass(tape: tape))
      let scores = network.values(of: network.outputs[loss])
      return tape.array(of: scores).prefix(steps * tape.shape(of: scores).last).map(\.bitPattern)
    }
    return writing.looks.contains { steps in
      scores(steps, before: writing.end) != scores(steps, before: writing.padding)
    }
  }

  /// Reads one example without data: tokens by their step, halves as values, all steps real.
  private static func read(
    _ input: InputDescription,
    as index: Int,
    into network: Network,
    on tape: Tape,
    token: (_ step: Int) -> Int32
  ) {
    let signal: Signal
    switch input.shape {
    case .tokens(let vocabulary, let steps):
      signal = .tokens(
        unsafe tape.indices(Shape(1, steps)) { memory in
          for step in 0..<steps { unsafe memory[step] = min(token(step), Int32(vocabulary - 1)) }
        }
      )
    case .values(let sizes):
      let shape = Shape([1] + sizes)
      signal = .values(
        unsafe tape.constant(shape) { unsafe $0.update(repeating: 0.5, count: shape.count) }
      )
    }
    let lengths = input.hasLengths ? input.steps : nil
    network.read(
      signal,
      lengths: lengths.map { steps in
        SequenceLengths(
          unsafe tape.indices(Shape(1)) { unsafe $0[0] = Int32(steps) },
          steps: steps
        )
      },
      as: index
    )
  }
}
