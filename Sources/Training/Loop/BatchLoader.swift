// SPDX-License-Identifier: Apache-2.0

import Datasets
import NeuralNetworks
import Tensors

/// What a loss is held against.
enum TargetSource: Hashable {
  /// One of the data's targets.
  case target(Int)
  /// One of the data's inputs, which a network is to give back.
  case input(Int)
}

/// The targets of a batch on a tape.
struct BatchTargets {
  let values: Targets
  /// How many steps of each example have a real target, so that the others do not count; nil where all have.
  let lengths: Indices?

  /// What a loss is taken of: all of `output` and the targets, or their real steps.
  func counted(_ output: Variable, on tape: Tape) -> (output: Variable, targets: Targets) {
    guard let lengths else { return (output, values) }
    let targets: Targets =
      switch values {
      case .classes(let classes): .classes(tape.realSteps(classes, lengths: lengths))
      case .values(let values): .values(tape.realSteps(values, lengths: lengths))
      }
    return (tape.realSteps(output, lengths: lengths), targets)
  }
}

extension BatchTargets {
  /// The tokens of each of `count` examples before the first `end`, and before its last real step.
  func sequences(of count: Int, upTo end: Int32) -> [[Int32]] {
    let tokens = values.classes.array
    let steps = tokens.count / max(1, count)
    let lengths = lengths.map { $0.array.map(Int.init) } ?? [Int](repeating: steps, count: count)
    return (0..<count).map { example in
      Array(tokens[example * steps..<example * steps + lengths[example]].prefix { $0 != end })
    }
  }
}

/// Brings batches of prepared data onto a tape.
struct BatchLoader {
  let data: PreparedData

  /// Puts the inputs of the examples `ids` that `model` needs in place; with `draws`, images are varied as the data's
  /// augmentation says.
  func read(
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    into model: Network,
    on tape: Tape,
    draws: AugmentationDraws? = nil
  ) {
    unsafe ids.withUnsafeBufferPointer { ids in
      for index in data.description.inputs.indices where model.needs(input: index) {
        unsafe model.read(
          input(index, part, ids, tape, draws),
          lengths: lengths(index, part, ids, tape),
          as: index
        )
      }
    }
  }

  /// What the results of a batch are held against; inputs to be given back were read before.
  func targets(
    _ source: TargetSource,
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    of model: Network,
    on tape: Tape
  ) -> BatchTargets {
    switch source {
    case .input(let index):
      let signal = model.signal(ofInput: index)
      let lengths = model.lengths(of: model.reference(toInput: index))?.values
      return switch signal {
      case .values(let values): BatchTargets(values: .values(values), lengths: lengths)
      case .tokens(let tokens): BatchTargets(values: .classes(tokens), lengths: lengths)
      }
    case .target(let index):
      return unsafe ids.withUnsafeBufferPointer { ids in
        unsafe BatchTargets(
          values: target(index, part, ids, tape),
          lengths: targetLengths(index, part, ids, tape)
        )
      }
    }
  }

  private func lengths(
    _ index: Int,
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape
  ) -> SequenceLengths? {
    let input = data.description.inputs[index]
    guard input.hasLengths, let steps = input.steps else { return nil }
    return SequenceLengths(
      unsafe tape.indices(Shape(ids.count)) { memory in
        unsafe data.gatherLengths(part, input: index, ids: ids, into: memory)
      },
      steps: steps
    )
  }

  private func targetLengths(
    _ index: Int,
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape
  ) -> Indices? {
    guard data.description.hasRealSteps(target: index) else { return nil }
    return unsafe tape.indices(Shape(ids.count)) { memory in
      unsafe data.gatherTargetLengths(part, target: index, ids: ids, into: memory)
    }
  }

  private func input(
    _ index: Int,
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape,
    _ draws: AugmentationDraws?
  ) -> Signal {
    switch data.description.inputs[index].shape {
    case .values(let shape):
      return .values(
        unsafe withUnsafePointer(to: InputSource(data: data, input: index, draws: draws)) {
          source in
          unsafe tape.constant(
            Shape(batch: ids.count, shape),
            InputRows(source: source, part: part, ids: ids.baseAddress)
          )
        }
      )
    case .tokens(_, let steps):
      return .tokens(
        unsafe tape.indices(Shape(ids.count, steps)) { memory in
          unsafe data.gatherTokens(part, input: index, ids: ids, into: memory)
        }
      )
    }
  }

  private func target(
    _ index: Int,
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape
  ) -> Targets {
    let shape: Shape
    switch data.description.targets[index].shape {
    case .classes: shape = Shape(ids.count)
    case .steps: shape = Shape(ids.count, data.description.steps ?? 1)
    case .sequence(_, let steps): shape = Shape(ids.count, steps)
    case .values(let sizes):
      return .values(
        unsafe tape.constant(Shape(batch: ids.count, sizes)) { memory in
          unsafe data.gatherValues(part, target: index, ids: ids, into: memory)
        }
      )
    }
    return .classes(
      unsafe tape.indices(shape) { memory in
        unsafe data.gatherClasses(part, target: index, ids: ids, into: memory)
      }
    )
  }
}

/// Where a batch's inputs come from.
private struct InputSource {
  let data: PreparedData
  let input: Int
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
      input: source.pointee.input,
      ids: some,
      inputs: first,
      draws: source.pointee.draws
    )
  }
}
