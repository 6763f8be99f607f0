// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// Which picture stands in which file.
struct ChartPlan: Hashable {
  enum Kind: Hashable {
    /// Means with intervals, cell by cell.
    case results
    /// A metric over epochs.
    case curve
    /// The same quantity on the training data and on data that was held out, over epochs.
    case fit
    /// What a swept parameter does.
    case factor(String)
    /// Two crossed parameters.
    case heatMap
    /// All swept parameters.
    case parallelCoordinates
    /// A metric over a swept number.
    case trend
    /// Gradients layer by layer.
    case gradients
    /// The activations that are compared.
    case activations
    /// What the best cell takes for what.
    case confusion
    /// Filters of the first convolution of the best cell.
    case filters
    /// The test images that the best cell gets most wrong.
    case errors
    /// Predicted numbers over true ones.
    case agreement
    /// The blocks of a network, by its place among the plan's wirings.
    case network(Int)
    /// What the attentions of a network look at, by the same place.
    case attention(Int)
  }

  var kind: Kind
  var metric: String
  /// The name of the loss function, if the metric is a loss and several are compared; they may differ in their arguments.
  var loss: String?
  /// Index of the first loss function of that name among those of the report; 0 without one.
  var group: Int
  /// As a PNG.
  var fileName: String

  /// Every file that a plan's report may have, whatever `tune` chooses.
  static func all(_ sweep: SweepRecord) -> [ChartPlan] {
    let losses = distinctLosses(sweep.cells)
    let none =
      plans(sweep, losses: []) + parameterPlans(sweep.experiment) + networkPlans(sweep)
    return losses.count > 1 ? none + plans(sweep, losses: losses) : none
  }

  /// The pictures of one report: a metric that is a loss has one for each loss function.
  static func plans(_ analysis: Analysis) -> [ChartPlan] {
    let losses = distinctLosses(analysis.cells.map(\.cell))
    return plans(analysis.snapshot.sweep, losses: losses.count > 1 ? losses : [])
      + parameterPlans(analysis.experiment) + networkPlans(analysis.snapshot.sweep)
  }

  private static func networkPlans(_ sweep: SweepRecord) -> [ChartPlan] {
    let names = NetworkNames(sweep.cells)
    func plans(_ files: [String], _ kind: (Int) -> Kind) -> [ChartPlan] {
      files.enumerated().map { index, file in
        ChartPlan(
          kind: kind(index),
          metric: sweep.experiment.report.metric,
          loss: nil,
          group: 0,
          fileName: file + ".png"
        )
      }
    }
    return plans(names.files("network")) { .network($0) }
      + plans(names.files("attention-maps")) { .attention($0) }
  }

  /// Of each the one file that a report has if enough is swept.
  private static func parameterPlans(_ experiment: Experiment) -> [ChartPlan] {
    let kinds: [(Kind, String)] = [
      (.heatMap, "heat-map.png"), (.parallelCoordinates, "parameters.png"),
      (.gradients, "gradient-norms.png"), (.activations, "activations.png"),
      (.confusion, "confusion.png"),
      (.filters, "filters.png"),
      (.errors, "errors.png"),
      (.agreement, "predicted-and-true.png"),
    ]
    // Some file systems take two names that differ in case for one.
    var taken = Set<String>()
    let factors = experiment.parameters.map(\.name).filter { !experiment.tune.contains($0) }
      .map { name -> (Kind, String) in
        let base = "effect-of-\(slug(name))"
        let names = [base] + (2...).lazy.prefix(experiment.parameters.count).map { "\(base)-\($0)" }
        let free = names.first { taken.insert($0.lowercased()).inserted } ?? base
        return (.factor(name), free + ".png")
      }
    return (factors + kinds).map { kind, name in
      ChartPlan(kind: kind, metric: experiment.report.metric, loss: nil, group: 0, fileName: name)
    }
  }

  private static func plans(_ sweep: SweepRecord, losses: [Component]) -> [ChartPlan] {
    let experiment = sweep.experiment
    let trends = TrendCharts.parameter(sweep).map { parameter in
      experiment.trendMetrics.flatMap {
        split(.trend, $0, base: "\(slug($0))-by-\(slug(parameter))", losses)
      }
    }
    return split(.results, experiment.report.metric, base: "results", losses) + (trends ?? [])
      + experiment.fitMetrics.flatMap {
        split(.fit, $0, base: "fit-\(slug(metricQuantity($0)))", losses)
      }
      + free(experiment.curveMetrics.flatMap { split(.curve, $0, base: slug($0), losses) })
  }

  /// The same with file names of their own, where names of metrics differ in what no file name has.
  private static func free(_ plans: [ChartPlan]) -> [ChartPlan] {
    var taken = Set<String>()
    return plans.map { plan in
      let base = plan.fileName.dropLast(4)
      let names = [plan.fileName] + (2...).lazy.prefix(plans.count).map { "\(base)-\($0).png" }
      var free = plan
      // Some file systems take two names that differ in case for one.
      free.fileName = names.first { taken.insert($0.lowercased()).inserted } ?? plan.fileName
      return free
    }
  }

  private static func split(
    _ kind: Kind,
    _ metric: String,
    base: String,
    _ losses: [Component]
  ) -> [ChartPlan] {
    guard isLoss(metric), !losses.isEmpty else {
      return [ChartPlan(kind: kind, metric: metric, loss: nil, group: 0, fileName: base + ".png")]
    }
    return losses.enumerated().compactMap { index, loss in
      // Those that differ in their arguments share a picture.
      guard losses.firstIndex(where: { $0.name == loss.name }) == index else { return nil }
      return ChartPlan(
        kind: kind,
        metric: metric,
        loss: loss.name,
        group: index,
        fileName: "\(base)-\(slug(loss.name)).png"
      )
    }
  }

  /// Letters and digits with single hyphens: `train.loss` becomes `train-loss`.
  static func slug(_ text: String) -> String {
    let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .joined(separator: "-")
    // A file's name has room for three of these.
    return words.isEmpty ? "parameter" : String(words.prefix(60))
  }
}

/// The loss functions of cells, in plan order.
func distinctLosses(_ cells: [Cell]) -> [Component] {
  var losses: [Component] = []
  for cell in cells where !losses.contains(cell.specification.totalLoss) {
    losses.append(cell.specification.totalLoss)
  }
  return losses
}

extension Experiment {
  /// The metrics drawn over epochs: `report.curves`, else the training loss and the report's metric.
  var curveMetrics: [String] {
    var names: [String] = []
    for name in report.curves.isEmpty ? ["train.loss", report.metric] : report.curves
    where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}

extension Experiment {
  /// The metrics on the training data that are drawn together with the same on held-out data: the loss, and what
  /// `report.curves` lists of both.
  var fitMetrics: [String] {
    let listed = report.curves.filter { name in
      let quantity = metricQuantity(name)
      return name.hasPrefix("train.")
        && ["val", "test"].contains { report.curves.contains("\($0).\(quantity)") }
    }
    return ["train.loss"] + listed.filter { $0 != "train.loss" }
  }

  /// The metrics drawn over a swept number: the report's, then those of `report.curves`.
  var trendMetrics: [String] {
    [report.metric] + report.curves.filter { $0 != report.metric }
  }
}
