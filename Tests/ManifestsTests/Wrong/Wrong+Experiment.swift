// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let experiment: [Wrong] = [
    Wrong(
      "an unknown metric",
      ["metric: accuracy"],
      says: #"""
        m.yaml:7:9: error: `metric`: unknown metric `accuracy`
        metric: accuracy
                ^~~~~~~~
        hint: did you mean `val.accuracy`?
        """#
    ),
    Wrong(
      "a metric that nothing measures",
      ["report: { metric: test.f1, curves: [test.top_3, train.gradient_norm.0] }"],
      says: #"""
        m.yaml:7:19: error: `test.f1` is not measured unless `metrics` asks for it
        report: { metric: test.f1, curves: [test.top_3, train.gradient_norm.0] }
                          ^~~~~~~
        hint: add `metrics: [f1]`

        m.yaml:7:37: error: `test.top_3` is not measured unless `metrics` asks for it
        report: { metric: test.f1, curves: [test.top_3, train.gradient_norm.0] }
                                            ^~~~~~~~~~
        hint: add `metrics: [{ top_k: 3 }]`

        m.yaml:7:49: error: `train.gradient_norm.0` is not measured unless `metrics` asks for it
        report: { metric: test.f1, curves: [test.top_3, train.gradient_norm.0] }
                                                        ^~~~~~~~~~~~~~~~~~~~~
        hint: add `metrics: [gradient_norm]`
        """#
    ),
    Wrong(
      "an unknown extra metric",
      ["metrics: [recal]"],
      says: #"""
        m.yaml:7:11: error: unknown metric `recal`
        metrics: [recal]
                  ^~~~~
        hint: did you mean `recall`?
        """#
    ),
    Wrong(
      "an extra metric twice",
      ["metrics: [top_k, f1, { top_k: 5 }]"],
      says: #"""
        m.yaml:7:22: error: `metrics` asks for `top_5` twice
        metrics: [top_k, f1, { top_k: 5 }]
                             ^~~~~~~~~~~~
        """#
    ),
    Wrong(
      "a norm of the test part",
      ["metrics: [weight_norm]", "report: { curves: [test.weight_norm] }"],
      says: #"""
        m.yaml:8:20: error: `report.curves`: unknown metric `test.weight_norm`
        report: { curves: [test.weight_norm] }
                           ^~~~~~~~~~~~~~~~
        hint: did you mean `train.weight_norm`?
        """#
    ),
    Wrong(
      "a validation metric without validation",
      ["metric: { name: val.loss }"],
      says: #"""
        m.yaml:7:17: error: there is no `val.loss` without a validation part
        metric: { name: val.loss }
                        ^~~~~~~~
        hint: hold examples out: `data: { …, validation: 0.1 }`
        """#
    ),
    Wrong(
      "a test metric without a test part",
      ["data: { dataset: time_machine, validation: 0.1 }", "report: { metric: test.perplexity }"],
      says: #"""
        m.yaml:7:19: error: there is no `test.perplexity`: this `time_machine` has no test part
        report: { metric: test.perplexity }
                          ^~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "the best epoch by the training loss",
      ["metric: { name: train.loss, at: best }"],
      says: #"""
        m.yaml:7:33: error: `metric.at: best` needs a `val.*` metric, got `train.loss`
        metric: { name: train.loss, at: best }
                                        ^~~~
        hint: the best epoch by training or test data would be chosen on what is reported
        """#
    ),
    Wrong(
      "an undeclared row of the report",
      [
        "loss: \"${loss}\"", "parameters: { loss: [cross_entropy, mse] }",
        "report: { rows: losses }",
      ],
      says: #"""
        m.yaml:8:17: error: `losses` in `report.rows` is no declared parameter
        report: { rows: losses }
                        ^~~~~~
        hint: did you mean `loss`?
        """#
    ),
    Wrong(
      "a format of pictures that is nearly one",
      ["report: { format: [png, sgv] }"],
      says: #"""
        m.yaml:7:25: error: `report.format` must be `png`, `svg` or `pdf`, got `sgv`
        report: { format: [png, sgv] }
                                ^~~
        hint: did you mean `svg`?
        """#
    ),
    Wrong(
      "formats of pictures in one text",
      ["report: { format: \"svg, pdf\" }"],
      says: #"""
        m.yaml:7:19: error: `report.format` must be `png`, `svg` or `pdf`, or a list of them, got `svg, pdf`
        report: { format: "svg, pdf" }
                          ^~~~~~~~~~
        hint: write `[svg, pdf]`
        """#
    ),
    Wrong(
      "a format of pictures of another program",
      ["report: { format: [eps] }"],
      says: #"""
        m.yaml:7:20: error: `report.format` must be `png`, `svg` or `pdf`, got `eps`
        report: { format: [eps] }
                           ^~~
        hint: did you mean `pdf`?
        """#
    ),
    Wrong(
      "a format of pictures twice",
      ["report: { format: [svg, pdf, svg] }"],
      says: #"""
        m.yaml:7:30: error: `report.format` names `svg` twice
        report: { format: [svg, pdf, svg] }
                                     ^~~
        """#
    ),
    Wrong(
      "no format of pictures",
      ["report: { format: [] }"],
      says: #"""
        m.yaml:7:19: error: `report.format` needs at least one element
        report: { format: [] }
                          ^~
        """#
    ),
    Wrong(
      "titles that are neither on nor off",
      ["report: { titles: none }"],
      says: #"""
        m.yaml:7:19: error: `report.titles` must be `true` or `false`, got `none`
        report: { titles: none }
                          ^~~~
        """#
    ),
    Wrong(
      "a tuned column of the report",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "data: { dataset: spirals, validation: 100 }", "parameters: { rate: [0.1, 0.2] }",
        "tune: [rate]", "report: { columns: rate }",
      ],
      says: #"""
        m.yaml:9:20: error: `rate` in `report.columns` is tuned: each cell takes its best value
        report: { columns: rate }
                           ^~~~
        hint: take it out of `tune` or out of `report.columns`
        """#
    ),
    Wrong(
      "an expectation without a claim",
      ["expect: [{ metric: test.accuracy }]"],
      says: #"""
        m.yaml:7:10: error: an expectation must make one claim, `within`, `value`, `at_least`, `at_most` or `equals`, got none
        expect: [{ metric: test.accuracy }]
                 ^~~~~~~~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "an expectation with two claims",
      ["expect: [{ at_least: 0.5, at_most: 0.6 }]"],
      says: #"""
        m.yaml:7:10: error: an expectation must make one claim, `within`, `value`, `at_least`, `at_most` or `equals`, got `at_least` and `at_most`
        expect: [{ at_least: 0.5, at_most: 0.6 }]
                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: `within: [low, high]` says both
        """#
    ),
    Wrong(
      "published numbers that the metric can never have",
      [
        "metrics: [r2]",
        "reference:\n  - { label: a, metric: test.accuracy, value: 87.2 }\n  - { label: b, metric: test.loss, value: -0.5 }\n  - { label: c, metric: test.r2, value: 1.2 }\n  - { label: d, metric: test.perplexity, value: 0.5 }\n  - { label: e, metric: test.accuracy, value: 872 }",
      ],
      says: #"""
        m.yaml:9:47: error: `reference.value` is 87.2, but `test.accuracy` is always between 0 and 1
          - { label: a, metric: test.accuracy, value: 87.2 }
                                                      ^~~~
        hint: shares count from 0 to 1, not in per cent: write `0.872`

        m.yaml:10:43: error: `reference.value` is -0.5, but `test.loss` is always at least 0
          - { label: b, metric: test.loss, value: -0.5 }
                                                  ^~~~

        m.yaml:11:41: error: `reference.value` is 1.2, but `test.r2` is always at most 1
          - { label: c, metric: test.r2, value: 1.2 }
                                                ^~~

        m.yaml:12:49: error: `reference.value` is 0.5, but `test.perplexity` is always at least 1
          - { label: d, metric: test.perplexity, value: 0.5 }
                                                        ^~~

        m.yaml:13:47: error: `reference.value` is 872, but `test.accuracy` is always between 0 and 1
          - { label: e, metric: test.accuracy, value: 872 }
                                                      ^~~
        """#
    ),
    Wrong(
      "expectations that no run can meet",
      [
        "repeat: 3",
        "expect:\n  - { at_least: 1.5 }\n  - { within: [-0.1, 0.5] }\n  - { equals: 98.50 }\n  - { at_most: -1 }\n  - { value: 0.9, margin: 2, because: two points }\n  - { metric: test.loss, at_least: -1 }",
      ],
      says: #"""
        m.yaml:9:17: error: `expect.at_least` is 1.5, but `test.accuracy` is always between 0 and 1
          - { at_least: 1.5 }
                        ^~~
        hint: shares count from 0 to 1, not in per cent: write `0.015`

        m.yaml:10:16: error: `expect.within` is -0.1, but `test.accuracy` is always between 0 and 1
          - { within: [-0.1, 0.5] }
                       ^~~~

        m.yaml:11:15: error: `expect.equals` is 98.5, but `test.accuracy` is always between 0 and 1
          - { equals: 98.50 }
                      ^~~~~
        hint: shares count from 0 to 1, not in per cent: write `0.985`

        m.yaml:12:16: error: `expect.at_most` is -1, but `test.accuracy` is always between 0 and 1
          - { at_most: -1 }
                       ^~

        m.yaml:13:27: error: `expect.margin` is 2, but `test.accuracy` is always between 0 and 1
          - { value: 0.9, margin: 2, because: two points }
                                  ^
        hint: shares count from 0 to 1, not in per cent: write `0.02`

        m.yaml:14:36: error: `expect.at_least` is -1, but `test.loss` is always at least 0
          - { metric: test.loss, at_least: -1 }
                                           ^~
        """#
    ),
    Wrong(
      "tags that are no words",
      ["tags: [lecture, two words, \"\"]"],
      says: #"""
        m.yaml:7:17: error: a tag is a word without white space, got `two words`
        tags: [lecture, two words, ""]
                        ^~~~~~~~~
        hint: write `two-words`

        m.yaml:7:28: error: a tag is a word without white space, got an empty text
        tags: [lecture, two words, ""]
                                   ^~
        """#
    ),
    Wrong(
      "an expectation of two cells",
      [
        "loss: \"${loss}\"", "parameters: { loss: [cross_entropy, mse] }",
        "expect: [{ metric: test.accuracy, at_least: 0.5 }]",
      ],
      says: #"""
        m.yaml:8:10: error: `expect.where` must select one cell, it selects 2
        expect: [{ metric: test.accuracy, at_least: 0.5 }]
                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: name `loss` too, or add `of: every` to judge all of them
        """#
    ),
    Wrong(
      "an expectation of a value that is never taken",
      [
        "loss: \"${loss}\"", "parameters: { loss: [cross_entropy, mse] }",
        "expect:\n  - { where: { loss: huber }, at_least: 0.5 }",
      ],
      says: #"""
        m.yaml:9:22: error: parameter `loss` never has the value `huber`
          - { where: { loss: huber }, at_least: 0.5 }
                             ^~~~~
        hint: its values are `cross_entropy` and `mse`
        """#
    ),
    Wrong(
      "a margin without a reason",
      ["expect: [{ value: 0.9, margin: 0.1 }]"],
      says: #"""
        m.yaml:7:32: error: `expect.margin` needs `because`: why is so much difference still the same?
        expect: [{ value: 0.9, margin: 0.1 }]
                                       ^~~
        """#
    ),
    Wrong(
      "a reversed interval",
      ["expect: [{ within: [0.9, 0.8] }]"],
      says: #"""
        m.yaml:7:20: error: `expect.within` must be `[low, high]` with low at most high, got [0.9, 0.8]
        expect: [{ within: [0.9, 0.8] }]
                           ^~~~~~~~~~
        """#
    ),
    Wrong(
      "a name that commands take for an option",
      ["name: -x"],
      says: #"""
        m.yaml:1:7: error: `name` must begin with a letter, a digit or `_` and not be `last`, got `-x`: commands would take it for an option
        name: -x
              ^~
        hint: `title` may be any text
        """#
    ),
    Wrong(
      "a name that hides the report",
      ["name: .hidden"],
      says: #"""
        m.yaml:1:7: error: `name` must begin with a letter, a digit or `_` and not be `last`, got `.hidden`: the report's folder would be hidden
        name: .hidden
              ^~~~~~~
        hint: `title` may be any text
        """#
    ),
    Wrong(
      "a name that commands take for a run",
      ["name: last"],
      says: #"""
        m.yaml:1:7: error: `name` must begin with a letter, a digit or `_` and not be `last`, got `last`: commands take it for the run that was started last
        name: last
              ^~~~
        hint: `title` may be any text
        """#
    ),
    Wrong(
      "a name that is no folder",
      ["name: my experiment/1"],
      says: #"""
        m.yaml:1:7: error: `name` must be letters, digits, `.`, `_` and `-`, at most 100 of them, got `my experiment/1`
        name: my experiment/1
              ^~~~~~~~~~~~~~~
        hint: it is the report's folder; `title` may be in any script
        """#
    ),
    Wrong(
      "a reference that no number can be",
      ["reference: [{ label: paper, value: high }]"],
      says: #"""
        m.yaml:7:36: error: `reference.value` must be a finite number, got `high`
        reference: [{ label: paper, value: high }]
                                           ^~~~
        """#
    ),
  ]
}
