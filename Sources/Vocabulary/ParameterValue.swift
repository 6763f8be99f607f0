// SPDX-License-Identifier: Apache-2.0

/// The value that one cell gives to one parameter of a manifest.
///
/// Encoded as the plain JSON scalar. A whole real number stays a real number only in memory; equality, as in a
/// manifest, is by value: `1` and `1.0` are equal.
public enum ParameterValue: Sendable {
  /// A whole number.
  case integer(Int)
  /// A finite real number.
  case real(Double)
  /// `true` or `false`.
  case boolean(Bool)
  /// Any other text.
  case text(String)

  /// The number it stands for, or nil.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .boolean, .text: nil
    }
  }
}

extension ParameterValue: Hashable {
  /// Equal numbers are equal values, whatever their case.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.boolean(let a), .boolean(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    default:
      if let a = left.number, let b = right.number { a == b } else { false }
    }
  }

  /// Hashes the number or the text.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .boolean(let value): hasher.combine(value)
    case .text(let value): hasher.combine(value)
    case .integer, .real: hasher.combine(number)
    }
  }
}

extension ParameterValue: CustomStringConvertible {
  /// As one would write it in a manifest: `0.001`, `relu`, `true`; whole reals without `.0`.
  public var description: String {
    switch self {
    case .integer(let value): String(value)
    case .boolean(let value): String(value)
    case .text(let value): value
    case .real(let value):
      value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
  }
}

extension ParameterValue: Codable {
  /// Reads a JSON scalar.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes a JSON scalar.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .boolean(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }
}
