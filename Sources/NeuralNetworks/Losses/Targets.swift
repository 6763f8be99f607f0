// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// The targets of a batch on a tape.
public enum Targets {
  /// One class per row.
  case classes(Indices)
  /// Real values.
  case values(Variable)

  /// The classes, where the loss was checked to have them.
  public var classes: Indices {
    guard case .classes(let classes) = self else {
      preconditionFailure("a loss of classes was built on real targets")
    }
    return classes
  }

  /// The real values, where the loss was checked to have them.
  public var values: Variable {
    guard case .values(let values) = self else {
      preconditionFailure("a loss of real targets was built on classes")
    }
    return values
  }
}

extension TargetShape {
  /// Throws on real targets.
  func needClasses() throws(LossMisfit) {
    if case .values = self { throw .needsClasses }
  }

  /// Throws on classes.
  func needValues() throws(LossMisfit) {
    guard case .values = self else { throw .needsValues }
  }

  /// Throws unless there is an output for each class, at each step of a sequence, or for each real target.
  func needOutput(_ output: [Int], alternative: Int? = nil) throws(LossMisfit) {
    let fits: Bool
    switch self {
    case .classes(let count):
      fits = output == [count]
      if !fits, count <= 1 { throw .singleClass }
    case .steps(let classes): fits = output.count == 2 && output[1] == classes
    case .sequence(let classes, let steps): fits = output == [steps, classes]
    case .values(let shape): fits = output.reduce(1, *) == shape.reduce(1, *)
    }
    if !fits { throw .output(alternative: alternative) }
  }
}
