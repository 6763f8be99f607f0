// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

private func record(
  id: String = "ab12cd34ef56",
  state: RunState = .completed,
  seed: Int = 3,
  parameters: [String: ParameterValue] = ["model": .text("cnn"), "learning_rate": .real(0.01)],
  accuracy: Double? = 0.91,
  tags: [String] = ["x", "lecture-3"],
  reason: String? = nil
) -> RunRecord {
  RunRecord(
    id: id,
    experiment: "activations",
    sweep: "activations@2",
    cell: 4,
    seed: seed,
    state: state,
    reason: reason,
    parameters: parameters,
    epochs: 5,
    startedAt: "2026-11-23T08:00:00.000Z",
    numericVersion: 1,
    tags: tags,
    metrics: [
      "val.accuracy": MetricSummary(last: accuracy, best: 0.93, bestEpoch: 4),
      "train.loss": MetricSummary(last: nil, best: 0.2, bestEpoch: 3),
    ],
    specification: specification()
  )
}

@Suite struct ConditionTests {
  @Test(arguments: [
    "model=cnn", "model = 'cnn'", "model=\"cnn\"", "model!=mlp", "learning_rate=1e-2",
    "learning_rate<0.1", "learning_rate>=0.01", "seed=3", "seed=3.0", "state=completed",
    "state!=failed", "tag=x", "tag=lecture-3", "tag!=y", "id=ab12", "id=AB12", "cell=4",
    "experiment=activations", "sweep=activations", "sweep=activations@2", "val.accuracy>0.9",
    "val.accuracy.last=0.91", "val.accuracy.best>=0.93", "val.accuracy.best_epoch=4",
    "train.loss=null", "reason=null", "stopped_early=null", "finished_at=null",
    "started_at>=2026-11-23",
    "started_at<2026-11-24", "parameters.model=cnn", "numeric_version=1", "epochs<=5",
    "not model=mlp", "NOT model=mlp", "model=cnn and seed=3", "model=mlp or seed=3",
    "seed=3 or model=mlp and seed=4", "not (seed=3 and model=mlp)", "(((seed=3)))",
    "model=cnn and val.accuracy>0.9 and state=completed and tag=x",
  ])
  func `holds`(text: String) throws {
    #expect(try Condition(text).filter([record()]).count == 1)
  }

  @Test(arguments: [
    "model=mlp", "model!=cnn", "learning_rate<0.01", "seed=4", "state=failed", "tag=y",
    "id=b12", "sweep=activation", "sweep=activations@1", "val.accuracy>0.91", "train.loss<9",
    "train.loss>0", "train.loss=0", "val.accuracy=null", "model=cnn and seed=4",
    "not seed=3 or model=mlp", "(seed=3 or seed=4) and model=mlp", "test.loss>0",
  ])
  func `does not hold`(text: String) throws {
    #expect(try Condition(text).filter([record()]).isEmpty)
  }

  @Test func `a parameter that a run does not have equals only null`() throws {
    let runs = [record(), record(id: "000000000000", parameters: ["kernel_size": .integer(3)])]
    #expect(try Condition("kernel_size!=5").filter(runs).count == 2)
    #expect(try Condition("kernel_size>0").filter(runs).map(\.id) == ["000000000000"])
    #expect(try Condition("kernel_size=null").filter(runs).map(\.id) == ["ab12cd34ef56"])
  }

  @Test func `truth values are words`() throws {
    let run = record(parameters: ["bias": .boolean(true)])
    #expect(try Condition("bias=true").filter([run]).count == 1)
    #expect(try Condition("bias=false").filter([run]).isEmpty)
  }

  @Test(arguments: [
    (
      "", "--where:1:1: error: the condition is empty",
      "hint: for example `state=failed and val.accuracy<0.5`"
    ),
    (
      "seed==3", "--where:1:5: error: unknown operator `==`; expected one of = != < <= > >=",
      "hint: equality is one `=`"
    ),
    ("model=", "--where:1:7: error: expected a value, got the end", "^"),
    (
      "model cnn", "--where:1:7: error: expected one of = != < <= > >= after `model`, got `cnn`",
      "hint: for example `model=…`"
    ),
    (
      "model in cnn", "--where:1:7: error: expected one of = != < <= > >= after `model`, got `in`",
      "hint: several values are `model=a or model=b`"
    ),
    (
      "model:cnn",
      "--where:1:10: error: expected one of = != < <= > >= after `model:cnn`, got the end",
      "hint: did you mean `model=cnn`?"
    ),
    (
      "seed=1 && seed=2", "--where:1:8: error: expected `and`, `or` or the end, got `&&`",
      "hint: `and` joins comparisons"
    ),
    (
      "model=a cnn", "--where:1:9: error: expected `and`, `or` or the end, got `cnn`",
      "hint: join comparisons with `and` or `or`; quote values with spaces"
    ),
    ("(seed=3", "--where:1:8: error: expected `)`, got the end", "^"),
    ("seed=3)", "--where:1:7: error: expected `and`, `or` or the end, got `)`", "^"),
    ("and seed=3", "--where:1:1: error: expected a name, got `and`", "^~~"),
    ("model='cnn", "--where:1:7: error: the quote is not closed", "^~~~"),
    (
      "state=fialed",
      "--where:1:7: error: unknown state `fialed`; expected one of queued, running, completed, "
        + "pruned, failed, cancelled, interrupted", "hint: did you mean `failed`?"
    ),
  ])
  func `a mistake is placed`(text: String, first: String, last: String) throws {
    let mistake = #expect(throws: Diagnostic.self) { try Condition(text) }
    let lines = try #require(mistake).rendered.split(
      separator: "\n",
      omittingEmptySubsequences: false
    )
    #expect(String(lines[0]) == first)
    #expect(String(lines[1]) == text)
    #expect(lines[lines.count - 1].trimmingCharacters(in: .whitespaces) == last)
  }

  @Test(arguments: [
    (
      "modle=cnn",
      "--where:1:1: error: unknown name `modle`: no field, parameter or metric of these runs",
      "did you mean `model`?"
    ),
    (
      "seed=3 and val.acuracy>0.9",
      "--where:1:12: error: unknown name `val.acuracy`: no field, parameter or metric of these runs",
      "did you mean `val.accuracy`?"
    ),
    (
      "model>cnn", "--where:1:7: error: `>` needs a number, got `cnn`",
      "compare text with `=` or `!=`"
    ),
    (
      "model>3", "--where:1:1: error: `>` needs a number, but `model` is text: cnn",
      "compare text with `=` or `!=`"
    ),
    (
      "seed=three", "--where:1:6: error: `seed` is a number, got `three`",
      "`null` stands for what a run does not have"
    ),
    (
      "val.accuracy>high", "--where:1:14: error: `>` needs a number, got `high`",
      "`val.accuracy` is a number"
    ),
    (
      "val.accuracy.bst>0.9",
      "--where:1:1: error: unknown name `val.accuracy.bst`: no field, parameter or metric of these "
        + "runs", "did you mean `val.accuracy.best`?"
    ),
    (
      "model=cnn and\n  sed=3",
      "--where:2:3: error: unknown name `sed`: no field, parameter or metric of these runs",
      "did you mean `seed`?"
    ),
  ])
  func `a name that no run knows is a mistake`(text: String, first: String, hint: String) throws {
    let condition = try Condition(text)
    let mistake = #expect(throws: Diagnostic.self) { try condition.filter([record()]) }
    #expect(try #require(mistake).rendered.hasPrefix(first + "\n"))
    #expect(mistake?.hints == [hint])
  }

  @Test func `a name like no other is answered with those there are`() throws {
    let condition = try Condition("qqqqqqqq=1")
    let mistake = try #require(
      #expect(throws: Diagnostic.self) { try condition.filter([record()]) }
    )
    #expect(mistake.hints.count == 3)
    #expect(mistake.hints[0].hasPrefix("fields are attempts, cell,"))
    #expect(mistake.hints[1].hasPrefix("parameters are ") && mistake.hints[1].contains("model"))
    #expect(mistake.hints[2].contains("val.accuracy"))
  }

  @Test func `a value that no run has is remarked, with the nearest that some have`() throws {
    let runs = [record()]
    let condition = try Condition("seed=4 or model=cn")
    #expect(try condition.filter(runs).isEmpty)
    #expect(
      condition.remarks(among: runs).map(\.rendered) == [
        """
        --where:1:17: warning: no run has the value `cn` of `model`
        seed=4 or model=cn
                        ^~
        hint: did you mean `cnn`?
        """
      ]
    )
    #expect(try Condition("model=cnn").remarks(among: runs).isEmpty)
  }

  @Test func `deep nesting is a mistake, not a crash`() {
    let text = String(repeating: "(", count: 100_000) + "seed=3"
    #expect(throws: Diagnostic.self) { try Condition(text) }
    let negations = String(repeating: "not ", count: 100_000) + "seed=3"
    #expect(throws: Diagnostic.self) { try Condition(negations) }
  }

  @Test func `a long chain is not deep`() throws {
    let text = Array(repeating: "seed=4", count: 20_000).joined(separator: " or ") + " or seed=3"
    #expect(try Condition(text).filter([record()]).count == 1)
  }
}
