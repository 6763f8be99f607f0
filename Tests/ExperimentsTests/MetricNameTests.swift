// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Experiments
@testable import Vocabulary

@Suite struct MetricNameTests {
  @Test(arguments: [
    ("train.loss", MetricGoal.minimize), ("test.top_3", .maximize), ("val.f1", .maximize),
    ("test.r2", .maximize), ("val.log_rmse", .minimize), ("train.gradient_norm", .minimize),
    ("train.weight_norm.12", .minimize),
  ])
  func `a dotted name knows its goal and is written again as it was`(
    text: String,
    goal: MetricGoal
  ) throws {
    let name = try #require(MetricName(text))
    #expect(name.description == text)
    #expect(name.goal == goal)
  }

  @Test(arguments: [
    "loss", "valid.loss", "test.top_k", "test.top_0", "test.top_03", "test.top_", "test.loss.0",
    "test.gradient_norm", "train.gradient_norm.01", "val.gradient_norm.x",
    "val.samples_per_second.x", "train.loss.a b", "train.loss.a.b",
    "train.weight_norm.0.1",
    "val.samples_per_second", "", ".",
  ])
  func `other names are none`(text: String) {
    #expect(MetricName(text) == nil)
  }

  @Test func `only what metrics asks for is extra`() throws {
    #expect(try #require(MetricName("test.accuracy")).isExtra == false)
    let name = try #require(MetricName("train.gradient_norm.3"))
    #expect(name.isExtra && name.family == "gradient_norm")
    #expect(try #require(MetricName("val.top_3")).family == "top_3")
    #expect(MetricName.all.contains("test.top_5") && !MetricName.all.contains("val.weight_norm"))
    #expect(Catalog.quantity(Component("top_k", ["k": .integer(7)])) == "top_7")
  }

  @Test func `every metric has the range that its formula allows`() throws {
    func accepts(_ name: String, _ value: Double) throws -> Bool {
      try #require(MetricName(name)).range.contains(value)
    }
    for name in ["accuracy", "top_3", "precision", "recall", "f1", "bleu"] {
      let name = "test.\(name)"
      #expect(try accepts(name, 0) && accepts(name, 1))
      #expect(try !accepts(name, 1.01) && !accepts(name, -0.01))
      #expect(try #require(MetricName(name)).isShare)
    }
    for name in ["train.loss", "val.rmse", "test.mae", "val.log_rmse", "train.gradient_norm.2"] {
      #expect(try accepts(name, 0) && accepts(name, 1e9) && !accepts(name, -1e-9))
    }
    #expect(try accepts("val.r2", -7) && accepts("val.r2", 1) && !accepts("val.r2", 1.1))
    #expect(try accepts("val.perplexity", 1) && !accepts("val.perplexity", 0.9))
  }
}

/// What definitions say of metrics, in place of tables elsewhere.
@Suite struct MetricFactsTests {
  @Test(arguments: MetricName.quantities.map(\.name))
  func `every metric has facts that fit its family`(name: String) throws {
    let definition = try #require(MetricName.quantities.first { $0.name == name })
    let facts = try #require(definition.metric)
    // A share of right answers is a share, and only what training changes has a value for each layer.
    #expect(facts.answers == .none || facts.scale == .share)
    #expect(!facts.isOfLayers || facts.isOfTraining)
    #expect(facts.hasTargetUnit == false || facts.targets == .values)
    #expect((facts.numberedBy == nil) == definition.arguments.isEmpty)
  }

  @Test(arguments: MetricName.all)
  func `the entry of a quantity measures it`(name: String) throws {
    let quantity = try #require(MetricName(name)).quantity
    guard let entry = Catalog.entry(measuring: quantity) else {
      #expect(Catalog.standardMetrics.contains { $0.name == quantity })
      return
    }
    #expect(Catalog.quantity(entry) == quantity)
    let text = Catalog.entryText(measuring: quantity)
    #expect(text == (quantity == "top_5" ? "{ top_k: 5 }" : quantity))
  }

  @Test func `names without a definition have no facts`() {
    for name in ["test.cube", "cube", "test.top_k", "test.top_0", "top_k", "", "."] {
      #expect(MetricFacts(metric: name) == nil, "\(name)")
    }
    #expect(MetricFacts(metric: "train.gradient_norm.2")?.scale == .norm)
    #expect(MetricFacts(metric: "f1")?.answers == .some)
  }

  @Test func `the patterns are those of metrics with a number in their name`() throws {
    for definition in MetricName.quantities {
      let part = definition.metric?.isOfTraining == true ? "train" : "test"
      let stem = definition.metric?.numberedBy == nil ? definition.name + "." : "top_"
      let name = "\(part).\(stem)7"
      let isMatched = try MetricName.patterns.contains {
        try Regex($0).wholeMatch(in: name) != nil
      }
      #expect(isMatched == (MetricName(name) != nil), "\(name)")
    }
  }
}
