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
  /// Inputs and targets by name, where there are several.
  private(set) var named_inputs: [Inputs]?
  private(set) var named_targets: [Targets]?

  struct Inputs: Encodable {
    /// The name where there are several.
    var name: String?
    /// `values`, `bytes` (divided by 255) or `tokens`.
    var kind: String
    var shape: [Int]
    var vocabulary: Int?
  }

  struct Targets: Encodable {
    /// The name where there are several.
    var name: String?
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
    inputs = Inputs(data.inputs[0])
    targets = Targets(data.targets[0])
    if data.inputs.count + data.targets.count > 2 {
      named_inputs = data.inputs.map { input in
        var reading = Inputs(input)
        reading.name = input.name
        return reading
      }
      named_targets = data.targets.map { target in
        var reading = Targets(target)
        reading.name = target.name
        return reading
      }
    }
    guard data.classNames.count == data.classCounts.count, !data.classNames.isEmpty else { return }
    classes = zip(data.classNames, data.classCounts).map { Class(name: $0, training_examples: $1) }
  }

  /// Whether people are told: of files of their own, whose types decide how they are read.
  var isTold: Bool { Catalog.dataset(name)?.isReadByType == true }

  /// One line.
  var line: String {
    let inputs = (named_inputs ?? [inputs]).map(\.text).joined(separator: ", ")
    let targets = named_targets.map { $0.map(\.text).joined(separator: ", ") } ?? targetText
    return "  inputs: \(inputs); targets: \(targets)"
  }

  private var targetText: String {
    targets.text + (targets.kind == "classes" ? classes.map { ": " + listed($0) } ?? "" : "")
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

extension DataReading.Inputs {
  fileprivate init(_ input: InputDescription) {
    switch input.shape {
    case .values(let shape): self.init(kind: input.hasBytes ? "bytes" : "values", shape: shape)
    case .tokens(let size, let steps): self.init(kind: "tokens", shape: [steps], vocabulary: size)
    }
  }

  fileprivate var text: String {
    let lead = name.map { "`\($0)` " } ?? ""
    return switch kind {
    case "tokens": "\(lead)tokens \(shape) of a vocabulary of \(vocabulary ?? 0)"
    case "bytes": "\(lead)bytes \(shape), divided by 255"
    default: "\(lead)values \(shape)"
    }
  }
}

extension DataReading.Targets {
  fileprivate init(_ target: TargetDescription) {
    switch target.shape {
    case .classes(let count): self.init(kind: "classes", class_count: count)
    case .values(let shape): self.init(kind: "values", shape: shape)
    case .steps(let size): self.init(kind: "class_per_step", class_count: size)
    case .sequence(let size, let steps):
      self.init(kind: "sequence", shape: [steps], class_count: size)
    }
  }

  fileprivate var text: String {
    let lead = name.map { "`\($0)` " } ?? ""
    return switch (kind, class_count) {
    case ("classes", let count?): lead + counted(count, "class", plural: "classes")
    case ("sequence", let count?): "\(lead)sequences \(shape ?? []) of \(count) classes"
    case (_, let count?): "\(lead)a class of \(count) at each step"
    default: "\(lead)values \(shape ?? [])"
    }
  }
}
