// SPDX-License-Identifier: Apache-2.0

import Tensors
import Vocabulary

/// Arrays of the user's own: `inputs` [N, …] and `targets` [N] or [N, …] for training and, if given, testing.
///
/// Inputs: real numbers and booleans are values, bytes (uint8) are brightnesses that arrive divided by 255, integers
/// [N, T] are tokens. Targets: integers and booleans are classes, [N, T] one at each of T steps; real numbers values, and
/// so are integers that cannot be classes where the request's task is regression.
///
/// `lengths` [N], if given, say how many steps of [N, T] or [N, T, D], 0 … T, are real; targets whose second axis is T
/// then have one for each step. What stands behind a length is not looked at; every other number must be finite.
///
/// Each of the three may be several files by name. Lengths have the name of an input or of a target; a file alone is of the
/// first input. Of several targets, integers [N, T] may have steps of their own.
struct NpyDataset: DatasetSource {
  var version: Int { 3 }

  /// What whole inputs and targets may be, in words.
  static let wholeNumbers = "0 … 16777215"
  /// The shape of whole inputs, in words.
  static let tokenShape = "[N, T]; save numbers as float32"

  /// Raised where other findings are kept with the same arrays, so that no older cache is taken for it.
  private static let findingsVersion = 1

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let train = try NpyFiles(request, "train")
    let test = request.arguments["test"] == nil ? nil : try NpyFiles(request, "test", like: train)
    if request.task != nil, train.targets.count > 1 {
      throw .option(
        .names(.severalTargets("task", name: request.name, count: train.targets.count))
      )
    }
    let parts = [train, test].compactMap { $0 }
    // Only as numbers are some whole targets read at all.
    let isRegression = request.task == .regression
    let task = isRegression ? ["regression"] : []
    let reader = (["reader \(version).\(Self.findingsVersion)"] + task).joined(separator: " ")
    let identity = try reader + "\n" + identity(of: parts.flatMap(\.all))
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey("npy", (parts.flatMap(\.words) + task).joined(separator: "\n")),
      identity: identity
    ) { () throws(DatasetError) in try decode(train, test, isRegression: isRegression) }
  }

  func notClass(_ target: TargetPlace, _ request: DatasetRequest) -> DatasetError? {
    (try? NpyFiles(request, target.part))?.targets.first.map {
      .format(path: $0.path, fact: .npyReal(value: target.value, index: target.record))
    }
  }

  private func decode(
    _ train: NpyFiles,
    _ test: NpyFiles?,
    isRegression: Bool
  ) throws(DatasetError) -> PlainSet {
    if let test {
      for file in zip(train.inputs + train.targets, test.inputs + test.targets)
      where (file.0.lengths == nil) != (file.1.lengths == nil) {
        let part = file.0.lengths == nil ? "train" : "test"
        throw .format(
          path: part == "train" ? file.0.path : file.1.path,
          fact: .npyNoLengths(part)
        )
      }
    }
    let parts = try parts(train, test, isRegression: isRegression)
    var set = PlainSet(meaning: meaning(parts, train), arrays: [:])
    for (name, part) in zip(["train", "test"], parts) {
      for (index, input) in part.inputs.enumerated() {
        set.store(input.array, part: name, role: "inputs", index: index)
        set.store(input.lengths, part: name, index: index)
      }
      for (index, target) in part.targets.enumerated() {
        set.store(target.array, part: name, role: "targets", index: index)
        set.store(target.lengths, part: name, role: "target_lengths", index: index)
      }
    }
    set.findings = findings(parts[0])
    return set
  }

  /// What is in the files. Where those of a role are of different kinds, that is said before what follows from it.
  private func parts(
    _ train: NpyFiles,
    _ test: NpyFiles?,
    isRegression: Bool
  ) throws(DatasetError) -> [NpyPart] {
    guard let test else { return [try NpyPart(train, isRegression: isRegression)] }
    do {
      var parts = [try NpyPart(train, isRegression: isRegression)]
      parts.append(try NpyPart(test, isRegression: isRegression))
      if isRegression { NpyPart.unify(&parts) }
      try parts[0].checkAgreement(with: parts[1])
      return parts
    } catch {
      for (own, other) in zip(train.inputs, test.inputs) {
        if let inputs = differentKinds("inputs", own.path, other.path) { throw inputs }
      }
      for (own, other) in zip(train.targets, test.targets) where !isRegression {
        if let targets = differentKinds("targets", own.path, other.path) { throw targets }
      }
      throw error
    }
  }

  /// What the axes and numbers of the training inputs hint at.
  private func findings(_ part: NpyPart) -> [DataFinding] {
    part.inputs.flatMap { input -> [DataFinding] in
      let shape = Array(input.array.shape.dropFirst())
      let channels = [1, 3, 4]
      if shape.count == 3, channels.contains(shape[2]), !channels.contains(shape[0]), shape[1] > 1 {
        return [.channelsLast(input.path, shape: shape)]
      }
      let hasTargetsOfSteps = part.targets.contains(where: \.isOfSteps)
      if input.array.element == .int32, input.lengths == nil, !hasTargetsOfSteps,
        input.hasUnlikeColumns
      {
        return [.integersAsTokens(input.path, steps: shape[0])]
      }
      return []
    }
  }

  private func meaning(_ parts: [NpyPart], _ files: NpyFiles) -> DecodedSet.Meaning {
    let first = parts[0]
    let inputs = first.inputs.indices.map { index -> InputDescription in
      let array = first.inputs[index].array
      let shape = Array(array.shape.dropFirst())
      let size = 1 + (parts.map { $0.inputs[index].largest }.max() ?? 0)
      return InputDescription(
        name: files.inputs[index].name,
        array.element == .int32 ? .tokens(vocabulary: size, steps: shape[0]) : .values(shape)
      )
    }
    let targets = first.targets.indices.map { index -> TargetDescription in
      let target = first.targets[index]
      let shape = Array(target.array.shape.dropFirst())
      let size = 1 + (parts.map { $0.targets[index].largest }.max() ?? 0)
      let meaning: TargetShape =
        target.array.element.isReal
        ? .values(shape)
        : shape.isEmpty
          ? .classes(size)
          : target.hasOwnSteps
            ? .sequence(classes: size, steps: shape[0]) : .steps(classes: size)
      return TargetDescription(name: files.targets[index].name, meaning)
    }
    return DecodedSet.Meaning(inputs: inputs, targets: targets)
  }
}

/// An input of one part, as it is stored.
private struct NpyInput {
  let path: String
  /// As it was read.
  let read: NpyArray
  let array: PlainArray
  /// The largest token.
  let largest: Int
  let lengths: [Int]?

  init(_ file: NpyFile) throws(DatasetError) {
    path = file.path
    var read = try npyArray(path, role: "inputs")
    guard let count = read.shape.first, count > 0, !read.shape.contains(0) else {
      throw .format(
        path: path,
        fact: .npyRank(role: "inputs", expected: "[N, …] with N ≥ 1", shape: read.shape)
      )
    }
    lengths = try file.lengths.map { lengths throws(DatasetError) in
      try sequenceLengths(NpyArray(path: lengths), lengths, inputs: read, file.path)
    }
    if let lengths { read.clear(behind: lengths) }
    (array, largest) = try storedInputs(read, path)
    self.read = read
  }

  /// Whether integers [N, T] are rather T quantities, each of its own size, than T tokens of one vocabulary.
  ///
  /// Columns that are constant, or 0 in half of the examples, as at the padded end of texts, say nothing.
  var hasUnlikeColumns: Bool {
    guard array.shape.count == 2, array.shape[0] >= 10 else { return false }
    // The first examples are enough for a guess.
    let (count, width) = (min(1000, array.shape[0]), array.shape[1])
    var largest: [Int] = []
    for column in 0..<width {
      let numbers = (0..<count).map { token($0 * width + column) }
      guard let maximum = numbers.max(), maximum != numbers.min(),
        2 * numbers.count(where: { $0 == 0 }) < count
      else { continue }
      largest.append(maximum)
    }
    guard let low = largest.min(), let high = largest.max() else { return false }
    return high / 4 >= low
  }

  private func token(_ index: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(array.bytes[4 * index + $1]) << (8 * $1) }
  }
}

/// A target of one part, as it is stored.
private struct NpyTarget {
  let path: String
  var array: PlainArray
  /// The largest class.
  private(set) var largest = 0
  /// Of its own steps.
  private(set) var lengths: [Int]?
  /// Whether its steps are not those of the first input.
  private(set) var hasOwnSteps = false
  /// The targets as real numbers, where they are whole ones and the task is regression.
  private(set) var whole: PlainArray?

  /// `isAlone` says that there is no other target: then whole numbers may be real targets by `task`, and have no steps but
  /// those of the input.
  init(
    _ file: NpyFile,
    _ input: NpyInput,
    isAlone: Bool,
    isRegression: Bool
  ) throws(DatasetError) {
    path = file.path
    var read = try npyArray(path, role: "targets")
    let count = input.read.shape[0]
    guard read.shape.first == count else {
      guard let targetCount = read.shape.first else {
        throw .format(
          path: path,
          fact: .npyRank(role: "targets", expected: "[N] or [N, …]", shape: [])
        )
      }
      throw .countMismatch(path: input.path, count: count, other: path, otherCount: targetCount)
    }
    if let own = file.lengths {
      let found = try sequenceLengths(
        NpyArray(path: own),
        own,
        inputs: read,
        path,
        role: "targets",
        isSequence: read.integers != nil && read.shape.count == 2,
        expected: "[N, T] of integers"
      )
      read.clear(behind: found)
      (lengths, hasOwnSteps) = (found, true)
    } else if let found = input.lengths, read.shape.count > 1, read.shape[1] == input.read.shape[1]
    {
      read.clear(behind: found)
    }
    if isRegression, read.integers != nil {
      let shape = read.shape.count == 1 ? read.shape + [1] : read.shape
      whole = try read.finiteReals("targets", path, shape: shape)
    }
    if !isAlone, read.shape.count == 2, read.shape[1] > 1, read.integers != nil,
      !isPerStep(read, of: input.array)
    {
      hasOwnSteps = true
    }
    do {
      (array, largest) = try storedTargets(
        read,
        path,
        inputs: input.array,
        isAlone: isAlone,
        hasOwnSteps: hasOwnSteps
      )
    } catch {
      guard let whole else { throw error }
      array = whole
    }
  }

  var isOfSteps: Bool { array.element == .int32 && array.shape.count == 2 }
}

/// Inputs and targets of one part.
private struct NpyPart {
  var inputs: [NpyInput] = []
  var targets: [NpyTarget] = []

  init(_ files: NpyFiles, isRegression: Bool) throws(DatasetError) {
    for file in files.inputs {
      let input = try NpyInput(file)
      if let first = inputs.first, input.read.shape[0] != first.read.shape[0] {
        throw .countMismatch(
          path: first.path,
          count: first.read.shape[0],
          other: input.path,
          otherCount: input.read.shape[0]
        )
      }
      inputs.append(input)
    }
    for file in files.targets {
      let target = try NpyTarget(
        file,
        inputs[0],
        isAlone: files.targets.count == 1 && file.lengths == nil,
        isRegression: isRegression
      )
      targets.append(target)
    }
  }

  /// Where the whole targets of one part cannot be classes, those of the other are read as real numbers too.
  static func unify(_ parts: inout [NpyPart]) {
    for target in parts[0].targets.indices
    where parts.contains(where: { $0.targets[target].array.element.isReal }) {
      for index in parts.indices {
        let whole = parts[index].targets[target].whole
        parts[index].targets[target].array = whole ?? parts[index].targets[target].array
      }
    }
  }

  func checkAgreement(with test: NpyPart) throws(DatasetError) {
    typealias File = (role: String, array: PlainArray, path: String)
    func files(_ part: NpyPart) -> [File] {
      part.inputs.map { ("inputs", $0.array, $0.path) }
        + part.targets.map { ("targets", $0.array, $0.path) }
    }
    let pairs = Array(zip(files(self), files(test)))
    for (own, other) in pairs where own.array.shape.dropFirst() != other.array.shape.dropFirst() {
      throw .shapeMismatch(
        path: own.path,
        shape: Array(own.array.shape.dropFirst()),
        other: other.path,
        otherShape: Array(other.array.shape.dropFirst())
      )
    }
    for (own, other) in pairs where own.array.element.asRead != other.array.element.asRead {
      throw .elementMismatch(
        role: own.role,
        path: own.path,
        element: own.array.element.asRead.rawValue,
        other: other.path,
        otherElement: other.array.element.asRead.rawValue
      )
    }
  }
}

extension Element {
  fileprivate var isReal: Bool { self == .float32 || self == .float64 }
  /// Real numbers are read as float32, whether some are kept as float64 too or not.
  fileprivate var asRead: Element { self == .float64 ? .float32 : self }
}

/// Inputs as stored, and the largest token.
private func storedInputs(_ array: NpyArray, _ path: String) throws(DatasetError) -> (
  PlainArray, Int
) {
  let shape = array.shape.count == 1 ? array.shape + [1] : array.shape
  switch array.elements {
  case .bytes(let bytes): return (PlainArray(bytes, shape: shape), 0)
  case .integers(let values):
    guard array.shape.count == 2 else {
      throw .format(
        path: path,
        fact: .npyRank(
          role: "integer inputs (tokens)",
          expected: NpyDataset.tokenShape,
          shape: array.shape
        )
      )
    }
    let tokens = try smallIntegers(values, "tokens", path)
    return (PlainArray(tokens.values, shape: shape), tokens.largest)
  case .float32, .float64, .booleans:
    return (try array.finiteReals("inputs", path, shape: shape), 0)
  }
}

/// Whether targets [N, T] have one class at each step of the input.
private func isPerStep(_ array: NpyArray, of inputs: PlainArray) -> Bool {
  array.shape.count == 2 && (2...3).contains(inputs.shape.count)
    && (inputs.element == .int32 || inputs.shape.count == 3) && array.shape[1] == inputs.shape[1]
}

/// Targets as stored, and the largest class.
private func storedTargets(
  _ array: NpyArray,
  _ path: String,
  inputs: PlainArray,
  isAlone: Bool,
  hasOwnSteps: Bool
) throws(DatasetError) -> (PlainArray, Int) {
  let isColumn = array.shape.count == 2 && array.shape[1] == 1 && !hasOwnSteps
  guard let integers = array.integers else {
    let shape = array.shape.count == 1 ? array.shape + [1] : array.shape
    return (try array.finiteReals("targets", path, shape: shape), 0)
  }
  let hasSteps = hasOwnSteps || isPerStep(array, of: inputs)
  guard array.shape.count == 1 || isColumn || hasSteps else {
    throw .format(
      path: path,
      fact: isAlone
        ? .npyRank(
          role: "integer targets (classes)",
          expected: "[N], or [N, T] with inputs of T steps",
          shape: array.shape
        )
        : .npyRank(
          role: "integers as classes",
          expected: "[N] or [N, T]; save numbers as float32",
          shape: array.shape
        )
    )
  }
  let classes = try smallIntegers(integers, isAlone ? "classes" : "classes of a target", path)
  let shape = hasSteps ? array.shape : [array.shape[0]]
  return (PlainArray(classes.values, shape: shape), classes.largest)
}

private func smallIntegers(_ values: [Int], _ role: String, _ path: String) throws(DatasetError)
  -> (values: [Int32], largest: Int)
{
  let limit = 1 << 24
  if let index = values.firstIndex(where: { !(0..<limit).contains($0) }) {
    throw .format(
      path: path,
      fact: .npyInteger(
        role: role,
        value: values[index],
        index: index,
        expected: NpyDataset.wholeNumbers
      )
    )
  }
  return (values.map { Int32($0) }, values.max() ?? 0)
}
