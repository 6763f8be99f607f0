// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Tensors
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

  /// The optimizers of the golden script by name.
  private func optimizer(_ name: String, _ problem: Problem) -> any Optimizer {
    let (parameters, context) = (problem.parameters, problem.tape.context)
    switch name {
    case "plain": return SGD(parameters, learningRate: 0.1, context: context)
    case "momentum": return SGD(parameters, learningRate: 0.1, momentum: 0.9, context: context)
    case "nesterov":
      return SGD(parameters, learningRate: 0.1, momentum: 0.8, isNesterov: true, context: context)
    case "decayed":
      return SGD(
        parameters,
        learningRate: 0.1,
        momentum: 0.9,
        weightDecay: 0.05,
        context: context
      )
    case "adam": return Adam(parameters, learningRate: 0.01, context: context)
    default:
      return Adam(
        parameters,
        learningRate: 0.02,
        beta1: 0.8,
        beta2: 0.95,
        epsilon: 1e-3,
        weightDecay: 0.1,
        context: context
      )
    }
  }

  static let trajectories: [(name: String, rows: [[Double]])] = [
    ("plain", OptimizerGolden.plain), ("momentum", OptimizerGolden.momentum),
    ("nesterov", OptimizerGolden.nesterov), ("decayed", OptimizerGolden.decayed),
    ("adam", OptimizerGolden.adam), ("adamDecayed", OptimizerGolden.adamDecayed),
  ]

  @Test(arguments: trajectories)
  func `ten steps follow PyTorch's`(name: String, rows: [[Double]]) {
    let problem = Problem()
    let optimizer = optimizer(name, problem)
    for (step, row) in rows.enumerated() {
      problem.setGradients(step: step)
      #expect(optimizer.step())
      // Ten roundings a step of numbers below 2, twice, and the printing.
      let bound = roundingBound(operations: 20 * (step + 1), magnitude: 2) + 5e-8
      #expect(mismatch(problem.values, row) { _ in bound } == nil, "\(name), step \(step + 1)")
    }
  }

  @Test(arguments: trajectories.map(\.name))
  func `a restored state goes on with the same bits`(name: String) {
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

  @Test(arguments: trajectories.map(\.name))
  func `a gradient that is not finite is told`(name: String) {
    for bad in [Float.nan, .infinity] {
      let problem = Problem()
      let optimizer = optimizer(name, problem)
      problem.setGradients(step: 0)
      problem.tape.reset(training: true)
      problem.parameters[1].clearGradient()
      problem.tape.seedGradient(problem.tape.parameter(problem.parameters[1]), [0, bad, 0])
      #expect(!optimizer.step(), "\(name) with \(bad)")
    }
  }

  @Test(arguments: ["sgd", "adam"]) func `a learning rate of 0 changes nothing`(name: String) {
    let problem = Problem()
    let (before, context) = (problem.values, problem.tape.context)
    let optimizer: any Optimizer =
      name == "sgd"
      ? SGD(problem.parameters, learningRate: 0, momentum: 0.9, weightDecay: 1, context: context)
      : Adam(problem.parameters, learningRate: 0, weightDecay: 1, context: context)
    for step in 0..<3 {
      problem.setGradients(step: step)
      #expect(optimizer.step())
    }
    #expect(bitMismatch(problem.values, before) == nil)
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
