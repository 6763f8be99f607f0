// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Tensors
import Training
import Vocabulary

/// Times training steps as a sweep's worker takes them: the trainer itself, interrupted when enough is known.
struct TrainingBenchmark {
  let specification: RunSpecification
  let data: LoadedData
  let checkedSteps: Int
  let unit: Workload.Unit
  let threads: Int
  let timing: Timing

  func run() throws -> Outcome {
    try check()
    let isPeakKnown = PeakMemory.reset()
    let trainer = try trainer(specification, data.prepared)
    let timed = try time(trainer)
    let allocations = try allocationsPerStep(trainer)
    let operations = FloatingPointOperations(trainer.model)
    return Outcome(
      repetitions: timed.repetitions,
      operations: operations.training * Double(batchSize),
      work: work,
      firstLoss: timed.losses.first,
      lastLoss: timed.losses.last,
      allocationsPerStep: allocations,
      peakMemoryBytes: isPeakKnown ? PeakMemory.bytes : nil,
      source: data.source
    )
  }

  private var batchSize: Int {
    specification.train.batchSize ?? data.prepared.count(.train)
  }

  /// What one step counts.
  private var work: Double {
    switch unit {
    case .stepsPerSecond: return 1
    case .tokensPerSecond:
      guard case .tokens(_, let steps) = data.prepared.description.input else { return 0 }
      return Double(batchSize * steps)
    default: return Double(batchSize)
    }
  }

  /// Sees that a gradient points downhill: small steps on one batch lower its loss. One that is not finite throws.
  private func check() throws {
    var specification = specification
    let rate = specification.optimizer["learning_rate"].real ?? 0
    specification.optimizer.arguments["learning_rate"] = .real(rate / 100)
    let trainer = try trainer(specification, data.prepared.prefix(batchSize))
    var losses: [Double] = []
    _ = try trainer.train(
      control: { losses.count < checkedSteps ? .proceed : .interrupt },
      observe: { event in
        if case .step(_, _, _, let loss, _) = event { losses.append(loss) }
      }
    )
    guard let first = losses.first, let last = losses.last, last < first else {
      throw BenchmarkError.notLearning(losses: losses)
    }
  }

  private func trainer(_ specification: RunSpecification, _ data: PreparedData) throws -> Trainer {
    try Trainer(specification, seed: 0, data: data, threads: threads, seconds: Moment.wall)
  }

  private func time(_ trainer: Trainer) throws -> (
    repetitions: [Repetition], losses: (first: Double?, last: Double?)
  ) {
    var measurement = Measurement(timing)
    var losses: (first: Double?, last: Double?) = (nil, nil)
    _ = try trainer.train(
      control: { measurement.continues() ? .proceed : .interrupt },
      observe: { event in
        guard case .step(_, _, _, let loss, _) = event else { return }
        losses = (losses.first ?? loss, loss)
      }
    )
    return (measurement.repetitions, losses)
  }

  /// Allocations of a step, now that all memory is laid out; nil where they cannot be counted.
  func allocationsPerStep(_ trainer: Trainer) throws -> Double? {
    var allocations = StepAllocations()
    let total = try AllocationCount.during {
      _ = try trainer.train(
        control: {
          allocations.stepBegins()
          return allocations.steps < checkedSteps ? .proceed : .interrupt
        },
        observe: { event in
          if case .epoch = event { allocations.epochEnds() }
        }
      )
    }
    return total == nil ? nil : allocations.perStep
  }
}
