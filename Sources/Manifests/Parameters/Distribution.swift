// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Foundation

/// How a random search draws a number; the words are W&B's.
struct Distribution: Equatable {
  /// The form of the draw.
  enum Form: String, CaseIterable {
    case uniform
    case intUniform = "int_uniform"
    case qUniform = "q_uniform"
    case logUniformValues = "log_uniform_values"
    case qLogUniformValues = "q_log_uniform_values"
    case normal
    case qNormal = "q_normal"
    case logNormal = "log_normal"
    case qLogNormal = "q_log_normal"

    var isLogarithmic: Bool {
      switch self {
      case .logUniformValues, .qLogUniformValues, .logNormal, .qLogNormal: true
      default: false
      }
    }

    var isNormal: Bool {
      switch self {
      case .normal, .qNormal, .logNormal, .qLogNormal: true
      default: false
      }
    }

    var isQuantized: Bool { rawValue.hasPrefix("q_") }

    /// The keys of an axis that it takes beside `distribution` and `when`.
    var keys: [String] {
      (isNormal ? ["mu", "sigma"] : ["min", "max", "scale", "points"]) + (isQuantized ? ["q"] : [])
    }
  }

  /// Every word of `distribution:`.
  static let allNames = ["categorical"] + Form.allCases.map(\.rawValue)

  var form: Form
  /// `min`, or `mu`.
  var first: Double
  /// `max`, or `sigma`.
  var second: Double
  var quantum = 1.0

  /// One draw, rounded to 6 significant digits so that what is printed is what is used.
  func draw(from stream: inout RandomStream) -> Double {
    if form == .intUniform {
      return first + Double(stream.next(below: Int(second - first) + 1))
    }
    var value: Double
    if form.isNormal {
      value = first + second * stream.nextNormal()
      if form.isLogarithmic { value = Elementary.exp(value) }
    } else {
      value = interpolated(at: stream.nextUniform())
    }
    if form.isQuantized { value = (value / quantum).rounded() * quantum }
    value = roundedToSixDigits(value)
    return form.isNormal ? value : min(max(value, first), second)
  }

  /// The value at `share` of the way from the lower to the upper end.
  private func interpolated(at share: Double) -> Double {
    guard form.isLogarithmic else { return first + (second - first) * share }
    let low = Elementary.log(first)
    return Elementary.exp(low + (Elementary.log(second) - low) * share)
  }

  /// `count` values from end to end, both included, each but the ends rounded to 6 significant digits.
  func points(_ count: Int) -> [Double] {
    let inner = (1..<max(1, count - 1)).map { index in
      let value = interpolated(at: Double(index) / Double(count - 1))
      return form == .intUniform ? value.rounded() : roundedToSixDigits(value)
    }
    return [first] + inner + [second]
  }
}

/// The nearest number with six significant decimal digits.
func roundedToSixDigits(_ value: Double) -> Double {
  Double(String(format: "%.6g", value)) ?? value
}
