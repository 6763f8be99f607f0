// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension RunRecord {
  /// Why training ended before its last epoch, in words; nil unless early stopping ended it.
  ///
  /// It follows from what every database stores: the rule, the epochs done, and the epoch of the metric's best value.
  public var earlyStop: String? {
    let planned = specification.train.epochs
    guard state == .completed, !isImported, epochs < planned,
      let rule = specification.train.earlyStopping
    else { return nil }
    let end = "stopped early at epoch \(epochs) of \(planned)"
    guard specification.data.folds == nil else {
      return "\(end): every fold ended by \(rule.metric), patience \(rule.patience)"
    }
    return "\(end): \(rule.cause(metrics[rule.metric])), patience \(rule.patience)"
  }

  /// Whether early stopping ended it although its metric never had a value: nothing was compared.
  public var isStoppedWithoutValue: Bool {
    guard earlyStop != nil, let rule = specification.train.earlyStopping else { return false }
    return metrics[rule.metric]?.best == nil
  }
}

extension EarlyStopping {
  fileprivate func cause(_ summary: MetricSummary?) -> String {
    guard let summary else { return "\(metric) was not measured" }
    guard summary.best != nil, let epoch = summary.bestEpoch else {
      return "\(metric) was never a finite number"
    }
    // A summary's best follows the metric's own goal.
    guard MetricName(metric)?.goal == goal else { return "\(metric) improved no more" }
    return "\(metric) was best at epoch \(epoch)"
  }
}
