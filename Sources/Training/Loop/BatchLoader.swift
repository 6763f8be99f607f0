// SPDX-License-Identifier: Apache-2.0

import Datasets
import NeuralNetworks
import Tensors

/// One batch on a tape.
struct Batch {
  let input: Signal
  let targets: Targets
  /// Of its sequences; nil where all steps are real.
  var lengths: SequenceLengths?
  /// Whether each step has a target of its own, so that those that are not real do not count.
  var hasTargetsOfRealSteps = false

  /// How many rows of `counted` targets each example has, where these differ.
  var countedLengths: Indices? { hasTargetsOfRealSteps ? lengths?.values : nil }

  /// What a loss is taken of: all of `output` and the targets, or their real steps.
  func counted(_ output: Variable, on tape: Tape) -> (output: Variable, targets: Targets) {
    guard hasTargetsOfRealSteps, let lengths else { return (output, targets) }
    let targets: Targets =
      switch targets {
      case .classes(let classes): .classes(tape.realSteps(classes, lengths: lengths.values))
      case .values(let values): .values(tape.realSteps(values, lengths: lengths.values))
      }
    return (tape.realSteps(output, lengths: lengths.values), targets)
  }
}

/// Brings batches of prepared data onto a tape.
struct BatchLoader {
  let data: PreparedData

  /// The examples `ids`; with `draws`, images are varied as the data's augmentation says.
  func load(
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    onto tape: Tape,
    draws: AugmentationDraws? = nil
  ) -> Batch {
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe Batch(
        input: input(part, ids, tape, draws),
        targets: targets(part, ids, tape),
        lengths: lengths(part, ids, tape),
        hasTargetsOfRealSteps: data.description.hasTargetsOfRealSteps
      )
    }
  }

  private func lengths(
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape
  ) -> SequenceLengths? {
    guard data.description.hasLengths, let steps = data.description.steps else { return nil }
    return SequenceLengths(
      unsafe tape.indices(Shape(ids.count)) { memory in
        unsafe data.gatherLengths(part, ids: ids, into: memory)
      },
      steps: steps
    )
  }

  private func input(
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape,
    _ draws: AugmentationDraws?
  ) -> Signal {
    switch data.description.input {
    case .values(let shape):
      return .values(
        unsafe withUnsafePointer(to: InputSource(data: data, draws: draws)) { source in
          unsafe tape.constant(
            Shape(batch: ids.count, shape),
            InputRows(source: source, part: part, ids: ids.baseAddress)
          )
        }
      )
    case .tokens(_, let steps):
      return .tokens(
        unsafe tape.indices(Shape(ids.count, steps)) { memory in
          unsafe data.gatherTokens(part, ids: ids, into: memory)
        }
      )
    }
  }

  private func targets(
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape
  ) -> Targets {
    switch data.description.target {
    case .classes:
      return .classes(
        unsafe tape.indices(Shape(ids.count)) { memory in
          unsafe data.gatherClasses(part, ids: ids, into: memory)
        }
      )
    case .steps:
      let steps =
        switch data.description.input {
        case .tokens(_, let steps): steps
        case .values(let shape): shape[0]
        }
      return .classes(
        unsafe tape.indices(Shape(ids.count, steps)) { memory in
          unsafe data.gatherClasses(part, ids: ids, into: memory)
        }
      )
    case .values(let shape):
      return .values(
        unsafe tape.constant(Shape(batch: ids.count, shape)) { memory in
          unsafe data.gatherValues(part, ids: ids, into: memory)
        }
      )
    }
  }
}

/// Where a batch's inputs come from.
private struct InputSource {
  let data: PreparedData
  let draws: AugmentationDraws?
}

/// The inputs of a batch; three words.
@safe
private struct InputRows: RowWriter {
  let source: UnsafePointer<InputSource>
  let part: DataPart
  let ids: UnsafePointer<Int32>?

  func write(_ rows: Range<Int>, to first: UnsafeMutablePointer<Float>) {
    guard let ids = unsafe ids else { return }
    let some = unsafe UnsafeBufferPointer(start: ids + rows.lowerBound, count: rows.count)
    unsafe source.pointee.data.gather(
      part,
      ids: some,
      inputs: first,
      draws: source.pointee.draws
    )
  }
}
