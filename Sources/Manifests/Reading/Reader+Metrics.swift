// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Foundation
internal import Vocabulary

/// Which parts of the data there are, as far as the manifest says.
struct DataParts {
  /// Whether every cell holds out a validation part.
  var hasValidation: Bool
  /// The data set without a test part, or nil if there is one everywhere.
  var withoutTest: String?
  /// The quantities that `metrics:` adds.
  var metrics: Set<String>
}

extension DataSpecification {
  /// Whether metrics `test.*` exist.
  var hasTest: Bool {
    switch Catalog.dataset(dataset.name)?.test {
    case .always, nil: return true
    case .never: return false
    case .argument:
      let test = dataset["test"]
      return test != ArgumentValue.none && test != .integer(0)
    case .folder:
      let folder = dataset["folder"].text ?? ""
      return ["train", "test"].allSatisfy {
        FileManager.default.fileExists(atPath: "\(folder)/\($0)")
      }
    }
  }
}

extension Reader {
  /// A metric's name of a part that exists.
  func metricName(_ node: SourceNode, label: String, parts: DataParts) -> MetricName? {
    guard let text = text(node, label: label) else { return nil }
    guard let name = MetricName(text) else {
      findings.report(.unknownMetric(label, text), at: node)
      return nil
    }
    if name.isExtra, !parts.metrics.contains(name.family) {
      findings.report(.metricNotMeasured(name), at: node)
      return nil
    }
    if name.part == .val, !parts.hasValidation {
      findings.report(.metricWithoutValidation(text), at: node)
      return nil
    }
    if name.part == .test, let dataset = parts.withoutTest {
      findings.report(.metricWithoutTest(text, dataset: dataset), at: node)
      return nil
    }
    return name
  }

  /// The quantities that `metrics:` adds, as far as it is right; what is wrong is told elsewhere.
  func quietMetrics(_ node: SourceNode?) -> Set<String> {
    let quiet = Reader(findings: Findings(), paths: paths, scope: scope)
    return Set(node.flatMap { quiet.metrics($0) } ?? [])
  }

  /// The quantities that `metrics:` adds, each once.
  func metrics(_ node: SourceNode) -> [String]? {
    if let text = node.text, let answer = MetricWords.answer(toEntry: text) {
      findings.report(.unknownComponent(.metrics, text, answer: answer), at: node)
      return nil
    }
    guard let items = self.items(node, expected: "a list of metrics", label: "metrics") else {
      return nil
    }
    let names = all(items) { component($0, .metrics, label: "metrics").map(Catalog.quantity) }
    guard let names else { return nil }
    for (place, name) in names.enumerated() where names[..<place].contains(name) {
      findings.report(.repeatedMetric(name), at: items[place])
      return nil
    }
    return names
  }
}
