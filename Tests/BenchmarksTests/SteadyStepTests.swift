// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Testing
import Training
import Vocabulary

@testable import Benchmarks

/// Heap allocations of layers that no workload has, each in a process of its own, for other tests would be counted too.
@Suite struct SteadyStepTests {
  #if os(Linux)
    @Test func `normalisation, residual blocks and branches take nothing from the heap`() async {
      await #expect(processExitsWith: .success) {
        let norm = Component.complete(.layers, "batch_norm")
        let convolution = Component.convolution(6, kernel: 3, padding: 1, "relu")
        let shaped = Component.complete(
          .layers,
          "reshape",
          ["shape": .list([.integer(1), .integer(-1), .integer(32)])]
        )
        let resized = Component.complete(.layers, "resize", ["size": .integer(12)])
        let residual = Component.complete(
          .layers,
          "residual",
          [
            "body": .components([convolution, norm, .pool("max_pool2d")]),
            "shortcut": .components([convolution, .pool("avg_pool2d")]),
          ]
        )
        let branches = Component.complete(
          .layers,
          "branches",
          ["paths": .named([("a", [convolution, norm]), ("itself", []), ("b", [norm])])]
        )
        var specification = RunSpecification(
          data: DataSpecification(dataset: .complete(.datasets, "glyphs")),
          model: [
            .complete(.layers, "layer_norm"), shaped, resized, convolution, norm, residual,
            branches, .complete(.layers, "global_avg_pool2d"), .complete(.layers, "layer_norm"),
            .dense(12), norm, .dense(10),
          ],
          loss: .complete(.losses, "cross_entropy"),
          optimizer: .sgd(0.01),
          train: TrainSpecification(epochs: 1000, batchSize: 32)
        )
        specification.train.clipNorm = 1
        let library = DatasetLibrary(DataLocations(searched: [], decoded: nil))
        let data = try BenchmarkData.sequences.load(library).prepared
        for threads in [1, 2] {
          let trainer = try Trainer(
            specification,
            seed: 0,
            data: data,
            threads: threads,
            seconds: Moment.wall
          )
          _ = try trainer.train(
            control: { trainer.step < 5 ? .proceed : .interrupt },
            observe: { _ in }
          )
          var allocations = StepAllocations()
          let total = try AllocationCount.during {
            _ = try trainer.train(
              control: {
                allocations.stepBegins()
                return allocations.steps < 20 ? .proceed : .interrupt
              },
              observe: { event in if case .epoch = event { allocations.epochEnds() } }
            )
          }
          #expect(allocations.steps == 20)
          if total != nil { #expect(allocations.perStep == 0, "\(threads) threads") }
        }
      }
    }
  #endif
}
