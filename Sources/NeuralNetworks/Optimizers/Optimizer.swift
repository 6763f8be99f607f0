// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Changes parameters by their gradients, one step at a time.
public protocol Optimizer: AnyObject {
  /// Updates all parameters; false if a value is no longer finite.
  func step() -> Bool
  /// All that the next step needs beside the parameters; assigning restores it.
  var state: OptimizerState { get set }
}

/// What an optimizer remembers: tensors by name, in order, and exact numbers.
public struct OptimizerState: Hashable, Sendable {
  /// Moments and the like.
  public var tensors: [(name: String, values: [Float])]
  /// Scalars, such as running powers.
  public var numbers: [Double]

  /// A state.
  public init(tensors: [(name: String, values: [Float])] = [], numbers: [Double] = []) {
    self.tensors = tensors
    self.numbers = numbers
  }

  /// Equal names, values and numbers.
  public static func == (left: Self, right: Self) -> Bool {
    left.numbers == right.numbers && left.tensors.elementsEqual(right.tensors, by: ==)
  }

  /// Hashes the numbers.
  public func hash(into hasher: inout Hasher) { hasher.combine(numbers) }
}

/// A tensor beside each parameter, such as a velocity.
final class Moments {
  private let suffix: String
  private let parameters: [Parameter]
  let tensors: [Parameter]

  init(_ suffix: String, of parameters: [Parameter]) {
    self.suffix = suffix
    self.parameters = parameters
    tensors = parameters.map { Parameter(name: "\($0.name).\(suffix)", shape: $0.shape) }
  }

  var state: [(name: String, values: [Float])] { tensors.map { ($0.name, $0.array) } }

  func restore(_ state: some Collection<(name: String, values: [Float])>) {
    precondition(state.count == tensors.count, "one `\(suffix)` for each parameter")
    for (tensor, entry) in zip(tensors, state) { tensor.assign(entry.values) }
  }
}
