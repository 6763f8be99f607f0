// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Testing
import Vocabulary

@testable import Storage

/// An experiment in JSON: today's words, and those of version 1.
@Suite struct ExperimentWordsTests {
  private let experiment = Experiment(
    name: "all",
    title: "A title",
    summary: "A question?",
    tags: ["x"],
    method: .random(runCap: 7, searchSeed: 3),
    seed: 5,
    repeats: 2,
    metric: MetricSelection(name: "val.loss", goal: .minimize, moment: .best),
    parameters: [
      DeclaredParameter(name: "rate", values: [], isLogarithmic: true),
      DeclaredParameter(
        name: "model",
        values: [.text("mlp"), .integer(2), .boolean(true), .real(0.5)]
      ),
    ],
    tune: ["rate"],
    report: ReportOptions(
      metric: "test.loss",
      rows: "model",
      columns: "rate",
      curves: ["train.loss"],
      looks: 1,
      formats: [.svg],
      titles: false
    ),
    expectations: [
      Expectation(metric: "test.loss", claim: .within(low: 0.5, high: 1)),
      Expectation(
        selection: ["model": .text("mlp")],
        metric: "test.loss",
        claim: .value(0.25, margin: 0.5, because: "so"),
        source: "a book"
      ),
      Expectation(metric: "test.loss", claim: .value(2, margin: nil, because: nil)),
      Expectation(judgesEvery: true, metric: "test.loss", claim: .atLeast(0.5)),
      Expectation(metric: "test.loss", claim: .atMost(1.5)),
      Expectation(metric: "test.loss", claim: .equals("0.50")),
    ],
    references: [ReferenceValue(label: "book", metric: "test.loss", value: 0.5, source: "p. 3")],
    checkpoint: CheckpointPolicy(everyEpochs: 2, keepBest: 1, keepLast: 3),
    confirmation: Confirmation(sweep: "all@1", candidates: 9)
  )

  /// As the first version wrote it.
  private let first = """
    {"checkpoint":{"everyEpochs":2,"keepBest":1,"keepLast":3},"confirmation":{"candidates":9,\
    "sweep":"all@1"},"expectations":[\
    {"claim":{"within":{"high":1,"low":0.5}},"judgesEvery":false,"metric":"test.loss","selection":{}},\
    {"claim":{"value":{"_0":0.25,"because":"so","margin":0.5}},"judgesEvery":false,\
    "metric":"test.loss","selection":{"model":"mlp"},"source":"a book"},\
    {"claim":{"value":{"_0":2}},"judgesEvery":false,"metric":"test.loss","selection":{}},\
    {"claim":{"atLeast":{"_0":0.5}},"judgesEvery":true,"metric":"test.loss","selection":{}},\
    {"claim":{"atMost":{"_0":1.5}},"judgesEvery":false,"metric":"test.loss","selection":{}},\
    {"claim":{"equals":{"_0":"0.50"}},"judgesEvery":false,"metric":"test.loss","selection":{}}],\
    "method":{"random":{"runCap":7,"searchSeed":3}},\
    "metric":{"goal":"minimize","moment":"best","name":"val.loss"},"name":"all",\
    "parameters":[{"isLogarithmic":true,"name":"rate","values":[]},\
    {"isLogarithmic":false,"name":"model","values":["mlp",2,true,0.5]}],\
    "references":[{"label":"book","metric":"test.loss","source":"p. 3","value":0.5}],"repeats":2,\
    "report":{"columns":"rate","curves":["train.loss"],"formats":["svg"],"looks":1,\
    "metric":"test.loss","rows":"model","titles":false},"seed":5,"summary":"A question?",\
    "tags":["x"],"title":"A title","tune":["rate"]}
    """

  private let words = """
    {"checkpoint":{"every_epochs":2,"keep_best":1,"keep_last":3},"confirmation":{"candidates":9,\
    "sweep":"all@1"},"description":"A question?","expect":[\
    {"metric":"test.loss","within":[0.5,1]},\
    {"because":"so","margin":0.5,"metric":"test.loss","source":"a book","value":0.25,\
    "where":{"model":"mlp"}},{"metric":"test.loss","value":2},\
    {"at_least":0.5,"metric":"test.loss","of":"every"},{"at_most":1.5,"metric":"test.loss"},\
    {"equals":"0.50","metric":"test.loss"}],\
    "method":"random","metric":{"at":"best","goal":"minimize","name":"val.loss"},"name":"all",\
    "parameters":[{"name":"rate","scale":"log","values":[]},\
    {"name":"model","values":["mlp",2,true,0.5]}],\
    "reference":[{"label":"book","metric":"test.loss","source":"p. 3","value":0.5}],"repeat":2,\
    "report":{"columns":"rate","curves":["train.loss"],"format":["svg"],"looks":1,\
    "metric":"test.loss","rows":"model","titles":false},"run_cap":7,"search_seed":3,"seed":5,\
    "tags":["x"],"title":"A title","tune":["rate"]}
    """

  @Test func `an experiment is written in a manifest's words and read again`() throws {
    #expect(try JSONText.encode(experiment) == words)
    #expect(try JSONText.decode(Experiment.self, words) == experiment)
  }

  @Test func `what version 1 wrote has the same words`() throws {
    #expect(try V1Words.experiment(JSONText.decode(JSON.self, first)).canonical == words)
  }

  @Test func `what a run is to leave behind is translated as well`() throws {
    let demand = """
      {"checkpoint":{"everyEpochs":2,"keepBest":1,"keepLast":3},"evaluateEvery":2,\
      "extraMetrics":["f1"],"logEverySteps":10,"metrics":["val.loss"],\
      "selection":{"goal":"minimize","moment":"best","name":"val.loss"}}
      """
    let words = try V1Words.demand(JSONText.decode(JSON.self, demand)).canonical
    let today = try JSONText.decode(Demand.self, words)
    #expect(today.evaluateEvery == 2 && today.logEverySteps == 10 && today.metrics == ["val.loss"])
    #expect(today.checkpoint == experiment.checkpoint && today.selection == experiment.metric)
    #expect(today.extraMetrics == ["f1"])
    #expect(try JSONText.encode(today) == words)
  }

  @Test(arguments: [
    #"{"within":[1]}"#, #"{"equals":3}"#, #"{"metric":{"none":{}}}"#,
  ])
  func `a text of another shape is no experiment`(text: String) {
    #expect(throws: (any Error).self) { try JSONText.decode(Expectation.self, text) }
    #expect(throws: (any Error).self) {
      try V1Words.experiment(JSONText.decode(JSON.self, text))
    }
  }
}
