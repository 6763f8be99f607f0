// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The file of an input or of a target.
struct NpyFile: Hashable, Sendable {
  var name: String
  var path: String
  /// The file of its lengths.
  var lengths: String?
}

/// The files of one part, the first input and target being the principal ones.
struct NpyFiles: Hashable, Sendable {
  private(set) var inputs: [NpyFile]
  private(set) var targets: [NpyFile]

  /// The files of `part`, in the order of `other`, which must have the same names.
  init(
    _ request: DatasetRequest,
    _ part: String,
    like other: NpyFiles? = nil
  ) throws(DatasetError) {
    let files = request.arguments[part]?.mapping ?? [:]
    func named(_ key: String, alone: String) -> [NpyFile] {
      if let path = files[key]?.text { return [NpyFile(name: alone, path: path)] }
      return (files[key] ?? .none).namedFiles.map { NpyFile(name: $0.name, path: $0.path) }
    }
    inputs = named("inputs", alone: InputDescription.standardName)
    targets = named("targets", alone: TargetDescription.standardName)
    precondition(
      !inputs.isEmpty && !targets.isEmpty,
      "npy: `\(part)` lacks `inputs` or `targets`"
    )
    if let name = Set(inputs.map(\.name)).intersection(targets.map(\.name)).min() {
      throw .option(.names(.shared(name, part: part)))
    }
    if let other {
      inputs = try Self.ordered(inputs, like: other.inputs, "\(part).inputs")
      targets = try Self.ordered(targets, like: other.targets, "\(part).targets")
    }
    if let path = files["lengths"]?.text {
      inputs[0].lengths = path
    } else {
      for (name, path) in (files["lengths"] ?? .none).namedFiles {
        try setLengths(path, of: name, part: part)
      }
    }
  }

  private static func ordered(
    _ files: [NpyFile],
    like others: [NpyFile],
    _ argument: String
  ) throws(DatasetError) -> [NpyFile] {
    let found = others.compactMap { other in files.first { $0.name == other.name } }
    guard found.count == files.count, found.count == others.count else {
      throw .option(
        .names(.others(argument, expected: others.map(\.name), got: files.map(\.name)))
      )
    }
    return found
  }

  private mutating func setLengths(
    _ path: String,
    of name: String,
    part: String
  ) throws(DatasetError) {
    if let place = inputs.firstIndex(where: { $0.name == name }) {
      inputs[place].lengths = path
    } else if let place = targets.firstIndex(where: { $0.name == name }) {
      targets[place].lengths = path
    } else {
      let names = (inputs + targets).map(\.name)
      throw .option(.names(.lengthsOfNothing(name, part: part, among: names)))
    }
  }

  /// All paths.
  var all: [String] {
    inputs.map(\.path) + targets.map(\.path) + (inputs + targets).compactMap(\.lengths)
  }

  /// What names the part's files and their meaning.
  var words: [String] {
    let files = inputs + targets
    let isPlain =
      files.map(\.name) == [InputDescription.standardName, TargetDescription.standardName]
    return
      (isPlain
      ? files.map(\.path)
      : inputs.map { "input \($0.name) \($0.path)" }
        + targets.map { "target \($0.name) \($0.path)" })
      + files.enumerated().compactMap { index, file in
        file.lengths.map { (index == 0 ? "lengths " : "lengths of \(file.name) ") + $0 }
      }
  }
}
