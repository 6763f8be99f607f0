// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Testing
import Training
import Vocabulary

@testable import Benchmarks

@Suite struct WorkloadTests {
  private static let trained = Workload.all.compactMap { workload in
    if case .training(let specification, let data, _) = workload.work {
      return (workload.name, specification, data)
    }
    return nil
  }

  @Test func `names and units are those of the other frameworks' scripts`() {
    let expected = [
      "mlp samples/s", "mlp-deep samples/s", "lenet samples/s", "cnn samples/s",
      "keras-cnn-224 samples/s", "resnet samples/s", "lstm-lm tokens/s", "gru-lm tokens/s",
      "rnn-lm tokens/s",
      "lstm-stack tokens/s", "lstm-cls samples/s", "seq2seq tokens/s", "transformer tokens/s",
      "tiny steps/s",
      "infer-mlp-b1 us",
      "infer-mlp-b256 samples/s",
      "infer-cnn-b1 us", "infer-cnn-b256 samples/s", "gemm-256x256x256 GFLOP/s",
      "gemm-512x512x512 GFLOP/s", "gemm-1024x1024x1024 GFLOP/s", "gemm-2048x2048x2048 GFLOP/s",
      "gemm-256x784x256 GFLOP/s",
    ]
    let found = Workload.all.filter { $0.family != "gemm-shapes" }
    #expect(found.map { "\($0.name) \($0.unit.rawValue)" } == expected)
  }

  @Test func `a family's name means all of it, a workload's own only that`() {
    #expect(Workload.named("infer-mlp").map(\.name) == ["infer-mlp-b1", "infer-mlp-b256"])
    #expect(Workload.named("infer-mlp-b1").map(\.name) == ["infer-mlp-b1"])
    #expect(Workload.named("gemm").count == 5)
    #expect(Workload.named("gemm-shapes").count == 8)
    #expect(Workload.named("gemm-512x512x512-bt").map(\.family) == ["gemm-shapes"])
    #expect(Workload.named("all").count == Workload.all.count)
    #expect(Workload.named("mpl").isEmpty)
  }

  @Test func `components have every argument of the catalog and no other`() throws {
    for (name, specification, _) in Self.trained {
      var components = specification.model.parts.flatMap(\.layers)
        .map { (Catalog.Family.layers, $0) }
      components.append((.losses, specification.loss))
      components.append((.optimizers, specification.optimizer))
      components.append((.initializers, specification.initialization.weights))
      for (family, component) in components {
        // An activation is a layer, too.
        let definition = try #require(
          Catalog.definition(component.name, in: family)
            ?? Catalog.definition(component.name, in: .activations)
        )
        let expected = Set(definition.arguments.map(\.name))
        #expect(Set(component.arguments.keys) == expected, "\(name): \(component.name)")
      }
    }
  }

  @Test func `batches, clipping and optimizers are the other scripts'`() {
    let facts = Self.trained.map { name, specification, _ in
      let rate = specification.optimizer["learning_rate"].real ?? 0
      let train = specification.train
      let clip = train.clipNorm.map { " clip \($0)" } ?? ""
      return "\(name): \(train.batchSize ?? 0) \(specification.optimizer.name) \(rate)\(clip)"
    }
    #expect(
      facts == [
        "mlp: 256 sgd 0.1", "mlp-deep: 128 adam 0.001", "lenet: 256 sgd 0.9",
        "cnn: 128 adam 0.001", "keras-cnn-224: 32 adam 0.001", "resnet: 32 adam 0.001",
        "lstm-lm: 32 sgd 1.0 clip 1.0",
        "gru-lm: 32 sgd 1.0 clip 1.0", "rnn-lm: 32 sgd 1.0 clip 1.0",
        "lstm-stack: 20 sgd 1.0 clip 1.0", "lstm-cls: 32 adam 0.001",
        "seq2seq: 64 adam 0.001 clip 1.0",
        "transformer: 32 adam 0.001", "tiny: 32 sgd 0.1",
      ]
    )
  }
}

@Suite struct BenchmarkDataTests {
  private static let empty = DatasetLibrary(DataLocations(searched: [], decoded: nil))

  @Test func `what no folder has is random, and says so`() throws {
    let fashion = try BenchmarkData.fashion.load(Self.empty)
    #expect(fashion.source == "random")
    #expect(fashion.prepared.description.input == .values([1, 28, 28]))
    #expect(fashion.prepared.count(.train) == 60_000)
    #expect(try BenchmarkData.windows(steps: 35).load(Self.empty).source == "random")
  }

  @Test func `windows begin at each token, targets are the tokens one further on`() throws {
    let data = try BenchmarkData.windows(steps: 35).load(Self.empty).prepared
    #expect(data.count(.train) == 10_000)
    #expect(data.description.input == .tokens(vocabulary: 28, steps: 35))
    let inputs = unsafe windows(data, [0, 1]) {
      unsafe data.gatherTokens(.train, ids: $0, into: $1)
    }
    let targets = unsafe windows(data, [0, 1]) {
      unsafe data.gatherClasses(.train, ids: $0, into: $1)
    }
    #expect(inputs[1..<35] == inputs[35..<69])
    #expect(targets[0..<35] == inputs[35..<70])
    #expect(inputs.allSatisfy { (0..<28).contains($0) })
  }

  private func windows(
    _ data: PreparedData,
    _ ids: [Int32],
    _ gather: (UnsafeBufferPointer<Int32>, UnsafeMutablePointer<Int32>) -> Void
  ) -> [Int32] {
    var result = [Int32](repeating: -1, count: 35 * ids.count)
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe result.withUnsafeMutableBufferPointer { memory in
        if let base = memory.baseAddress { unsafe gather(ids, base) }
      }
    }
    return result
  }

  @Test func `points and sequences have the shapes of the other scripts`() throws {
    let plane = try BenchmarkData.plane.load(Self.empty)
    #expect(plane.source == "synthetic" && plane.prepared.count(.train) == 1024)
    #expect(plane.prepared.description.target == .values([1]))
    let sequences = try BenchmarkData.sequences.load(Self.empty).prepared
    #expect(sequences.description.input == .values([100, 32]))
    #expect(sequences.count(.train) == 2048)
  }
}
