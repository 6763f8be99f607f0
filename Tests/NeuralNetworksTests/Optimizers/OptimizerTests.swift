// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Optimizers and clipping against PyTorch's.
@Suite struct OptimizerTests {
  /// Two tensors and the gradients of the golden script.
  private struct Problem {
    let tape = Tape(threadCount: 2)
    let parameters = [Parameter(name: "a", shape: [3]), Parameter(name: "b", shape: [3])]

    init() {
      for (index, parameter) in parameters.enumerated() {
        parameter.assign((0..<3).map { Float(sin(Double($0 + index))) })
      }
    }

    func setGradients(step: Int, scale: Float = 0.01) {
      tape.reset(training: true)
      for (index, parameter) in parameters.enumerated() {
        parameter.clearGradient()
        let cosines = (0..<3).map { Float(cos(0.5 * Double($0) + Double(step + index))) }
        let gradient = index == 0 ? cosines : cosines.map { $0 * scale }
        tape.seedGradient(tape.parameter(parameter), gradient)
      }
    }

    var values: [Float] { parameters.flatMap(\.array) }
    var gradients: [Float] { parameters.flatMap(\.gradientArray) }
  }

  /// One of the golden scripts' optimizers.
  struct Golden: Sendable, CustomTestStringConvertible {
    let name: String
    let rows: [[Double]]
    let learningRate: Double
    var weightDecay = 0.0
    let formula: any OptimizerFormula

    var testDescription: String { name }

    init(
      _ name: String,
      _ rows: [[Double]],
      _ formula: any OptimizerFormula,
      rate: Double,
      decay: Double = 0
    ) {
      self.name = name
      self.rows = rows
      self.formula = formula
      learningRate = rate
      weightDecay = decay
    }
  }

  private func optimizer(
    _ formula: some OptimizerFormula,
    _ problem: Problem,
    rate: Double,
    decay: Double = 0
  ) -> any Optimizer {
    FormulaOptimizer(
      formula,
      problem.parameters.map {
        OptimizedParameter($0, learningRate: rate, weightDecay: decay)
      },
      context: problem.tape.context
    )
  }

  private func optimizer(_ golden: Golden, _ problem: Problem) -> any Optimizer {
    optimizer(golden.formula, problem, rate: golden.learningRate, decay: golden.weightDecay)
  }

  private static let wideRMSprop = RMSprop(alpha: 0.9, epsilon: 1e-3)
  private static func adam(
    _ adam: Adam = Adam(),
    isDecoupled: Bool = false,
    isInside: Bool = false
  ) -> AdamForm {
    AdamForm(adam, isDecoupled: isDecoupled, isEpsilonInside: isInside)
  }

  static let trajectories: [Golden] = [
    Golden("plain", OptimizerGolden.plain, SGD(), rate: 0.1),
    Golden("momentum", OptimizerGolden.momentum, SGD(momentum: 0.9), rate: 0.1),
    Golden("nesterov", OptimizerGolden.nesterov, SGD(momentum: 0.8, isNesterov: true), rate: 0.1),
    Golden("decayed", OptimizerGolden.decayed, SGD(momentum: 0.9), rate: 0.1, decay: 0.05),
    Golden("adam", OptimizerGolden.adam, Adam(), rate: 0.01),
    Golden(
      "adamDecayed",
      OptimizerGolden.adamDecayed,
      Adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-3),
      rate: 0.02,
      decay: 0.1
    ),
    Golden("adamw", OptimizerFormGolden.adamw, adam(isDecoupled: true), rate: 0.01, decay: 0.01),
    Golden(
      "adamwDecayed",
      OptimizerFormGolden.adamwDecayed,
      AMSGrad(adam(isDecoupled: true)),
      rate: 0.02,
      decay: 0.5
    ),
    Golden(
      "amsgrad",
      OptimizerFormGolden.amsgrad,
      AMSGrad(adam(Adam(beta2: 0.6))),
      rate: 0.01,
      decay: 0.1
    ),
    Golden(
      "adamInside",
      OptimizerFormGolden.adamInside,
      adam(Adam(epsilon: 1e-3), isInside: true),
      rate: 0.01
    ),
    Golden("rmsprop", OptimizerFormGolden.rmsprop, RMSprop(), rate: 0.01),
    Golden(
      "rmspropMomentum",
      OptimizerFormGolden.rmspropMomentum,
      MomentumRMSprop(wideRMSprop, momentum: 0.8),
      rate: 0.01,
      decay: 0.1
    ),
    Golden(
      "rmspropCentered",
      OptimizerFormGolden.rmspropCentered,
      CenteredRMSprop(wideRMSprop, momentum: 0),
      rate: 0.01
    ),
    Golden(
      "rmspropBoth",
      OptimizerFormGolden.rmspropBoth,
      CenteredRMSprop(RMSprop(), momentum: 0.5),
      rate: 0.01
    ),
    Golden(
      "rmspropInside",
      OptimizerFormGolden.rmspropInside,
      RMSprop(alpha: 0.9, epsilon: 1e-3, isEpsilonInside: true),
      rate: 0.01
    ),
    Golden("adagrad", OptimizerFormGolden.adagrad, Adagrad(), rate: 0.1),
    Golden(
      "adagradStarted",
      OptimizerFormGolden.adagradStarted,
      Adagrad(initialAccumulator: 0.1, epsilon: 1e-3),
      rate: 0.1,
      decay: 0.1
    ),
    Golden(
      "adagradInside",
      OptimizerFormGolden.adagradInside,
      Adagrad(epsilon: 1e-3, isEpsilonInside: true),
      rate: 0.1
    ),
    Golden("adadelta", OptimizerFormGolden.adadelta, Adadelta(), rate: 1),
    Golden(
      "adadeltaDecayed",
      OptimizerFormGolden.adadeltaDecayed,
      Adadelta(rho: 0.8, epsilon: 1e-2),
      rate: 0.5,
      decay: 0.1
    ),
  ]

  @Test(arguments: trajectories)
  func `ten steps follow PyTorch's`(golden: Golden) {
    let problem = Problem()
    let optimizer = optimizer(golden, problem)
    for (step, row) in golden.rows.enumerated() {
      problem.setGradients(step: step)
      #expect(optimizer.step())
      // Ten roundings a step of numbers below 2, twice, and the printing.
      let bound = roundingBound(operations: 20 * (step + 1), magnitude: 2) + 5e-8
      #expect(
        mismatch(problem.values, row) { _ in bound } == nil,
        "\(golden.name), step \(step + 1)"
      )
    }
  }

  @Test func `each parameter follows its own rate and decay, as PyTorch's groups do`() {
    let problem = Problem()
    let optimizer = FormulaOptimizer(
      SGD(momentum: 0.9),
      [
        OptimizedParameter(problem.parameters[0], learningRate: 0.1),
        OptimizedParameter(problem.parameters[1], learningRate: 0.02, weightDecay: 0.3),
      ],
      context: problem.tape.context
    )
    for (step, row) in OptimizerFormGolden.groups.enumerated() {
      problem.setGradients(step: step)
      #expect(optimizer.step())
      let bound = roundingBound(operations: 20 * (step + 1), magnitude: 2) + 5e-8
      #expect(mismatch(problem.values, row) { _ in bound } == nil, "step \(step + 1)")
    }
  }

  @Test(arguments: trajectories)
  func `a scheduled rate is the rate of an optimizer of its own`(golden: Golden) {
    let (scheduled, other) = (Problem(), Problem())
    for problem in [scheduled, other] { problem.setGradients(step: 0) }
    #expect(optimizer(golden, scheduled).step { $0 / 4 })
    let quarter = Golden(
      golden.name,
      [],
      golden.formula,
      rate: golden.learningRate / 4,
      decay: golden.weightDecay
    )
    #expect(optimizer(quarter, other).step())
    #expect(bitMismatch(scheduled.values, other.values) == nil)
    #expect(bitMismatch(scheduled.values, Problem().values) != nil)
  }

  @Test(arguments: trajectories)
  func `a restored state goes on with the same bits`(name: Golden) {
    let whole = Problem()
    let optimizer = optimizer(name, whole)
    for step in 0..<4 {
      whole.setGradients(step: step)
      _ = optimizer.step()
    }
    let resumed = Problem()
    let other = self.optimizer(name, resumed)
    for (mine, theirs) in zip(resumed.parameters, whole.parameters) { mine.assign(theirs.array) }
    other.state = optimizer.state
    #expect(other.state == optimizer.state)
    for step in 4..<10 {
      for (problem, optimizer) in [(whole, optimizer), (resumed, other)] {
        problem.setGradients(step: step)
        _ = optimizer.step()
      }
      #expect(bitMismatch(resumed.values, whole.values) == nil)
    }
  }

  @Test(arguments: trajectories)
  func `a gradient that is not finite is told`(name: Golden) {
    for bad in [Float.nan, .infinity] {
      let problem = Problem()
      let optimizer = optimizer(name, problem)
      problem.setGradients(step: 0)
      problem.tape.reset(training: true)
      problem.parameters[1].clearGradient()
      problem.tape.seedGradient(problem.tape.parameter(problem.parameters[1]), [0, bad, 0])
      #expect(!optimizer.step(), "\(name.name) with \(bad)")
    }
  }

  @Test(arguments: trajectories)
  func `a learning rate of 0 changes nothing`(golden: Golden) {
    let problem = Problem()
    let before = problem.values
    let optimizer = optimizer(golden.formula, problem, rate: 0, decay: 1)
    for step in 0..<3 {
      problem.setGradients(step: step)
      #expect(optimizer.step())
    }
    #expect(bitMismatch(problem.values, before) == nil)
  }

  @Test func `a variance that rounding makes negative counts as 0`() {
    let problem = Problem()
    // A gradient that never changes: its variance goes to 0 from both sides.
    let optimizer = optimizer(
      CenteredRMSprop(RMSprop(alpha: 0.5), momentum: 0),
      problem,
      rate: 1e-12
    )
    for _ in 0..<200 {
      problem.setGradients(step: 0)
      #expect(optimizer.step())
    }
  }

  @Test func `clipping by norm scales all gradients together, as PyTorch's`() {
    let problem = Problem()
    problem.setGradients(step: 0, scale: 1)
    let context = problem.tape.context
    let norm = Clipping.byNorm(problem.parameters, limit: 5, context: context)
    #expect(abs(norm - OptimizerGolden.norm) < 4e-7)
    #expect(disagreement(problem.gradients, OptimizerGolden.unclipped) == nil)
    Clipping.byNorm(problem.parameters, limit: 0.5, context: context)
    #expect(disagreement(problem.gradients, OptimizerGolden.clippedTo05) == nil)
    #expect(Clipping.byNorm(problem.parameters, limit: 1, context: context) < 0.5 + 1e-6)
  }

  @Test func `clipping by value limits each element and keeps NaN`() {
    let problem = Problem()
    problem.setGradients(step: 0, scale: 1)
    let context = problem.tape.context
    Clipping.byValue(problem.parameters, limit: 0.3, context: context)
    #expect(disagreement(problem.gradients, OptimizerGolden.clippedByValue) == nil)
    problem.tape.reset(training: true)
    problem.parameters[0].clearGradient()
    problem.tape.seedGradient(
      problem.tape.parameter(problem.parameters[0]),
      [.nan, .infinity, -.infinity]
    )
    Clipping.byValue(problem.parameters, limit: 0.25, context: context)
    #expect(bitMismatch(problem.parameters[0].gradientArray, [.nan, 0.25, -0.25]) == nil)
  }

  @Test(arguments: [Float.nan, .infinity])
  func `a norm that is not finite leaves the gradients as they are`(bad: Float) {
    let problem = Problem()
    problem.tape.reset(training: true)
    for parameter in problem.parameters {
      parameter.clearGradient()
      problem.tape.seedGradient(problem.tape.parameter(parameter), [1, bad, 2])
    }
    let norm = Clipping.byNorm(problem.parameters, limit: 0.5, context: problem.tape.context)
    #expect(!norm.isFinite)
    #expect(bitMismatch(problem.gradients, [1, bad, 2, 1, bad, 2]) == nil)
  }
}
