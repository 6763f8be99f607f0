// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// Which data set is wanted: its name, all its arguments by manifest key, and the seed of generated data.
///
/// Arguments are checked and complete when they come from a manifest; a missing or mistyped one is a programmer's
/// mistake and stops the program.
public struct DatasetRequest: Hashable, Sendable {
  /// The name in the manifest, such as `fashion_mnist`.
  public var name: String
  /// Every argument by its manifest key.
  public var arguments: [String: ArgumentValue]
  /// `data.seed`: what generated data are drawn from.
  public var seed: Int
  /// What the targets are to be, where the reader depends on it; set by the library from the options.
  var task: DataOptions.Task?
  /// The first training examples that are used, where the reader depends on it; set by the library from the options.
  var trainLimit: Int?

  /// A request.
  public init(_ name: String, _ arguments: [String: ArgumentValue] = [:], seed: Int = 0) {
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

  /// Name, version, arguments and seed in one line that two equal requests share: the identity of generated data.
  func canonical(version: Int) -> String {
    let parts = arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.canonical)" }
    return "\(name)@\(version)(\(parts.joined(separator: ",")))#\(seed)"
  }
}

extension ArgumentValue {
  fileprivate var canonical: String {
    switch self {
    case .integer(let value): "\(Double(value))"
    case .real(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .text(let value): "\"\(value)\""
    case .none, .component, .components: preconditionFailure("no argument of a data set")
    case .list(let values): "[" + values.map(\.canonical).joined(separator: ",") + "]"
    case .mapping(let values):
      "{"
        + values.sorted { $0.key < $1.key }
        .map { "\($0.key)=\($0.value.canonical)" }.joined(separator: ",") + "}"
    }
  }
}
