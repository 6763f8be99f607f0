// SPDX-License-Identifier: Apache-2.0

import Tensors
import Vocabulary

/// Arrays of the user's own: `inputs` [N, …] and `targets` [N] or [N, …] for training and, if given, testing.
///
/// Inputs: real numbers and booleans are values, bytes (uint8) are brightnesses that arrive divided by 255, integers
/// [N, T] are tokens. Targets: integers and booleans are classes, [N, T] one at each of T steps; real numbers values, and
/// so are integers that cannot be classes where the request's task is regression.
///
/// `lengths` [N], if given, say how many steps of [N, T] or [N, T, D], 1 … T, are real; targets whose second axis is T
/// then have one for each step. What stands behind a length is not looked at; every other number must be finite.
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
    let train = try paths(request, "train")
    let test = request.texts("test") == nil ? nil : try paths(request, "test")
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
    request.texts(target.part)?["targets"].map {
      .format(path: $0, fact: .npyReal(value: target.value, index: target.record))
    }
  }

  private func paths(_ request: DatasetRequest, _ part: String) throws(DatasetError) -> Paths {
    guard let texts = request.texts(part), let inputs = texts["inputs"],
      let targets = texts["targets"]
    else { preconditionFailure("npy: `\(part)` lacks `inputs` or `targets`") }
    return Paths(inputs: inputs, targets: targets, lengths: texts["lengths"])
  }

  private func decode(
    _ train: Paths,
    _ test: Paths?,
    isRegression: Bool
  ) throws(DatasetError) -> PlainSet {
    if let test, (train.lengths == nil) != (test.lengths == nil) {
      let part = train.lengths == nil ? "train" : "test"
      throw .format(path: part == "train" ? train.inputs : test.inputs, fact: .npyNoLengths(part))
    }
    let parts = try parts(train, test, isRegression: isRegression)
    var set = PlainSet(meaning: meaning(parts), arrays: [:])
    for (name, part) in zip(["train", "test"], parts) {
      set.store(part.inputs, part: name, role: "inputs")
      set.store(part.targets, part: name, role: "targets")
      set.store(part.lengths, part: name)
    }
    set.findings = findings(parts[0])
    return set
  }

  /// What is in the files. Where those of a role are of different kinds, that is said before what follows from it.
  private func parts(
    _ train: Paths,
    _ test: Paths?,
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
      if let inputs = differentKinds("inputs", train.inputs, test.inputs) { throw inputs }
      if !isRegression, let targets = differentKinds("targets", train.targets, test.targets) {
        throw targets
      }
      throw error
    }
  }

  /// What the axes and numbers of the training inputs hint at.
  private func findings(_ part: NpyPart) -> [DataFinding] {
    let shape = Array(part.inputs.shape.dropFirst())
    let channels = [1, 3, 4]
    if shape.count == 3, channels.contains(shape[2]), !channels.contains(shape[0]), shape[1] > 1 {
      return [.channelsLast(part.inputPath, shape: shape)]
    }
    if part.inputs.element == .int32, part.lengths == nil, !part.hasTargetsOfSteps,
      part.hasUnlikeColumns
    {
      return [.integersAsTokens(part.inputPath, steps: shape[0])]
    }
    return []
  }

  private func meaning(_ parts: [NpyPart]) -> DecodedSet.Meaning {
    func size(_ largest: (NpyPart) -> Int) -> Int { 1 + (parts.map(largest).max() ?? 0) }
    let first = parts[0]
    let inputShape = Array(first.inputs.shape.dropFirst())
    let targetShape = Array(first.targets.shape.dropFirst())
    let input: SignalShape =
      first.inputs.element == .int32
      ? .tokens(vocabulary: size(\.largestInput), steps: inputShape[0])
      : .values(inputShape)
    let target: TargetShape =
      first.targets.element.isReal
      ? .values(targetShape)
      : targetShape.isEmpty
        ? .classes(size(\.largestTarget)) : .steps(classes: size(\.largestTarget))
    return DecodedSet.Meaning(input: input, target: target)
  }
}

/// The files of one part.
private struct Paths {
  var inputs: String
  var targets: String
  var lengths: String?

  var all: [String] { [inputs, targets] + [lengths].compactMap { $0 } }
  /// What names the part's files and their meaning.
  var words: [String] { [inputs, targets] + [lengths.map { "lengths \($0)" }].compactMap { $0 } }
}

/// Inputs and targets of one part, as they are stored.
private struct NpyPart {
  var inputs: PlainArray
  var targets: PlainArray
  var largestInput = 0
  var largestTarget = 0
  let inputPath: String
  let targetPath: String
  var lengths: [Int]?
  /// The targets as real numbers, where they are whole ones and the task is regression.
  private var wholeTargets: PlainArray?

  init(_ paths: Paths, isRegression: Bool) throws(DatasetError) {
    (inputPath, targetPath) = (paths.inputs, paths.targets)
    var inputArray = try npyArray(inputPath, role: "inputs")
    var targetArray = try npyArray(targetPath, role: "targets")
    guard let count = inputArray.shape.first, count > 0, !inputArray.shape.contains(0) else {
      throw .format(
        path: inputPath,
        fact: .npyRank(role: "inputs", expected: "[N, …] with N ≥ 1", shape: inputArray.shape)
      )
    }
    guard targetArray.shape.first == count else {
      guard let targetCount = targetArray.shape.first else {
        throw .format(
          path: targetPath,
          fact: .npyRank(role: "targets", expected: "[N] or [N, …]", shape: [])
        )
      }
      throw .countMismatch(
        path: inputPath,
        count: count,
        other: targetPath,
        otherCount: targetCount
      )
    }
    if let path = paths.lengths {
      let found = try sequenceLengths(NpyArray(path: path), path, inputs: inputArray, inputPath)
      inputArray.clear(behind: found)
      if targetArray.shape.count > 1, targetArray.shape[1] == inputArray.shape[1] {
        targetArray.clear(behind: found)
      }
      lengths = found
    }
    (inputs, largestInput) = try storedInputs(inputArray, inputPath)
    if isRegression, targetArray.integers != nil {
      let shape = targetArray.shape.count == 1 ? targetArray.shape + [1] : targetArray.shape
      wholeTargets = try targetArray.finiteReals("targets", targetPath, shape: shape)
    }
    do {
      (targets, largestTarget) = try storedTargets(targetArray, targetPath, inputs: inputs)
    } catch {
      guard let wholeTargets else { throw error }
      targets = wholeTargets
    }
  }

  /// Where the whole targets of one part cannot be classes, those of the other are read as real numbers too.
  static func unify(_ parts: inout [NpyPart]) {
    guard parts.contains(where: \.targets.element.isReal) else { return }
    for index in parts.indices {
      parts[index].targets = parts[index].wholeTargets ?? parts[index].targets
    }
  }

  var hasTargetsOfSteps: Bool { targets.element == .int32 && targets.shape.count == 2 }

  /// Whether integers [N, T] are rather T quantities, each of its own size, than T tokens of one vocabulary.
  ///
  /// Columns that are constant, or 0 in half of the examples, as at the padded end of texts, say nothing.
  var hasUnlikeColumns: Bool {
    guard inputs.shape.count == 2, inputs.shape[0] >= 10 else { return false }
    // The first examples are enough for a guess.
    let (count, width) = (min(1000, inputs.shape[0]), inputs.shape[1])
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
    (0..<4).reduce(0) { $0 | Int(inputs.bytes[4 * index + $1]) << (8 * $1) }
  }

  func checkAgreement(with test: NpyPart) throws(DatasetError) {
    for (own, path, other, otherPath) in [
      (inputs, inputPath, test.inputs, test.inputPath),
      (targets, targetPath, test.targets, test.targetPath),
    ] where own.shape.dropFirst() != other.shape.dropFirst() {
      throw .shapeMismatch(
        path: path,
        shape: Array(own.shape.dropFirst()),
        other: otherPath,
        otherShape: Array(other.shape.dropFirst())
      )
    }
    for (role, own, path, other, otherPath) in [
      ("inputs", inputs, inputPath, test.inputs, test.inputPath),
      ("targets", targets, targetPath, test.targets, test.targetPath),
    ] where own.element.asRead != other.element.asRead {
      throw .elementMismatch(
        role: role,
        path: path,
        element: own.element.asRead.rawValue,
        other: otherPath,
        otherElement: other.element.asRead.rawValue
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

/// Targets as stored, and the largest class.
private func storedTargets(
  _ array: NpyArray,
  _ path: String,
  inputs: PlainArray
) throws(DatasetError) -> (PlainArray, Int) {
  let isColumn = array.shape.count == 2 && array.shape[1] == 1
  guard let integers = array.integers else {
    let shape = array.shape.count == 1 ? array.shape + [1] : array.shape
    return (try array.finiteReals("targets", path, shape: shape), 0)
  }
  let isPerStep =
    array.shape.count == 2 && (2...3).contains(inputs.shape.count)
    && (inputs.element == .int32 || inputs.shape.count == 3) && array.shape[1] == inputs.shape[1]
  guard array.shape.count == 1 || isColumn || isPerStep else {
    throw .format(
      path: path,
      fact: .npyRank(
        role: "integer targets (classes)",
        expected: "[N], or [N, T] with inputs of T steps",
        shape: array.shape
      )
    )
  }
  let classes = try smallIntegers(integers, "classes", path)
  let shape = isPerStep ? array.shape : [array.shape[0]]
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
