// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
import NeuralNetworks
package import Vocabulary

/// Whether a schedule counted in updates fits the training.
package enum WarmUp {
  /// Throws where the warm-up lasts longer than all updates, so that the rate never reaches its full height.
  package static func check(
    _ specification: RunSpecification,
    _ description: DatasetDescription
  ) throws(ModelError) {
    guard let schedule = specification.optimizer.arguments["schedule"]?.component,
      schedule.arguments["per"]?.text == "update",
      let warmUp = schedule.arguments["warm_up"]?.integer, warmUp > 0
    else { return }
    let count = description.trainCount
    let size = min(specification.train.batchSize ?? count, max(1, count))
    let batches = (count + size - 1) / max(1, size)
    let (updates, isEndless) = specification.train.epochs.multipliedReportingOverflow(by: batches)
    guard !isEndless, warmUp > updates else { return }
    throw ModelError(.warmUp(warmUp, updates: updates))
  }
}

/// Makes schedules of manifests' components.
enum ScheduleBuilder {
  /// The optimizer's schedule; where it names no end, that of the training as planned.
  static func build(_ specification: RunSpecification, seed: Int, data: PreparedData) -> Schedule {
    let train = specification.train
    let batches = data.order(
      .train,
      batchSize: train.batchSize,
      shuffle: false,
      seed: seed,
      epoch: 0
    ).batchCount
    // A training without an end, as benchmarks have it, has no end of its schedule either.
    let (updates, isEndless) = train.epochs.multipliedReportingOverflow(by: batches)
    return build(
      specification.optimizer["schedule"].component,
      epochs: train.epochs,
      updates: isEndless ? .max : updates
    )
  }

  /// The schedule of a training of so many epochs and updates, which are the ends of schedules that name none.
  static func build(_ component: Component?, epochs: Int, updates: Int) -> Schedule {
    guard let component else { return Schedule() }
    let isPerUpdate = component["per"].text == "update"
    let end = component.arguments["end"]?.integer ?? (isPerUpdate ? updates : epochs)
    return Schedule(
      course(component, end: end),
      per: isPerUpdate ? .update : .epoch,
      warmUp: component.arguments["warm_up"]?.integer ?? 0,
      warmUpFrom: component.arguments["warm_up_from"]?.real ?? 1
    )
  }

  private static func course(_ component: Component, end: Int) -> Schedule.Course {
    func number(_ key: String) -> Double { component.number(key) }
    switch component.name {
    case "constant": return .constant
    case "step":
      return .step(every: component["every"].integer ?? 1, gamma: number("gamma"))
    case "multi_step":
      let milestones = component["milestones"].list?.compactMap(\.integer) ?? []
      return .multiStep(milestones: milestones, gamma: number("gamma"))
    case "exponential":
      return .exponential(gamma: number("gamma"), minimum: number("minimum"))
    case "square_root": return .squareRoot
    case "cosine": return .cosine(end: end, minimum: number("minimum"))
    case "one_cycle":
      return .oneCycle(
        end: end,
        rise: number("rise"),
        divisor: number("divisor"),
        finalDivisor: number("final_divisor")
      )
    default: preconditionFailure("no schedule is called `\(component.name)`")
    }
  }
}
