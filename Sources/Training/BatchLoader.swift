// SPDX-License-Identifier: Apache-2.0

import Datasets
import NeuralNetworks
import Tensors

/// The targets of a batch on a tape.
enum Targets {
  /// One class per row.
  case classes(Indices)
  /// Real values.
  case values(Variable)
}

/// Brings batches of prepared data onto a tape.
struct BatchLoader {
  let data: PreparedData

  /// Inputs and targets of the examples `ids`.
  func load(
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    onto tape: Tape
  ) -> (input: Signal, targets: Targets) {
    unsafe ids.withUnsafeBufferPointer { ids in
      (unsafe input(part, ids, tape), unsafe targets(part, ids, tape))
    }
  }

  private func input(
    _ part: DataPart,
    _ ids: UnsafeBufferPointer<Int32>,
    _ tape: Tape
  ) -> Signal {
    switch data.description.input {
    case .values(let shape):
      return .values(
        unsafe withUnsafePointer(to: data) { data in
          unsafe tape.constant(
            Shape(batch: ids.count, shape),
            InputRows(data: data, part: part, ids: ids.baseAddress)
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
        unsafe tape.indices([ids.count]) { memory in
          unsafe data.gatherClasses(part, ids: ids, into: memory)
        }
      )
    case .tokens:
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

/// The inputs of a batch; three words.
@safe
private struct InputRows: RowWriter {
  let data: UnsafePointer<PreparedData>
  let part: DataPart
  let ids: UnsafePointer<Int32>?

  func write(_ rows: Range<Int>, to first: UnsafeMutablePointer<Float>) {
    guard let ids = unsafe ids else { return }
    let some = unsafe UnsafeBufferPointer(start: ids + rows.lowerBound, count: rows.count)
    unsafe data.pointee.gather(part, ids: some, inputs: first)
  }
}
