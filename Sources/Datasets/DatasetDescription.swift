// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// What one example's input is.
public enum InputKind: Hashable, Sendable {
  /// Real numbers of this shape: `[D]`, a sequence `[T, D]` or an image `[C, H, W]`.
  case values(shape: [Int])
  /// `steps` integers below `vocabularySize`.
  case tokens(vocabularySize: Int, steps: Int)

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

/// What one example's target is.
public enum TargetKind: Hashable, Sendable {
  /// One class below `count`.
  case classes(count: Int)
  /// Real numbers of this shape, at least `[1]`.
  case values(shape: [Int])
  /// One class below `vocabularySize` at each step.
  case tokens(vocabularySize: Int)
}

/// The part of the data an example belongs to.
public enum DataPart: String, Sendable, CaseIterable {
  /// What the model is trained on.
  case train
  /// Held out from the training part.
  case validation
  /// The set's own test part.
  case test
}

/// What is known of a prepared data set before training, after limits and split.
public struct DatasetDescription: Hashable, Sendable {
  /// The name in the manifest.
  public var name: String
  /// Version of the generator, or of the reader's meaning; raised when the same request means other data.
  public var version: Int
  /// The inputs.
  public var input: InputKind
  /// The targets.
  public var target: TargetKind
  /// Training examples (windows of a text).
  public var trainCount: Int
  /// Validation examples.
  public var validationCount: Int
  /// Test examples.
  public var testCount: Int
  /// Names of the classes, empty if they have none.
  public var classNames: [String]
  /// The tokens in order of their numbers, empty if the inputs are no text.
  public var vocabulary: [String]
  /// Whether examples are sequences of several lengths, the real steps first.
  public var hasLengths = false
  /// Digest of the data's content before limits and split: decoded arrays of files, name, version, arguments and seed of
  /// generated data; never a path.
  public var contentSHA256: String
  /// The digest of the data as float32 holds them, by which runs of before numeric version 5 know standardised data; nil
  /// where it is the same.
  public var roundedContentSHA256: String?
  /// What somebody may not expect of data that can be used, for `plan` to say; that of a table's columns is known from
  /// `DatasetLibrary.describe` only.
  public var findings: [DataFinding] = []
  /// What each column of a table is, in the table's order; empty for other data.
  public var columns: [ColumnFacts] = []
  /// Training examples of each class, where files say them; empty for tables and for very many classes.
  public var classCounts: [Int] = []
  /// Whether the inputs are bytes that arrive divided by 255; not known of generated data before they are drawn.
  public var hasByteInputs = false

  /// More classes are not listed.
  static let largestClassCount = 10_000

  /// Whether a stored digest is that of these data, as a run of today or of before numeric version 5 knows them.
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

  /// Whether each step of a sequence of several lengths has a target of its own: a class, or a row of real numbers.
  public var hasTargetsOfRealSteps: Bool {
    guard hasLengths, let steps, steps > 1 else { return false }
    switch target {
    case .tokens: return true
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
