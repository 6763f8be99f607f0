// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Reports

/// What a report says of each swept parameter, sentence by sentence.
struct FactorAnswerTests {
  /// Two models by two learning rates over four seeds; `value` gives the number of a cell at a seed.
  private func answer(
    metric: String = "test.accuracy",
    models: [String] = ["mlp", "cnn"],
    _ value: @escaping (_ model: Int, _ rate: Int, _ seed: Int) -> Double
  ) throws -> FactorAnswer {
    var sweep = SyntheticSweep()
    sweep.models = models
    sweep.activations = ["relu"]
    sweep.rates = [0.003, 0.03]
    sweep.tune = []
    sweep.seeds = 4
    sweep.report = ReportOptions(metric: metric, curves: [])
    sweep.change = { run in
      let cell = run.cell ?? 0
      let value = value(cell / 2, cell % 2, run.seed)
      run.metrics[metric] = MetricSummary(last: value, best: value, bestEpoch: 8)
      run.metrics["train.loss"] = nil
    }
    let analysis = Analysis(sweep.snapshot())
    return try #require(FactorAnswer(analysis.groups[0], of: analysis))
  }

  /// A little of each seed's own in every cell.
  private func noise(_ model: Int, _ rate: Int, _ seed: Int) -> Double {
    0.001
      * Double(
        [[0, 2, 1, 3], [1, 3, 0, 2], [2, 0, 3, 1], [3, 1, 2, 0]][2 * model + rate][seed]
      )
  }

  @Test func `a word stands by itself, a number with its name`() throws {
    let answer = try answer { model, rate, seed in
      0.8 + 0.05 * Double(model) + 0.02 * Double(rate) + noise(model, rate, seed)
    }
    #expect(answer.factors.map(\.name) == ["model", "learning_rate"])
    #expect(
      answer.markdown(of: 0) == [
        "`model`: **cnn** is better than **mlp**, averaged over the 2 values of `learning_rate`: **cnn** − **mlp** "
          + "is 0.0500, 97 % interval [0.0455, 0.0545] (Holm's p \\< 0.0001). Nothing shows that this depends on `learning_rate`. A dependence "
          + "of up to 0.00056 is still possible."
      ]
    )
    #expect(
      answer.markdown(of: 1)[0].hasPrefix(
        "`learning_rate`: **learning_rate 0.03** is better than **learning_rate 0.003**, averaged over the 2 values "
          + "of `model`: **learning_rate 0.03** − **learning_rate 0.003** is 0.0200"
      )
    )
    #expect(answer.headings.map(\.title)[2] == "difference")
  }

  @Test func `perplexities differ by a factor, and depend by one`() throws {
    let answer = try answer(metric: "test.perplexity") { model, rate, seed in
      exp(4 - 0.05 * Double(model) - 0.02 * Double(rate) + noise(model, rate, seed))
    }
    let sentence = answer.markdown(of: 0)[0]
    #expect(
      sentence.contains("**cnn** / **mlp** is 0.9512, 97 % interval [0.9470, 0.9555] (Holm's p")
    )
    #expect(sentence.contains("A dependence of up to a factor of 1.00"))
    #expect(answer.headings.map(\.title)[2] == "ratio")
    #expect(answer.rows(of: 0)[0][2...3] == ["0.9512", "0.9470 … 0.9555"])
  }

  /// By itself the rate has an effect at 3 %; among the two differences of both parameters it has none.
  @Test func `an interval without 0 that tells nothing apart is explained`() throws {
    let effects = [0.006, 0.016, 0.010, 0.016]
    let answer = try answer { model, rate, seed in
      0.8 + Double(rate) * effects[seed] + 0.02 * Double(seed * model % 3)
    }
    let effect = try #require(answer.effects(of: 1).first)
    #expect(effect.difference.p < 0.03)
    let sentence = answer.markdown(of: 1)[0]
    #expect(!answer.isSeparated(effect), "\(effect)")
    #expect(sentence.contains("nothing tells") && sentence.contains("(Holm's p = "))
    #expect(
      sentence.contains(
        "The interval is true of this difference alone. Holm's p allows for all 2 differences of the parameters, "
          + "and decides."
      )
    )
  }

  @Test func `values with the same mean share it`() throws {
    let answer = try answer(models: ["mlp", "cnn", "lstm"]) { model, rate, seed in
      (model == 2 ? 0.75 : 0.8) + 0.01 * Double((seed * 3 + rate + (model == 2 ? 2 : 0)) % 4)
        + (model == 2 ? 0.03 * Double(seed % 2) : 0)
    }
    #expect(answer.markdown(of: 0)[0].contains("**mlp**, **cnn** share the best mean"))
  }

  @Test func `an effect that turns is not averaged`() throws {
    let answer = try answer { model, rate, seed in
      0.8 + (model == rate ? 0.05 : 0) + noise(model, rate, seed)
    }
    let sentences = answer.markdown(of: 0)
    #expect(sentences[0] == "The effect of `model` depends on `learning_rate`, and reverses.")
    #expect(sentences[1].contains("by `learning_rate`: **learning_rate 0.003**: "))
    #expect(!sentences.joined().contains("averaged"))
  }

  @Test func `of three values it is said which are told apart`() throws {
    let answer = try answer(models: ["mlp", "cnn", "lstm"]) { model, rate, seed in
      0.8 + [0, 0.05, 0.0501][model] + noise(model % 2, rate, seed)
        + (model == 2 ? 0.002 * Double(seed % 2) : 0)
    }
    #expect(
      answer.markdown(of: 0)[0].hasPrefix(
        "`model`: **lstm** is better than **mlp**, but is not told apart from **cnn**, averaged over the 2 values of "
          + "`learning_rate`."
      )
    )
  }
}
