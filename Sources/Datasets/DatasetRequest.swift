// SPDX-License-Identifier: Apache-2.0

/// The value of one argument of a data set, as the manifest stores it.
public enum DatasetArgument: Hashable, Sendable {
  /// A whole number.
  case integer(Int)
  /// A real number.
  case real(Double)
  /// `true` or `false`.
  case boolean(Bool)
  /// A word or a resolved path.
  case text(String)
  /// Values in their order.
  case list([DatasetArgument])
  /// Named values.
  case mapping([String: DatasetArgument])
}

/// The requested data set: its name, all its arguments by manifest key, and the seed of generated
/// data.
///
/// Arguments from a manifest are checked and complete. A missing argument or one of the wrong type
/// is a programmer's mistake and stops the program.
public struct DatasetRequest: Hashable, Sendable {
  /// The name in the manifest, such as `fashion_mnist`.
  public var name: String
  /// Every argument by its manifest key.
  public var arguments: [String: DatasetArgument]
  /// `data.seed`, the seed of generated data.
  public var seed: Int
  /// What the targets mean, for readers that need to know; the library sets it from the options.
  var task: DataOptions.Task?

  /// A request.
  public init(_ name: String, _ arguments: [String: DatasetArgument] = [:], seed: Int = 0) {
    self.name = name
    self.arguments = arguments
    self.seed = seed
  }

  func integer(_ key: String) -> Int {
    guard case .integer(let value)? = arguments[key] else {
      preconditionFailure("\(name): argument \(key) is no integer")
    }
    return value
  }

  func real(_ key: String) -> Double {
    switch arguments[key] {
    case .real(let value)?: return value
    case .integer(let value)?: return Double(value)
    default: preconditionFailure("\(name): argument \(key) is no number")
    }
  }

  func text(_ key: String) -> String {
    guard case .text(let value)? = arguments[key] else {
      preconditionFailure("\(name): argument \(key) is no text")
    }
    return value
  }

  func boolean(_ key: String) -> Bool {
    guard case .boolean(let value)? = arguments[key] else {
      preconditionFailure("\(name): argument \(key) is no truth value")
    }
    return value
  }

  /// The numbers of a list.
  func reals(_ key: String) -> [Double] {
    guard case .list(let values)? = arguments[key] else {
      preconditionFailure("\(name): argument \(key) is no list")
    }
    return values.map { value in
      switch value {
      case .real(let number): return number
      case .integer(let number): return Double(number)
      default: preconditionFailure("\(name): argument \(key) is no list of numbers")
      }
    }
  }

  /// The texts of a list, or nil if the argument is left out.
  func words(_ key: String) -> [String]? {
    guard case .list(let values)? = arguments[key] else { return nil }
    return values.compactMap { value in
      guard case .text(let text) = value else { return nil }
      return text
    }
  }

  /// The texts of a mapping, or nil if the argument is left out.
  func texts(_ key: String) -> [String: String]? {
    guard case .mapping(let values)? = arguments[key] else { return nil }
    return values.compactMapValues { value in
      guard case .text(let text) = value else { return nil }
      return text
    }
  }

  /// Name, version, arguments and seed in one line, which is the identity of generated data.
  ///
  /// Equal requests have equal lines.
  func canonical(version: Int) -> String {
    let parts = arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.canonical)" }
    return "\(name)@\(version)(\(parts.joined(separator: ",")))#\(seed)"
  }
}

extension DatasetArgument {
  fileprivate var canonical: String {
    switch self {
    case .integer(let value): "\(Double(value))"
    case .real(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .text(let value): "\"\(value)\""
    case .list(let values): "[" + values.map(\.canonical).joined(separator: ",") + "]"
    case .mapping(let values):
      "{"
        + values.sorted { $0.key < $1.key }
        .map { "\($0.key)=\($0.value.canonical)" }.joined(separator: ",") + "}"
    }
  }
}

/// What happens to a data set before training: limits, split, meaning of the targets,
/// standardisation.
public struct DataOptions: Hashable, Sendable {
  /// What the targets mean; it overrules their type.
  public enum Task: Sendable {
    /// Classes.
    case classification
    /// Real numbers.
    case regression
  }
  /// What is standardised by the mean and population standard deviation of the training part.
  public enum Standardization: Sendable {
    /// Nothing.
    case none
    /// The inputs.
    case inputs
    /// Inputs and real targets.
    case both
  }
  /// How much of the training part is held out.
  public enum Validation: Hashable, Sendable {
    /// This many examples (windows of a text).
    case count(Int)
    /// This share, in (0, 1), rounded to the nearest number of examples.
    case fraction(Double)
  }

  /// Gross errors in real training targets.
  public struct Outliers: Hashable, Sendable {
    /// The share of the training examples that get an error, in [0, 1].
    public var share: Double
    /// The errors' standard deviation, in standard deviations of the training part's targets.
    public var deviation: Double

    /// Outliers with this share and deviation.
    public init(share: Double, deviation: Double) {
      self.share = share
      self.deviation = deviation
    }
  }

  /// How training images are changed at random; options that are not set change nothing.
  public struct Augmentation: Hashable, Sendable {
    /// Whether each image is mirrored left to right with probability one half.
    public var flipsHorizontally: Bool
    /// The largest move in pixels, drawn separately for each direction; pixels that come in are 0.
    public var shift: Int
    /// The width of the border of zeros; a window of the image's size is drawn from the larger
    /// image.
    public var cropPadding: Int

    /// An augmentation with these values.
    public init(flipsHorizontally: Bool = false, shift: Int = 0, cropPadding: Int = 0) {
      self.flipsHorizontally = flipsHorizontally
      self.shift = shift
      self.cropPadding = cropPadding
    }
  }

  /// The held-out validation part; nil for none.
  public var validation: Validation?
  /// The number of parts of cross-validation, each of which is held out once; it excludes
  /// `validation`.
  public var folds: Int?
  /// How many training records are used, from the first in file order, before the split; nil for
  /// all.
  public var trainLimit: Int?
  /// How many test records are used, from the first in file order; nil for all.
  public var testLimit: Int?
  /// The meaning of the targets, which overrules their type; nil keeps that of the type.
  public var task: Task?
  /// What is standardised.
  public var standardization: Standardization
  /// Errors that are added to training targets; nil for none.
  public var outliers: Outliers?
  /// How training images are changed at random; nil for not at all.
  public var augmentation: Augmentation?

  /// Without arguments, the data stay as they are and nothing is held out.
  public init(
    validation: Validation? = nil,
    folds: Int? = nil,
    trainLimit: Int? = nil,
    testLimit: Int? = nil,
    task: Task? = nil,
    standardization: Standardization = .none,
    outliers: Outliers? = nil,
    augmentation: Augmentation? = nil
  ) {
    precondition(folds == nil || validation == nil, "folds and a validation part")
    self.validation = validation
    self.folds = folds
    self.outliers = outliers
    self.augmentation = augmentation
    self.trainLimit = trainLimit
    self.testLimit = testLimit
    self.task = task
    self.standardization = standardization
  }
}
