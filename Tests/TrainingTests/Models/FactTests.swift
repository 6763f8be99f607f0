// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// What definitions say of losses and metrics is what training does.
@Suite struct FactTests {
  private static let targets: [TargetShape] = [
    .classes(3), .steps(classes: 3), .sequence(classes: 3, steps: 2), .values([3]),
  ]

  /// Whether the loss takes such targets with an output that has a number for each of three.
  private func takes(_ loss: any LossFunction, _ target: TargetShape) -> Bool {
    let output =
      switch target {
      case .steps, .sequence: [2, 3]
      case .classes, .values: [3]
      }
    return (try? loss.check(output, target)) != nil
  }

  @Test(arguments: Catalog.definitions(.losses).map(\.name))
  func `a loss takes the targets that its definition names`(name: String) throws {
    let facts = try #require(Catalog.loss(name))
    let loss = lossFunction(Component(name))
    for target in Self.targets {
      #expect(takes(loss, target) == target.has(facts.targets), "\(target)")
    }
    // Outputs under a squared error are predictions, as are those of losses on real targets alone.
    #expect(
      facts.predictsTargets == (loss.squaredErrorFactor != nil || facts.targets == .values)
    )
    // A loss that makes probabilities of outputs itself takes no probabilities.
    #expect(facts.replaces.isEmpty == (loss.probabilities == nil))
    for activation in facts.replaces {
      #expect(Catalog.definition(activation, in: .activations) != nil)
    }
  }

  @Test(arguments: Catalog.definitions(.metrics).map(\.name))
  func `a metric is measured on the targets that its definition names`(name: String) throws {
    let facts = try #require(Catalog.definition(name, in: .metrics)?.metric)
    let quantity = Catalog.quantity(Component(name, name == "top_k" ? ["k": .integer(2)] : [:]))
    var found: [any Measure] = []
    var written: [any WritingMeasure] = []
    for target in Self.targets {
      do {
        found += [try measure(quantity, target)].compactMap { $0 }
        written += [writingMeasure(quantity, target)].compactMap { $0 }
        #expect(target.has(facts.targets), "\(target)")
      } catch {
        #expect(!target.has(facts.targets), "\(target)")
      }
    }
    // Norms are of parameters, not of outputs.
    #expect((found.isEmpty && written.isEmpty) == facts.isOfLayers)
    #expect(found.allSatisfy { $0.quantity == quantity })
    #expect(written.allSatisfy { $0.quantity == quantity })
  }

  @Test func `half of a squared error has half of its constant prediction`() throws {
    func loss(_ name: String) throws -> Double {
      let subject = Subject(
        generated("linear", train: 40),
        [dense(1)],
        loss: name,
        sgd(0.1),
        TrainSpecification(epochs: 1, batchSize: 4)
      )
      let data = try subject.data()
      return try #require(ConstantPrediction.loss(subject.specification, data))
    }
    #expect(try loss("half_mse") == loss("mse") / 2)
  }
}
