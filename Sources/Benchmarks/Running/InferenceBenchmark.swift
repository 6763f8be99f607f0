// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Training
import Vocabulary

/// Times forward passes in evaluation mode, inputs copied onto the tape each time.
struct InferenceBenchmark {
  let specification: RunSpecification
  let data: LoadedData
  let batchSize: Int
  let threads: Int
  let timing: Timing

  func run() throws -> Outcome {
    let description = data.prepared.description
    let model = try ModelBuilder.build(specification, for: description)
    model.initialize(weights: .standard, biases: .standard, seed: 0)
    let tape = Tape(threadCount: threads)
    let images = images(max(batchSize, 2))
    try check(model, tape, images)
    let batch = images.prefix(batchSize)
    var measurement = Measurement(timing, warmup: 5)
    while measurement.continues() { _ = forward(model, tape, batch) }
    let allocations = AllocationCount.during { _ = forward(model, tape, batch) }
    return Outcome(
      repetitions: measurement.repetitions,
      operations: FloatingPointOperations(model).forward * Double(batchSize),
      work: Double(batchSize),
      allocationsPerStep: allocations.map { Double($0) },
      source: data.source
    )
  }

  /// Examples of one shape.
  private struct Batch {
    var shape: Shape
    var values: [Float]

    /// The first `count` of them.
    func prefix(_ count: Int) -> Batch {
      let size = values.count / shape[0]
      return Batch(
        shape: Shape([count] + shape.array.dropFirst()),
        values: Array(values.prefix(count * size))
      )
    }
  }

  /// The first images of the training part.
  private func images(_ count: Int) -> Batch {
    guard case .values(let shape) = data.prepared.description.input else {
      preconditionFailure("inference is measured on images")
    }
    var values = [Float](repeating: 0, count: shape.reduce(count, *))
    unsafe Array(0..<Int32(count)).withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer { memory in
        guard let base = memory.baseAddress else { return }
        unsafe data.prepared.gather(.train, ids: ids, inputs: base)
      }
    }
    return Batch(shape: Shape([count] + shape), values: values)
  }

  private func forward(_ model: Network, _ tape: Tape, _ batch: Batch) -> Variable {
    tape.reset(training: false)
    let size = batch.values.count / batch.shape[0]
    let input = unsafe batch.values.withUnsafeBufferPointer { values in
      unsafe tape.constant(batch.shape, CopiedRows(values: values, size: size))
    }
    return model(.values(input), Pass(tape: tape))
  }

  /// All outputs are finite, and the first is the same alone as in the batch.
  private func check(_ model: Network, _ tape: Tape, _ images: Batch) throws {
    let together = tape.array(of: forward(model, tape, images))
    let alone = tape.array(of: forward(model, tape, images.prefix(1)))
    if let index = together.firstIndex(where: { !$0.isFinite }) {
      throw BenchmarkError.outputNotFinite(index: index)
    }
    guard together.prefix(alone.count).elementsEqual(alone) else {
      throw BenchmarkError.outputDependsOnBatch
    }
  }
}

/// Rows that lie in memory already.
@safe
private struct CopiedRows: RowWriter {
  let values: UnsafeBufferPointer<Float>
  let size: Int

  func write(_ rows: Range<Int>, to first: UnsafeMutablePointer<Float>) {
    guard let base = unsafe values.baseAddress else { return }
    unsafe first.update(from: base + rows.lowerBound &* size, count: rows.count &* size)
  }
}
