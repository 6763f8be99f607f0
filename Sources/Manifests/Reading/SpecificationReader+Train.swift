// SPDX-License-Identifier: Apache-2.0

internal import Experiments

extension SpecificationReader {
  /// The loop; its keys' ranges stand in `ManifestKeys.train`.
  func train(_ node: SourceNode, logEverySteps: Int?) -> TrainSpecification? {
    guard let values = reader.fixed(node, ManifestKeys.train, owner: Owner("train")) else {
      return nil
    }
    var arguments: [String: ArgumentValue] = [:]
    var isComplete = true
    for key in ManifestKeys.train {
      guard let node = values[key.name] else { continue }
      let value = trainArgument(node, key)
      arguments[key.name] = value
      if value == nil { isComplete = false }
    }
    guard isComplete, let epochs = arguments["epochs"]?.integer,
      let batchSize = arguments["batch_size"]
    else { return nil }
    return TrainSpecification(
      epochs: epochs,
      batchSize: batchSize.integer,
      shuffle: arguments["shuffle"]?.boolean ?? true,
      clipNorm: arguments["clip_norm"]?.real,
      clipValue: arguments["clip_value"]?.real,
      evaluateEvery: arguments["evaluate_every"]?.integer ?? 1,
      logEverySteps: logEverySteps
    )
  }

  private func trainArgument(_ node: SourceNode, _ key: Key) -> ArgumentValue? {
    let label = "train.\(key.name)"
    switch key.kind {
    case .argument(let kind):
      if !key.isRequired, let node = reader.resolve(node), node.text == "none" {
        return ArgumentValue.none
      }
      return reader.argument(node, kind, label: label)
    case .integerOr(let range, let word):
      return integer(node, range, orWord: word, label: label)
    default: preconditionFailure("`\(label)` has a kind that train does not read")
    }
  }

  private func integer(
    _ node: SourceNode,
    _ range: ClosedRange<Int>,
    orWord word: String,
    label: String
  ) -> ArgumentValue? {
    guard let node = reader.resolve(node) else { return nil }
    if node.text == word { return .text(word) }
    let expected = words(for: range) + ", or `\(word)`"
    guard let scalar = reader.scalar(node, expected: expected, label: label) else { return nil }
    guard !scalar.isInterpolated, let value = Scalars.integer(scalar.text), range.contains(value)
    else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return .integer(value)
  }
}
