// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// What chooses, what is shown, what is claimed, and the axes that are compared.
extension ManifestKeys {
  static let metric: [Key] = [
    Key("name", .metricName, required: true, "A dotted name such as `val.accuracy`."),
    Key(
      "goal",
      .argument(.choice(["minimize", "maximize"])),
      standard: "by the metric",
      "Which way is better."
    ),
    Key(
      "at",
      .argument(.choice(["last", "best"])),
      standard: "`last`",
      "The epoch that is read: the last, or the best by this metric (`val.*` only)."
    ),
  ]

  static let report: [Key] = [
    Key(
      "metric",
      .metricName,
      standard: "`test.accuracy` (with `cross_entropy`) or `test.loss`, else `metric`",
      "The metric of tables, winners and tests."
    ),
    Key(
      "rows",
      .parameter,
      standard: "a row for each cell",
      "The parameter whose values are table rows."
    ),
    Key("columns", .parameter, "The parameter whose values are table columns."),
    Key(
      "curves",
      .metricNames,
      standard: "`train.loss` and the report's metric over epochs",
      "Metrics drawn over epochs."
    ),
    Key(
      "looks",
      .argument(.integer(1...1)),
      standard: "as many as you add seeds for",
      "`1` compares the cells once, with all seeds of this plan and the whole level of 5 %; seeds that are added later bring no further claim."
    ),
    Key(
      "format",
      .words(PictureFormat.allCases.map(\.rawValue)),
      standard: "`png`",
      "The kinds of file that each picture is written as."
    ),
    Key(
      "titles",
      .argument(.boolean),
      standard: "`true`",
      "`false` leaves title, subtitle and footnote out of the pictures, for a paper or slide that has words of its own; legends, names of axes and of panels stay."
    ),
  ]

  static let expectation: [Key] = [
    Key(
      "where",
      .selection,
      standard: "the only cell",
      "Parameter values that select one cell, after `tune`."
    ),
    Key(
      "of",
      .argument(.choice(["every"])),
      standard: "one cell",
      "`every` judges each selected cell."
    ),
    Key("metric", .metricName, standard: "`report.metric`", "The metric of the claim."),
    Key("within", .interval, "The claim: the mean lies in `[low, high]`."),
    Key("value", .argument(.real(RealRange())), "The claim: one published run's value."),
    Key(
      "margin",
      .argument(.real(SettingRange.positive)),
      "With `value` and `because`: how far the mean may lie from it to be reproduced."
    ),
    Key("because", .argument(.text), "Why the `margin` is what it is."),
    Key("at_least", .argument(.real(RealRange())), "The claim: the mean is no smaller."),
    Key("at_most", .argument(.real(RealRange())), "The claim: the mean is no larger."),
    Key("equals", .printedNumber, "The claim: every printed digit agrees."),
    Key("source", .argument(.text), "Where the number was published."),
  ]
  /// The keys of an expectation of which exactly one is given.
  static let claims = ["within", "value", "at_least", "at_most", "equals"]

  static let reference: [Key] = [
    Key("label", .argument(.text), required: true, "What it is called."),
    Key("metric", .metricName, standard: "`report.metric`", "Of which metric."),
    Key("value", .argument(.real(RealRange())), required: true, "The number."),
    Key("source", .argument(.text), "Where it was published."),
  ]

  static let axis: [Key] = [
    Key("values", .values, "The values; a bare list is short for it."),
    Key("value", .value, "The only value."),
    Key(
      "probabilities",
      .probabilities,
      standard: "all equal",
      "How likely each of `values` is drawn; they sum to 1."
    ),
    Key(
      "distribution",
      .argument(.choice(Distribution.allNames)),
      standard: "by the other keys",
      "How `method: random` draws."
    ),
    Key("min", .argument(.real(RealRange())), "The lower end, included."),
    Key("max", .argument(.real(RealRange())), "The upper end, included."),
    Key(
      "scale",
      .argument(.choice(["linear", "log"])),
      standard: "`linear`",
      "How `points` are spaced, or what is drawn evenly."
    ),
    Key("points", .argument(.integer(2...100_000)), "How many values from `min` to `max`."),
    Key(
      "q",
      .argument(.real(SettingRange.positive)),
      standard: "`1`",
      "Draws of `q_…` are multiples of it."
    ),
    Key("mu", .argument(.real(RealRange())), standard: "`0`", "Mean of `normal` forms."),
    Key(
      "sigma",
      .argument(.real(SettingRange.positive)),
      standard: "`1`",
      "Standard deviation of `normal` forms."
    ),
    Key(
      "when",
      .condition,
      standard: "always",
      "Other parameters' values for which this one exists."
    ),
  ]
}
