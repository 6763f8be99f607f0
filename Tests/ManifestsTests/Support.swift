// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Manifests
import Testing

/// The manifest of the design's chapter on manifests, verbatim.
let designManifest = """
  name: activations                       # [A-Za-z0-9._-]; also the report's folder
  title: 激活函数 · ReLU, sigmoid, tanh     # any script
  description: Which activation suits an MLP and a CNN, each at its own best learning rate?
  tags: [lecture-3]
  data: { dataset: fashion_mnist, validation: 10000 }   # split once, the same for every seed
  models:                                 # with `models:` and no `model:`, `model: "${model}"` is understood
    mlp: [flatten, { dense: { units: 256, activation: "${activation}" } }, { dense: 10 }]
    cnn:
      - conv2d: { channels: 32, kernel_size: 3, padding: 1, activation: "${activation}" }
      - max_pool2d: 2
      - flatten
      - dense: 10                         # short for { units: 10 }; logits
  loss: cross_entropy
  optimizer: { name: adam, learning_rate: "${learning_rate}" }
  train: { epochs: 5, batch_size: 128, clip_norm: 1.0 }
  checkpoint: { every_epochs: 1, keep_best: 1, keep_last: 1 }
  method: grid
  seed: 0
  repeat: 5
  metric: { name: val.accuracy, goal: maximize, at: last }   # chooses; test.* only reports
  parameters:                             # 2 × 3 × 3 = 18 cells, 90 runs
    model: [mlp, cnn]                     # a bare list is short for `values:`
    activation: [relu, sigmoid, tanh]
    learning_rate: { min: 1e-4, max: 1e-2, scale: log, points: 3 }   # ends included; rounded to 6 significant digits
  tune: [learning_rate]                   # nuisance: each remaining cell takes its best value by mean `metric`
  report: { metric: test.accuracy, rows: activation, columns: model, curves: [train.loss, val.accuracy] }
  expect:
    - { where: { model: cnn, activation: relu }, metric: test.accuracy, at_least: 0.88, source: "…" }
  """

/// The least that makes a plan.
let small = """
  name: small
  data: { dataset: spirals }
  model: [{ dense: 16 }, relu, { dense: 2 }]
  loss: cross_entropy
  optimizer: { name: sgd, learning_rate: 0.1 }
  train: { epochs: 2, batch_size: 32 }
  """

/// Plans `text` under the name `m.yaml` in a folder that does not exist.
func planned(_ text: String, _ overrides: [String] = []) throws -> Plan {
  try plan(
    manifest: text,
    file: "m.yaml",
    overrides: overrides,
    rules: PathRules(folder: "/nowhere/experiments", roots: ["/nowhere"])
  )
}

/// Everything that is said against `text`, or an empty text.
func complaints(_ text: String, _ overrides: [String] = []) -> String {
  do {
    _ = try planned(text, overrides)
    return ""
  } catch let list as DiagnosticList {
    return list.rendered
  } catch {
    return "\(error)"
  }
}
