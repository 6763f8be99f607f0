// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

@Suite struct TextSamplerTests {
  @Test func `the likeliest tokens are those of a network that is asked again for every token`()
    throws
  {
    let (specification, data, weights) = try Self.trained()
    let sample = try #require(
      TextSampler(specification, data: data, weights: weights)?.sample(seed: 3)
    )
    let vocabulary = data.description.vocabulary
    #expect(sample.prefix.count == 8, "no more than the steps of the data")
    #expect(sample.likeliest.count == TextSampler.length)
    #expect(sample.drawn.count == TextSampler.length)
    let predictor = try Predictor(
      specification,
      for: data.description,
      weights: weights,
      threads: 1
    )
    var tokens = try sample.prefix.map { character in
      Int32(try #require(vocabulary.firstIndex(of: String(character))))
    }
    for character in sample.likeliest {
      let outputs = try predictor.outputs(for: .text(tokens))
      let token = Predictor.largest(outputs.values.suffix(vocabulary.count))
      #expect(vocabulary[token] == String(character))
      tokens.append(Int32(token))
    }
    #expect(Set(sample.likeliest).count > 1)
  }

  @Test func `the same seed draws the same text, another seed another`() throws {
    let (specification, data, weights) = try Self.trained()
    let sampler = try #require(TextSampler(specification, data: data, weights: weights))
    let first = try #require(sampler.sample(seed: 0))
    #expect(sampler.sample(seed: 0) == first)
    let second = try #require(sampler.sample(seed: 1))
    #expect(second.drawn != first.drawn && second.likeliest == first.likeliest)
  }

  @Test func `a network of images writes nothing`() throws {
    let glyphs = try TrainedGlyphs()
    #expect(
      TextSampler(glyphs.specification, data: glyphs.data, weights: glyphs.weights) == nil
    )
  }

  private static func trained() throws -> (RunSpecification, PreparedData, SafeTensors) {
    var specification = PredictorTests.grammar
    specification.train.epochs = 6
    let data = try PredictorTests.library.prepare(
      DatasetRequest(specification.data, runSeed: 0),
      specification.data.options
    )
    let trainer = try Trainer(specification, seed: 0, data: data, threads: 1) { 0 }
    _ = try trainer.train(control: { .proceed }, observe: { _ in })
    return (specification, data, trainer.model.weights)
  }
}
