// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Training
import Vocabulary
import Workbench

extension Verification {
  /// A verdict in lines.
  func lines(_ verdict: Verdict) -> [String] {
    switch verdict {
    case .same(let digest): ["run \(run.id): same bits, weights_sha256 \(digest)"]
    case .diverged(let error): ["run \(run.id): not the same: \(error.reason)"]
    case .different(let difference):
      [
        "run \(run.id): not the same: weights_sha256 was \(difference.storedSHA256 ?? "null"), "
          + "is \(difference.sha256 ?? "null")"
      ] + (difference.point.map { [Self.line($0)] } ?? []) + difference.tensors.map(Self.line)
    }
  }

  private static func line(_ point: Difference.Point) -> String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "NaN" }
    return "first difference: \(point.metric) after epoch \(MetricText.short(point.epoch)): "
      + "stored \(text(point.stored)), now \(text(point.now))"
  }

  private static func line(_ tensor: Difference.Tensor) -> String {
    guard let differing = tensor.differing else { return "tensor \(tensor.name): another shape" }
    let values = counted(tensor.valueCount, "value")
    return "tensor \(tensor.name): \(differing.count) of \(values) "
      + "\(differing.count == 1 ? "differs" : "differ"), by at most \(differing.largest)"
  }
}

extension Verification.Epoch {
  /// `epoch 2/10  train.loss 0.41`.
  var line: String {
    let metrics = Dictionary(
      points.compactMap { point in point.value.map { (point.name, $0) } },
      uniquingKeysWith: { _, last in last }
    )
    return "epoch \(number)/\(count)  " + MetricText.list(metrics)
  }
}
