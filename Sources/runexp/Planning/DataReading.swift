// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Experiments
import Reports
import Tensors
import Vocabulary
import Workbench

/// What the inputs and targets of a data set are read as, for people and for scripts.
struct DataReading: Encodable {
  let name: String
  let inputs: Inputs
  let targets: Targets
  private(set) var classes: [Class]?

  struct Inputs: Encodable {
    /// `values`, `bytes` (divided by 255) or `tokens`.
    var kind: String
    var shape: [Int]
    var vocabulary: Int?
  }

  struct Targets: Encodable {
    /// `classes`, `values`, `class_per_step` or `sequence` of classes.
    var kind: String
    var shape: [Int]?
    var class_count: Int?
  }

  struct Class: Encodable {
    var name: String
    /// Training examples after limits and split.
    var training_examples: Int
  }

  init(_ data: DatasetDescription) {
    name = data.name
    inputs =
      switch data.input {
      case .values(let shape): Inputs(kind: data.hasByteInputs ? "bytes" : "values", shape: shape)
      case .tokens(let size, let steps): Inputs(kind: "tokens", shape: [steps], vocabulary: size)
      }
    targets =
      switch data.target {
      case .classes(let count): Targets(kind: "classes", class_count: count)
      case .values(let shape): Targets(kind: "values", shape: shape)
      case .steps(let size): Targets(kind: "class_per_step", class_count: size)
      case .sequence(let size, let steps):
        Targets(kind: "sequence", shape: [steps], class_count: size)
      }
    guard data.classNames.count == data.classCounts.count, !data.classNames.isEmpty else { return }
    classes = zip(data.classNames, data.classCounts).map { Class(name: $0, training_examples: $1) }
  }

  /// Whether people are told: of files of their own, whose types decide how they are read.
  var isTold: Bool { Catalog.dataset(name)?.isReadByType == true }

  /// One line.
  var line: String { "  inputs: \(inputText); targets: \(targetText)" }

  private var inputText: String {
    switch inputs.kind {
    case "tokens": "tokens \(inputs.shape) of a vocabulary of \(inputs.vocabulary ?? 0)"
    case "bytes": "bytes \(inputs.shape), divided by 255"
    default: "values \(inputs.shape)"
    }
  }

  private var targetText: String {
    switch (targets.kind, targets.class_count) {
    case ("classes", let count?):
      counted(count, "class", plural: "classes") + (classes.map { ": " + listed($0) } ?? "")
    case ("sequence", let count?): "sequences \(targets.shape ?? []) of \(count) classes"
    case (_, let count?): "a class of \(count) at each step"
    default: "values \(targets.shape ?? [])"
    }
  }

  /// The first classes with their numbers of training examples.
  private func listed(_ classes: [Class]) -> String {
    let shown = classes.count > 10 ? 8 : classes.count
    let rest = classes.count - shown
    return classes.prefix(shown).map {
      "\(ColumnsTable.printable($0.name)) (\($0.training_examples))"
    }
    .joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
