// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
public import Tensors

extension SignalShape {
  /// What the inputs are, for sentences.
  var plural: String {
    switch self {
    case .tokens(_, let steps): "sequences of \(counted(steps, "token"))"
    case .values(let shape) where shape.count == 1: "vectors of \(counted(shape[0], "number"))"
    case .values(let shape) where shape.count == 2: "sequences [T, D] of shape \(shape)"
    case .values(let shape): "arrays of shape \(shape)"
    }
  }
}

/// The part of the data that an example belongs to.
public enum DataPart: String, Sendable, CaseIterable {
  /// What the model is trained on.
  case train
  /// Examples held out from the training part.
  case validation
  /// The set's own test part.
  case test
}

/// One input of a data set: what a network reads under its name.
public struct InputDescription: Hashable, Sendable {
  /// The name of the only input of a data set.
  public static let standardName = "input"

  /// The name, different from that of every other input.
  public var name: String
  /// The shape of one example.
  public var shape: SignalShape
  /// Whether examples are sequences of several lengths, the real steps first.
  public var hasLengths: Bool
  /// The tokens in the order of their numbers; empty if the input is no text.
  public var vocabulary: [String]
  /// Whether the values are bytes, which the network gets divided by 255.
  ///
  /// It is not known for generated data before they are drawn.
  public var hasBytes = false

  /// An input.
  public init(
    name: String = standardName,
    _ shape: SignalShape,
    hasLengths: Bool = false,
    vocabulary: [String] = []
  ) {
    self.name = name
    self.shape = shape
    self.hasLengths = hasLengths
    self.vocabulary = vocabulary
  }

  /// The steps of one example's sequence; nil if the input is no sequence.
  public var steps: Int? {
    switch shape {
    case .tokens(_, let steps): steps
    case .values(let sizes): sizes.count == 2 ? sizes[0] : nil
    }
  }
}

/// One target of a data set: what a network is to predict under its name.
public struct TargetDescription: Hashable, Sendable {
  /// The name of the only target of a data set.
  public static let standardName = "target"

  /// The name, different from that of every other target.
  public var name: String
  /// The shape of one example.
  public var shape: TargetShape
  /// Whether examples are sequences of several lengths of their own, the real steps first.
  ///
  /// Targets at the steps of an input have the lengths of that input instead.
  public var hasLengths: Bool
  /// Names of the classes, for a sequence its tokens; empty if they have none.
  public var classNames: [String]
  /// Training examples of each class, where the files tell them; empty for tables and for very many
  /// classes.
  public var classCounts: [Int] = []

  /// A target.
  public init(
    name: String = standardName,
    _ shape: TargetShape,
    hasLengths: Bool = false,
    classNames: [String] = []
  ) {
    self.name = name
    self.shape = shape
    self.hasLengths = hasLengths
    self.classNames = classNames
  }
}

/// What is known about a prepared data set before training, after limits and split.
public struct DatasetDescription: Hashable, Sendable {
  /// The name in the manifest.
  public var name: String
  /// Version of the generator, or of the reader's rules; it is raised when the same request means
  /// other data.
  public var version: Int
  /// The inputs, at least one; the first is the principal one.
  public var inputs: [InputDescription]
  /// The targets, at least one; the first is the principal one.
  public var targets: [TargetDescription]
  /// Training examples (windows of a text).
  public var trainCount: Int
  /// Validation examples.
  public var validationCount: Int
  /// Test examples.
  public var testCount: Int
  /// Digest of the data's content before limits and split.
  ///
  /// For files it covers the decoded arrays; for generated data it covers name, version, arguments
  /// and seed. It never covers a path.
  public var contentSHA256: String
  /// The digest of the data after rounding to float32; nil if it is the same.
  ///
  /// Runs from before numeric version 5 identify standardised data by it.
  public var roundedContentSHA256: String?
  /// What the user may not expect of the data; `plan` shows it.
  ///
  /// Findings about the columns of a table are known only from `DatasetLibrary.describe`.
  public var findings: [DataFinding] = []
  /// The facts about each column of a table, in the table's order; empty for other data.
  public var columns: [ColumnFacts] = []

  /// If there are more classes, they are not listed.
  static let largestClassCount = 10_000

  /// Whether a stored digest is that of these data, for a run of today or from before numeric
  /// version 5.
  public func has(contentSHA256 digest: String) -> Bool {
    digest == contentSHA256 || digest == roundedContentSHA256
  }

  /// Whether each step of a sequence of several lengths has its own target: a class, or a row of
  /// real numbers.
  ///
  /// The lengths are those of the target's own sequence, otherwise those of the principal input.
  public func hasRealSteps(target index: Int) -> Bool {
    let target = targets[index]
    if case .sequence = target.shape { return target.hasLengths }
    guard hasLengths, let steps, steps > 1 else { return false }
    return switch target.shape {
    case .steps: true
    case .classes, .sequence: false
    case .values(let shape): shape.first == steps
    }
  }

  /// The number of examples of a part.
  public func count(_ part: DataPart) -> Int {
    switch part {
    case .train: trainCount
    case .validation: validationCount
    case .test: testCount
    }
  }
}

// MARK: - The principal input and target

extension DatasetDescription {
  /// The shape of the principal input.
  public var input: SignalShape {
    get { inputs[0].shape }
    set { inputs[0].shape = newValue }
  }

  /// Whether the principal input is sequences of several lengths.
  public var hasLengths: Bool { inputs[0].hasLengths }

  /// The tokens of the principal input in the order of their numbers; empty if it is no text.
  public var vocabulary: [String] { inputs[0].vocabulary }

  /// The steps of the principal input; nil if it is no sequence.
  public var steps: Int? { inputs[0].steps }

  /// Whether the principal input is bytes.
  public var hasByteInputs: Bool { inputs[0].hasBytes }

  /// The shape of the principal target.
  public var target: TargetShape { targets[0].shape }

  /// The steps of the principal target, its own or those of the principal input; nil if it is no class at each step.
  public var targetSteps: Int? {
    switch target {
    case .steps: steps
    case .sequence(_, let steps): steps
    case .classes, .values: nil
    }
  }

  /// Names of the classes of the principal target; empty if they have none.
  public var classNames: [String] { targets[0].classNames }

  /// Training examples of each class of the principal target.
  public var classCounts: [Int] { targets[0].classCounts }

  /// Whether only real steps of the principal target count.
  public var hasTargetsOfRealSteps: Bool { hasRealSteps(target: 0) }
}
