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

/// What is known about a prepared data set before training, after limits and split.
public struct DatasetDescription: Hashable, Sendable {
  /// The name in the manifest.
  public var name: String
  /// Version of the generator, or of the reader's rules; it is raised when the same request means
  /// other data.
  public var version: Int
  /// The inputs.
  public var input: SignalShape
  /// The targets.
  public var target: TargetShape
  /// Training examples (windows of a text).
  public var trainCount: Int
  /// Validation examples.
  public var validationCount: Int
  /// Test examples.
  public var testCount: Int
  /// Names of the classes, empty if they have none.
  public var classNames: [String]
  /// The tokens in the order of their numbers; empty if the inputs are no text.
  public var vocabulary: [String]
  /// Whether examples are sequences of several lengths, the real steps first.
  public var hasLengths = false
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
  /// Training examples of each class, where the files tell them; empty for tables and for very many
  /// classes.
  public var classCounts: [Int] = []
  /// Whether the inputs are bytes, which the network gets divided by 255.
  ///
  /// It is not known for generated data before they are drawn.
  public var hasByteInputs = false

  /// If there are more classes, they are not listed.
  static let largestClassCount = 10_000

  /// Whether a stored digest is that of these data, for a run of today or from before numeric
  /// version 5.
  public func has(contentSHA256 digest: String) -> Bool {
    digest == contentSHA256 || digest == roundedContentSHA256
  }

  /// The steps of one example's sequence; nil if the inputs are no sequence.
  public var steps: Int? {
    switch input {
    case .tokens(_, let steps): steps
    case .values(let shape): shape.count == 2 ? shape[0] : nil
    }
  }

  /// Whether each step of a sequence of several lengths has its own target: a class, or a row of
  /// real numbers.
  public var hasTargetsOfRealSteps: Bool {
    guard hasLengths, let steps, steps > 1 else { return false }
    switch target {
    case .steps: return true
    case .classes: return false
    case .values(let shape): return shape.first == steps
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
