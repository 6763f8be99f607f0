// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import NeuralNetworks
import Tensors
import Vocabulary

/// Why a manifest's loss does not take the data's targets or the model's output, in words.
struct LossMistake {
  /// One sentence.
  let message: String
  /// How to fix it.
  let hint: String?

  private init(_ message: String, hint: String?) {
    self.message = message
    self.hint = hint
  }

  init(_ fault: LossFault) {
    let name = fault.name
    switch fault.misfit {
    case .needsClasses: self = .needsClasses(name, fault.target)
    case .needsValues:
      self.init(
        "`\(name)` needs real targets, but these are classes",
        hint:
          "use `loss: cross_entropy`, or `data.task: regression` if the numbers are quantities"
      )
    case .singleClass:
      self.init(
        "all targets are of one class, so there is nothing to tell apart",
        hint: "are these the targets that were meant?"
      )
    case .zeroWeights:
      self.init(
        "`\(name).class_weights` are all 0: nothing would be learned",
        hint: "give at least one class a weight above 0"
      )
    case .weights(let count, let classes):
      self.init(
        "`\(name).class_weights` has \(counted(count, "weight")), but there are \(classes) classes",
        hint: nil
      )
    case .output(let alternative):
      self.init(
        "the last layer gives \(fault.output), but \(Self.wanted(fault.target))",
        hint: Self.ending(fault) + (alternative.map { ", or `- dense: \($0)`" } ?? "")
      )
    }
  }

  /// Rows of several numbers become classes in the file only.
  private static func needsClasses(_ loss: String, _ target: TargetShape) -> LossMistake {
    let width = if case .values(let shape) = target { shape.last ?? 1 } else { 1 }
    return LossMistake(
      "`\(loss)` needs classes, but the targets are real numbers",
      hint: width > 1
        ? "if each row is one 1 and otherwise 0, store the classes instead: `targets.argmax(axis=-1)` in NumPy; for other numbers use `loss: mse`"
        : "use `loss: mse`, or `data.task: classification` if whole numbers stand for classes"
    )
  }

  private static func wanted(_ target: TargetShape) -> String {
    switch target {
    case .classes(let count): "the targets are \(count) classes"
    case .steps(let vocabulary): "each step's target is one of \(vocabulary) tokens"
    case .sequence(let vocabulary, let steps):
      "the targets are sequences [\(steps)], each element one of \(vocabulary) tokens"
    case .values(let shape): "the targets are \(shape)"
    }
  }

  /// How to end a model for such targets; what one wrote may say that other targets were meant.
  private static func ending(_ fault: LossFault) -> String {
    switch fault.target {
    case .classes(let count):
      let end = "end the model with `- dense: \(count)`"
      // One output for whole numbers is what one writes for amounts.
      if fault.isSquared, fault.output == [1] || count > fewClasses {
        return "if the targets are amounts, use `data.task: regression`; else \(end)"
      }
      guard count > fewClasses else { return end }
      return "if the targets are amounts, use `data.task: regression` and `loss: mse`; else \(end)"
    case .steps(let vocabulary), .sequence(let vocabulary, _):
      return "end the model with `- dense: \(vocabulary)`, without `last_step`"
    case .values(let shape): return "end the model with `- dense: \(shape.last ?? 1)`"
    }
  }

  /// So many classes are more likely amounts, such as prices in whole euros.
  private static let fewClasses = 1000
}
