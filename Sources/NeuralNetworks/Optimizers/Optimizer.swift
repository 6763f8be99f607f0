// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Changes parameters by their gradients, one step at a time.
public protocol Optimizer: AnyObject {
  /// Updates all parameters, each at what `rate` makes of its own learning rate; false if a value is no longer finite.
  func step(rate: (Double) -> Double) -> Bool
  /// All that the next step needs beside the parameters; assigning restores it.
  var state: OptimizerState { get set }
}

extension Optimizer {
  /// A step at the parameters' own learning rates.
  public func step() -> Bool { step { $0 } }
}

/// A parameter that an optimizer changes, with the numbers that may differ from parameter to parameter, as between
/// PyTorch's parameter groups.
public struct OptimizedParameter {
  /// The tensor.
  public var parameter: Parameter
  /// Step size before any schedule, ≥ 0.
  public var learningRate: Double
  /// Weight decay, ≥ 0.
  public var weightDecay: Double

  /// A parameter with its numbers.
  public init(_ parameter: Parameter, learningRate: Double, weightDecay: Double = 0) {
    self.parameter = parameter
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}

/// What makes one optimizer differ from another: what it remembers beside each value, and the rule of a step.
public protocol OptimizerFormula: Sendable {
  /// The kernel's numbers of one step.
  associatedtype Rule: UpdateRule
  /// What the remembered tensors are called, at most three, in the order in which the rule takes them.
  var remembered: [String] { get }
  /// What remembered tensors hold before the first step.
  var initialValue: Float { get }
  /// Scalars that change from step to step.
  var numbers: [Double] { get set }
  /// Advances those scalars; called once at the beginning of each step.
  mutating func advance()
  /// The step's rule for a parameter with these numbers.
  func rule(learningRate: Double, weightDecay: Double) -> Rule
}

extension OptimizerFormula {
  /// Zero, unless the formula says otherwise.
  public var initialValue: Float { 0 }
  /// None, unless the formula says otherwise.
  public var numbers: [Double] {
    get { [] }
    set {}
  }
  /// Nothing, unless the formula says otherwise.
  public mutating func advance() {}
}

/// An optimizer that follows a formula.
public final class FormulaOptimizer<Formula: OptimizerFormula>: Optimizer {
  private var formula: Formula
  private let parameters: [OptimizedParameter]
  private let remembered: [Moments]
  private let context: KernelContext

  /// The formula on these parameters.
  public init(_ formula: Formula, _ parameters: [OptimizedParameter], context: KernelContext) {
    let names = formula.remembered
    precondition(names.count <= 3, "a rule remembers at most three tensors, got \(names)")
    self.formula = formula
    self.parameters = parameters
    self.context = context
    remembered = names.map {
      Moments($0, of: parameters.map(\.parameter), initialValue: formula.initialValue)
    }
  }

  /// One step.
  public func step(rate: (Double) -> Double) -> Bool {
    formula.advance()
    var isFinite = true
    for index in parameters.indices {
      let rule = formula.rule(
        learningRate: rate(parameters[index].learningRate),
        weightDecay: parameters[index].weightDecay
      )
      let ok = parameters[index].parameter.apply(
        rule,
        tensor(0, index),
        tensor(1, index),
        tensor(2, index),
        context: context
      )
      isFinite = isFinite && ok
    }
    return isFinite
  }

  private func tensor(_ slot: Int, _ index: Int) -> Parameter? {
    slot < remembered.count ? remembered[slot].tensors[index] : nil
  }

  /// Everything remembered, one kind after the other, and the formula's numbers.
  public var state: OptimizerState {
    get {
      OptimizerState(tensors: remembered.flatMap(\.state), numbers: formula.numbers)
    }
    set {
      precondition(
        newValue.tensors.count == remembered.count * parameters.count,
        "\(remembered.count) tensors for each parameter"
      )
      for (slot, moments) in remembered.enumerated() {
        moments.restore(
          newValue.tensors.dropFirst(slot * parameters.count).prefix(parameters.count)
        )
      }
      formula.numbers = newValue.numbers
    }
  }
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
private final class Moments {
  let tensors: [Parameter]

  init(_ suffix: String, of parameters: [Parameter], initialValue: Float) {
    tensors = parameters.map { Parameter(name: "\($0.name).\(suffix)", shape: $0.shape) }
    guard initialValue != 0 else { return }
    for tensor in tensors { tensor.assign([Float](repeating: initialValue, count: tensor.count)) }
  }

  var state: [(name: String, values: [Float])] { tensors.map { ($0.name, $0.array) } }

  func restore(_ state: some Collection<(name: String, values: [Float])>) {
    for (tensor, entry) in zip(tensors, state) { tensor.assign(entry.values) }
  }
}
