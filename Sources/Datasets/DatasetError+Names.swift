// SPDX-License-Identifier: Apache-2.0

extension DatasetError {
  /// What does not fit the inputs and targets of a set, of which there may be several.
  public enum NameFact: Hashable, Sendable {
    /// An option, `task` or `outliers`, is for data with one target.
    case severalTargets(String, name: String, count: Int)
    /// Augmentation of data with several inputs of images.
    case severalImages(name: String, count: Int)
    /// A name stands for an input and for a target of a part.
    case shared(String, part: String)
    /// An argument, such as `test.inputs`, has other names than the training part.
    case others(String, expected: [String], got: [String])
    /// The lengths of a part name what is no input or target.
    case lengthsOfNothing(String, part: String, among: [String])
  }
}

extension DatasetError.NameFact {
  var sentence: String {
    switch self {
    case .severalTargets(let option, let name, let count):
      "`\(option)` is for data with one target, but `\(name)` has \(count) here"
    case .severalImages(let name, let count):
      "`augment` changes one input of images, but `\(name)` has \(count) here"
    case .shared(let name, let part): "`\(name)` is both an input and a target of `\(part)`"
    case .others(let argument, let expected, let got):
      "expected \(listed(expected)) in `\(argument)`, got \(listed(got))"
    case .lengthsOfNothing(let name, let part, _):
      "`\(part).lengths` names `\(name)`, which is no input or target"
    }
  }

  var hints: [String] {
    switch self {
    case .severalTargets("task", _, _):
      [
        "the type of each file decides: save classes with `array.astype(\"int64\")` and real numbers with `array.astype(\"float32\")`"
      ]
    case .severalTargets(let option, _, _): ["leave out `\(option)`"]
    case .severalImages: ["leave out `augment`"]
    case .shared: ["give them different names"]
    case .others: ["both parts must have the same inputs and targets"]
    case .lengthsOfNothing(_, _, let names): ["they are called \(listed(names))"]
    }
  }

  /// The argument or option at fault.
  var argument: String {
    switch self {
    case .severalTargets(let option, _, _): option
    case .severalImages: "augment"
    case .shared(_, let part), .lengthsOfNothing(_, let part, _): part
    case .others(let argument, _, _): String(argument.prefix { $0 != "." })
    }
  }
}

private func listed(_ names: [String]) -> String {
  names.map { "`\($0)`" }.joined(separator: ", ")
}
