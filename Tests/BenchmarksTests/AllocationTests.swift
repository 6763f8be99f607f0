// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import Tensors
import Testing
import Training
import Vocabulary

@testable import Benchmarks

#if canImport(Glibc)
  import Glibc
#endif

/// The count is the whole process's, and other tests run beside these: it can only be too large here. That a steady
/// step takes nothing is tested in a process of its own, by `BenchTests`.
@Suite(.serialized) struct AllocationTests {
  private static let isWatchable: Bool = AllocationCount.isAvailable

  @Test(.enabled(if: isWatchable, "this system's allocator cannot be watched"))
  func `what is allocated on purpose is seen`() throws {
    var kept: [[Int]] = []
    kept.reserveCapacity(100)
    let count = try #require(
      AllocationCount.during {
        for size in 1...100 { kept.append([Int](repeating: 1, count: size)) }
      }
    )
    #expect(kept.count == 100)
    #expect(count >= 100)
  }

  #if canImport(Glibc)
    @Test(.enabled(if: isWatchable, "this system's allocator cannot be watched"))
    func `every way to take memory is seen, and gives memory`() throws {
      var places: [UInt] = []
      places.reserveCapacity(5)
      let found = AllocationCount.during {
        places.append(unsafe UInt(bitPattern: malloc(100)))
        places.append(unsafe UInt(bitPattern: calloc(10, 10)))
        places.append(unsafe UInt(bitPattern: realloc(nil, 100)))
        places.append(unsafe UInt(bitPattern: aligned_alloc(256, 512)))
        var aligned: UnsafeMutableRawPointer?
        let status = unsafe posix_memalign(&aligned, 4096, 100)
        #expect(status == 0)
        places.append(UInt(bitPattern: aligned))
      }
      let count = try #require(found)
      #expect(count >= 5)
      #expect(places[3] % 256 == 0 && places[4] % 4096 == 0)
      for place in places {
        guard let memory = unsafe UnsafeMutableRawPointer(bitPattern: place) else {
          Issue.record("no memory was given")
          continue
        }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 7, count: 100)
        unsafe free(memory)
      }
      var refused: UnsafeMutableRawPointer?
      #expect(unsafe posix_memalign(&refused, 3, 100) == EINVAL)
      #expect(unsafe refused == nil)
    }
  #endif

  /// In a process of its own, where nothing else allocates.
  @Test(.enabled(if: isWatchable, "this system's allocator cannot be watched"))
  func `a steady step of stacks and sequences of several lengths takes nothing`() async {
    await #expect(processExitsWith: .success) {
      let epochs = try SteadySequences.epochs()
      // An epoch's batches have other lengths than the last one's.
      precondition(epochs.count == 12 && epochs.dropFirst(2).contains(0), "\(epochs)")
    }
  }

  /// In a process of its own, where nothing else allocates.
  @Test(.enabled(if: isWatchable, "this system's allocator cannot be watched"))
  func `a steady step of other activations, weighted losses and all metrics takes nothing`() async {
    await #expect(processExitsWith: .success) {
      let classes = try SteadyMeasures.classes()
      precondition(classes.count == 12 && classes.dropFirst(2).allSatisfy { $0 == 0 }, "\(classes)")
      let values = try SteadyMeasures.values()
      precondition(values.count == 12 && values.dropFirst(2).allSatisfy { $0 == 0 }, "\(values)")
    }
  }

  @Test func `an epoch's end is not a step's`() {
    var steps = StepAllocations()
    #expect(steps.perStep == nil)
    for step in 0..<10 {
      steps.stepBegins()
      if step % 3 == 2 { steps.epochEnds() }
    }
    // Nine steps ended, three of them an epoch's last.
    #expect(steps.steps == 6)
    #expect(steps.perStep != nil)
  }

  @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/proc/self/clear_refs")))
  func `the peak of memory is forgotten and grows again`() throws {
    #expect(PeakMemory.reset())
    let before = try #require(PeakMemory.bytes)
    let size = 1 << 28
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 1, count: size)
    unsafe memory.deallocate()
    #expect(try #require(PeakMemory.bytes) >= before + size / 2)
  }
}

/// Training on stacks, both directions and sequences of several lengths.
private enum SteadySequences {
  /// Allocations of the steps of each epoch, all but its last.
  static func epochs() throws -> [Int] {
    let (count, steps) = (40, 9)
    let data = PreparedData(
      name: "sequences",
      count: count,
      input: .values([steps, 3]),
      .reals((0..<count * steps * 3).map { Float($0 % 7) / 7 }),
      target: .steps(classes: 5),
      .integers((0..<Int32(count * steps)).map { $0 * $0 % 5 }),
      lengths: (0..<Int32(count)).map { 1 + $0 * $0 % Int32(steps) }
    )
    let stack: [String: ArgumentValue] = [
      "hidden_size": .integer(6), "layers": .integer(2), "bidirectional": .boolean(true),
      "dropout": .real(0.3),
    ]
    let specification = RunSpecification(
      data: DataSpecification(dataset: .complete(.datasets, "glyphs")),
      model: [
        .complete(.layers, "lstm", stack),
        .complete(.layers, "gru", ["hidden_size": .integer(5), "reset_after": .boolean(false)]),
        .complete(.layers, "rnn", ["hidden_size": .integer(5), "activation": .text("relu")]),
        .dense(5),
      ],
      loss: .complete(.losses, "cross_entropy"),
      optimizer: .sgd(0.1),
      train: TrainSpecification(epochs: 12, batchSize: 5)
    )
    return try steadyEpochs(specification, data)
  }
}

/// Training with activations behind layers, weights of classes and every metric.
private enum SteadyMeasures {
  static func classes() throws -> [Int] {
    let data = PreparedData(
      name: "classes",
      count: 40,
      input: .values([6]),
      .reals((0..<240).map { Float($0 % 7) / 7 }),
      target: .classes(5),
      .integers((0..<40).map { $0 * $0 % 5 })
    )
    let weights = ArgumentValue.list([.real(1), .real(2), .real(1), .real(0.5), .real(1)])
    return try steadyEpochs(
      specification(
        units: 5,
        .complete(
          .losses,
          "cross_entropy",
          ["label_smoothing": .real(0.1), "class_weights": weights]
        ),
        metrics: ["top_2", "precision", "recall", "f1", "weight_norm", "gradient_norm"]
      ),
      data
    )
  }

  static func values() throws -> [Int] {
    let data = PreparedData(
      name: "values",
      count: 40,
      input: .values([6]),
      .reals((0..<240).map { Float($0 % 7) / 7 }),
      target: .values([2]),
      .reals((0..<80).map { Float($0 % 5) })
    )
    return try steadyEpochs(
      specification(units: 2, .complete(.losses, "huber"), metrics: ["mae", "r2", "log_rmse"]),
      data
    )
  }

  private static func specification(
    units: Int,
    _ loss: Component,
    metrics: [String]
  ) -> RunSpecification {
    RunSpecification(
      data: DataSpecification(dataset: .complete(.datasets, "glyphs")),
      model: [
        .dense(7, "gelu"), .complete(.activations, "softmax"), .dense(9, "elu"), .dense(units),
      ],
      loss: loss,
      optimizer: .sgd(0.1),
      train: TrainSpecification(epochs: 12, batchSize: 5),
      metrics: metrics
    )
  }
}

/// Allocations of the steps of each epoch, all but its last.
private func steadyEpochs(_ specification: RunSpecification, _ data: PreparedData) throws -> [Int] {
  let trainer = try Trainer(specification, seed: 1, data: data, threads: 1, seconds: { 0 })
  var epochs: [Int] = []
  epochs.reserveCapacity(12)
  var (before, sum) = (Int?.none, 0)
  _ = try AllocationCount.during {
    _ = try trainer.train(
      control: {
        let now = AllocationCount.current
        if let before { sum += now - before }
        before = now
        return .proceed
      },
      observe: { event in
        guard case .epoch = event else { return }
        epochs.append(sum)
        (before, sum) = (nil, 0)
      }
    )
  }
  return epochs
}
