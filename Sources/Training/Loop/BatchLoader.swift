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
  /// How many steps of each example have a real target, so that the others do not count; nil where all have.
  var countedLengths: Indices?

  /// What a loss is taken of: all of `output` and the targets, or their real steps.
  func counted(_ output: Variable, on tape: Tape) -> (output: Variable, targets: Targets) {
    guard let lengths = countedLengths else { return (output, targets) }
    let targets: Targets =
      switch targets {
      case .classes(let classes): .classes(tape.realSteps(classes, lengths: lengths))
      case .values(let values): .values(tape.realSteps(values, lengths: lengths))
      }
    return (tape.realSteps(output, lengths: lengths), targets)
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
      let lengths = unsafe lengths(part, ids, tape)
      return unsafe Batch(
        input: input(part, ids, tape, draws),
        targets: targets(part, ids, tape),
        lengths: lengths,
        countedLengths: countedLengths(part, ids, tape, lengths)
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

  private func countedLengths(
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape,
    _ lengths: SequenceLengths?
  ) -> Indices? {
    guard data.description.hasTargetsOfRealSteps else { return nil }
    guard data.description.targets[0].hasLengths else { return lengths?.values }
    return unsafe tape.indices(Shape(ids.count)) { memory in
      unsafe data.gatherTargetLengths(part, ids: ids, into: memory)
    }
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
    case .steps, .sequence:
      let steps = data.description.targetSteps ?? 1
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
