// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct ListingsTests {
  private func runs(_ change: @escaping (inout RunRecord) -> Void = { _ in }) -> [RunRecord] {
    var sweep = SyntheticSweep()
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.seeds = 3
    sweep.change = { run in
      let value = [[0.81, 0.82, 0.80], [0.905, 0.92, 0.901]][run.cell ?? 0][run.seed]
      run.metrics["test.accuracy"] = MetricSummary(last: value, best: value + 0.01, bestEpoch: 2)
      run.durationSeconds = 61
      run.id = "run\(run.cell ?? 0)\(run.seed)abcdef"
      change(&run)
    }
    return sweep.snapshot().runs
  }

  @Test func `the table of runs shows what differs`() {
    let table = RunsTable.make(runs(), metrics: ["test.accuracy"])
    #expect(
      table.lines().prefix(2) == [
        "run       sweep          model  seed  state      epochs  test.accuracy        time",
        "run00abc  activations@2  mlp       0  completed       8           0.81  1 min 01 s",
      ]
    )
  }

  @Test func `the table of runs says which were stopped early, and why in a column`() {
    let stopped = runs { run in
      run.specification.train.epochs = 20
      let metric = run.seed == 0 ? "val.r2" : "val.loss"
      run.specification.train.earlyStopping = EarlyStopping(
        metric: metric,
        goal: MetricName(metric)?.goal ?? .minimize,
        patience: 4
      )
      let best = run.seed == 0 ? nil : 0.25
      run.metrics[metric] = MetricSummary(last: best, best: best, bestEpoch: best.map { _ in 4 })
      if run.seed == 2 { run.specification.train.earlyStopping = nil }
    }
    #expect(
      RunsTable.make(stopped, columns: ["seed", "state", "stopped_early"]).lines().prefix(4) == [
        "seed  state                                               stopped_early",
        "   0  completed (stopped early: its metric has no value)  stopped early at epoch 8 of 20: val.r2 was never a finite number, patience 4",
        "   1  completed (stopped early)                           stopped early at epoch 8 of 20: val.loss was best at epoch 4, patience 4",
        "   2  completed                                           –",
      ]
    )
  }

  @Test func `chosen cells are compared without interval and p`() {
    let sides = Dictionary(grouping: runs()) { $0.cell ?? 0 }
    var found = Comparison(
      metric: "test.accuracy",
      left: ("mlp", sides[0] ?? []),
      right: ("cnn", sides[1] ?? [])
    )
    #expect(found.text().contains("±") && found.sentences[0].contains("interval ["))
    found.isChosen = true
    #expect(!found.text().contains("±"))
    #expect(found.sentences[0] == "mlp − cnn: −0.099.")
    #expect(found.sentences[1].hasPrefix("There is neither an interval nor a p"))
    #expect(!found.sentences.joined().contains("p ="))
  }

  @Test func `losses that differ in an argument are called by it`() {
    let runs = runs { run in
      let delta = run.cell == 0 ? 0.5 : 1
      run.specification.loss = Component("huber", ["delta": .real(delta)])
      run.metrics["test.loss"] = MetricSummary(last: 0.5, best: nil, bestEpoch: nil)
    }
    let found = Comparison(
      metric: "test.loss",
      left: ("a", runs.filter { $0.cell == 0 }),
      right: ("b", runs.filter { $0.cell == 1 })
    )
    #expect(
      found.sentences == [
        "No test: losses of different loss functions, `huber delta 0.5` and `huber delta 1`, are never compared."
      ]
    )
  }

  @Test func `columns can be named`() {
    let table = RunsTable.make(
      runs(),
      columns: ["seed", "model", "test.accuracy.best", "weights_sha256", "nothing"]
    )
    #expect(
      table.lines().prefix(2) == [
        "seed  model  test.accuracy.best  weights_sha256  nothing",
        "   0  mlp                  0.82  000000000000          –",
      ]
    )
  }

  @Test func `every kind of name is a column`() {
    let runs = runs { run in
      run.parameters["epochs"] = .integer(3 + (run.cell ?? 0))
      run.parameters["loss"] = .text("mae")
      run.metrics["val.loss"] = MetricSummary(last: nil, best: 0.25, bestEpoch: 7)
      run.metrics["val.r2"] = MetricSummary(last: nil, best: nil, bestEpoch: nil)
      run.tags = ["mine", "csv"]
    }
    func shown(_ column: String) -> [String] {
      let lines = RunsTable.make(Array(runs.prefix(1)), columns: [column]).lines()
      return lines.map { $0.filter { $0 != " " } }
    }
    for (column, value) in [
      ("epochs", "8"), ("parameters.epochs", "3"), ("loss", "mae"), ("parameters.loss", "mae"),
      ("tags", "minecsv"), ("state", "completed"), ("val.loss", "NaN"), ("val.loss.last", "NaN"),
      ("val.loss.best", "0.25"), ("val.loss.best_epoch", "7"), ("val.r2.best", "NaN"),
      ("val.r2.best_epoch", "–"), ("parameters.seed", "–"), ("val.loss.bets", "–"),
    ] {
      #expect(shown(column) == [column, value])
    }
    // A parameter that is called as a field is beside it, not in its place.
    let titles = RunsTable.make(runs).lines()[0].split(separator: " ")
    #expect(titles.contains("epochs") && titles.contains("parameters.epochs"))
  }

  @Test func `ids are as long as they must be`() {
    #expect(uniquePrefixLength(["abcdefghi1", "abcdefghi2"]) == 10)
    #expect(uniquePrefixLength(["a1", "b2"]) == 8)
    #expect(uniquePrefixLength([]) == 8)
  }

  @Test func `a comparison states difference, interval and p`() {
    let runs = runs()
    let comparison = Comparison(
      metric: "test.accuracy",
      left: ("cnn", runs.filter { $0.cell == 1 }),
      right: ("mlp", runs.filter { $0.cell == 0 })
    )
    #expect(
      comparison.text() == """
        cell  n  test.accuracy  remarks
        cnn   3  0.909 ± 0.025
        mlp   3  0.810 ± 0.025

        cnn − mlp: 0.099, 97 % interval [0.088, 0.109] (paired t, n = 3, p = 0.00035).
        Look 1 of this comparison tests 3 seeds at level 0.03. All looks together name a false winner in at most 5 % of cases.

        """
    )
  }

  @Test func `a cell with a collapsed seed is in no test, as in a report`() {
    let runs = SyntheticSweep(seeds: 5).snapshot().runs.map { run in
      var run = run
      let accuracy =
        run.cell == 10 && run.seed == 3 ? 0.1 : 0.8 + 0.001 * Double((3 * run.seed + 1) % 7)
      run.metrics["test.accuracy"] = MetricSummary(last: accuracy, best: nil, bestEpoch: nil)
      run.metrics["train.loss"] = MetricSummary(
        last: run.cell == 1 && run.seed == 2 ? 2.3 : 0.4,
        best: nil,
        bestEpoch: nil
      )
      return run
    }
    func compared(_ left: Int, _ right: Int, facts: [String: DataFacts] = [:]) -> Comparison {
      Comparison(
        metric: "test.accuracy",
        left: ("a", runs.filter { $0.cell == left }),
        right: ("b", runs.filter { $0.cell == right }),
        facts: facts
      )
    }
    let far = compared(10, 4)
    #expect(far.test == nil && far.left.collapsed == [3])
    #expect(far.sentences == ["No test: 1 of 5 seeds of a lies far off."])
    #expect(far.text().contains("a     4  "))
    let known = Dictionary(
      uniqueKeysWithValues: runs.map {
        ($0.id, DataFacts(trainCount: 1, validationCount: 1, testCount: 2000, constantLoss: 2.3))
      }
    )
    #expect(compared(4, 1, facts: known).sentences == ["No test: 1 of 5 seeds of b collapsed."])
    // By its training loss it learned.
    #expect(compared(10, 4, facts: known).test != nil)
  }

  @Test func `cells of two plans are matched by the parameters that both vary`() throws {
    let sweep = SyntheticSweep()
    let snapshot = sweep.snapshot()
    func sides(_ name: String, _ rate: Double, _ shift: Double) -> [MatchedComparison.Side] {
      snapshot.sweep.cells.filter { $0.assignment["learning_rate"] == .real(rate) }.map { cell in
        let runs = snapshot.runs.filter { $0.cell == cell.index }.map { run in
          var run = run
          run.metrics["test.accuracy"]?.last = 0.5 + 0.01 * Double(run.seed % 2) + shift
          return run
        }
        return ("\(name)#\(cell.index)", cell.assignment, runs, [])
      }
    }
    let left = sides("a", 0.001, 0.1)
    var right = sides("b", 0.01, 0)
    right.reverse()
    let found = try #require(MatchedComparison(metric: "test.accuracy", left: left, right: right))
    // The rate is one in each plan, so it tells nothing apart.
    #expect(found.common == ["activation", "model"])
    #expect(found.matches.count == 6)
    for match in found.matches {
      let pair = match.comparison
      #expect(pair.left.runs[0].parameters["model"] == pair.right.runs[0].parameters["model"])
      #expect(
        pair.left.runs[0].parameters["activation"] == pair.right.runs[0].parameters["activation"]
      )
      #expect(abs((pair.difference?.mean ?? 0) - 0.1) < 1e-12)
    }
    #expect(
      found.sentences.last == "6 of 6 pairs are separated (Holm's p at the level of their looks)."
    )
    #expect(found.table.lines().count == 7)
    #expect(MatchedComparison(metric: "test.accuracy", left: left, right: right + right) == nil)
    #expect(MatchedComparison(metric: "test.accuracy", left: [left[0]], right: [right[0]]) == nil)
  }

  @Test func `seeds of another program are not paired with ours`() throws {
    let own = runs()
    let foreign = own.map { run in
      var run = run
      run.numericVersion = RunRecord.importedVersion
      run.experiment = "pytorch"
      return run
    }
    func test(_ left: [RunRecord], _ right: [RunRecord]) -> DifferenceTest? {
      Comparison(metric: "test.accuracy", left: ("a", left), right: ("b", right)).difference?.test
    }
    let (mlp, cnn) = (own.prefix(3), own.suffix(3))
    #expect(test(Array(mlp), Array(cnn)) == .paired(seeds: 3))
    #expect(test(Array(mlp), Array(foreign.suffix(3))) == .welch(left: 3, right: 3))
    #expect(test(Array(foreign.prefix(3)), Array(foreign.suffix(3))) == .paired(seeds: 3))
  }

  @Test func `two single runs have a difference but no interval`() {
    let runs = runs()
    let comparison = Comparison(
      metric: "test.accuracy",
      left: ("a", [runs[0]]),
      right: ("b", [runs[3]])
    )
    #expect(comparison.difference == nil)
    #expect(comparison.sentences == ["No interval at n = 1: one seed shows no spread."])
  }

  @Test func `diverged seeds and different loss functions are not compared`() {
    let diverged = runs { run in
      if run.cell == 1, run.seed == 0 {
        run.state = .failed
        run.reason = "diverged: x"
      }
    }
    let refused = Comparison(
      metric: "test.accuracy",
      left: ("cnn", diverged.filter { $0.cell == 1 }),
      right: ("mlp", diverged.filter { $0.cell == 0 })
    )
    #expect(refused.sentences == ["No test: 1 of 3 seeds of cnn diverged."])
    var other = runs()
    for index in other.indices where other[index].cell == 1 {
      other[index].specification.loss = Component("mse")
    }
    let losses = Comparison(
      metric: "test.loss",
      left: ("cnn", other.filter { $0.cell == 1 }),
      right: ("mlp", other.filter { $0.cell == 0 })
    )
    #expect(
      losses.sentences == [
        "No test: losses of different loss functions, `cross_entropy` and `mse`, are never compared."
      ]
    )
  }

  @Test func `two specifications differ key by key, in the manifest's order`() {
    var left = runs()[0].specification
    left.model = [
      Component(
        "conv2d",
        ["kernel_size": .list([.integer(3), .integer(5)]), "bias": .boolean(true)]
      ),
      Component("dense", ["activation": .component(Component("relu"))]),
    ]
    var right = left
    right.optimizer.arguments["learning_rate"] = .real(0.01)
    right.model.layers?[0].arguments["kernel_size"] = .integer(3)
    right.model.layers?[1].arguments["activation"] = .component(Component("tanh"))
    right.model.layers?.append(Component("flatten"))
    right.data.validation = .fraction(0.1)
    right.data.followsRunSeed = true
    right.train.batchSize = nil
    #expect(
      SpecificationDifference.between(left, right).map(\.text) == [
        #"data.seed: 0 → "${seed}""#,
        "data.validation: – → 0.1",
        "model[0].kernel_size: [3, 5] → 3",
        "model[1].activation: relu → tanh",
        "model[2]: – → flatten",
        "optimizer.learning_rate: 0.001 → 0.01",
        "train.batch_size: 128 → all",
      ]
    )
    #expect(SpecificationDifference.between(left, left).isEmpty)
  }

  @Test func `two runs differ in their seed and numerics too`() {
    let runs = runs()
    var other = runs[1]
    other.numericVersion = 2
    #expect(
      SpecificationDifference.between(runs[0], other).map(\.text) == [
        "seed: 0 → 1", "numeric_version: 1 → 2",
      ]
    )
  }

  @Test func `a terminal gets the answer, the results and the verdicts in plain text`() throws {
    let analysis = Analysis(SyntheticSweep.troubled.snapshot())
    #expect(
      analysis.plainAnswer.first
        == "No winner is named, because runs are missing. The highest mean test.accuracy of the tested cells is "
        + "that of cnn · relu, 0.9067 (n = 5; learning_rate 0.001, the best of 3 candidates on these seeds)."
    )
    let results = analysis.resultsTable(analysis.groups[0]).lines()
    #expect(results[1] == "cnn · relu     5         0.9067  may be best  learning_rate 0.001")
    #expect(results[6].hasSuffix("learning_rate 0.001, 1 of 5 diverged"))
    let verdicts = try #require(analysis.verdictsTable).lines()
    #expect(verdicts.count == 3)
    #expect(verdicts[1].hasPrefix("consistent  cnn · relu  test.accuracy  at least 0.88"))
  }

  @Test func `an unfinished sweep says how far it is`() {
    var sweep = SyntheticSweep.troubled
    sweep.change = { if $0.seed == 4 { $0.state = .queued } }
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.plainAnswer == ["72 of 90 runs: no verdicts yet"])
    #expect(analysis.verdictsTable == nil)
    #expect(analysis.resultsTable(analysis.groups[0]).lines()[1].hasPrefix("mlp · relu     4  "))
  }
}
