// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Layers made of others, and layers that change shapes.
@Suite struct CombinationTests {
  private let image = SignalShape.values([3, 10, 8])
  private let sequence = SignalShape.values([6, 5])
  private let vector = SignalShape.values([4])
  private let tokens = SignalShape.tokens(vocabulary: 9, steps: 6)

  private func dense(_ path: LayerPath, _ input: SignalShape, _ units: Int) throws -> Sequential {
    Sequential([try Dense(path: path, input: input, units: units)])
  }

  private func refusal(_ body: () throws -> any Layer) -> LayerError? {
    do {
      _ = try body()
      return nil
    } catch { return error as? LayerError }
  }

  private func branches(
    _ input: SignalShape,
    _ combination: Branches.Combination,
    _ layers: [(String, Sequential?)]
  ) throws -> Branches {
    try Branches(
      input: input,
      branches: layers.map { Branches.Branch($0, $1) },
      combination: combination
    )
  }

  private func pool(_ side: Int) throws -> Sequential {
    Sequential([
      try Pool2d(
        input: image,
        kind: .average,
        kernel: (side, side),
        stride: (side, side),
        padding: (0, 0)
      )
    ])
  }

  // MARK: - Shapes

  @Test func `shapes follow`() throws {
    #expect(try GlobalAveragePool2d(input: image).output == .values([3]))
    #expect(
      try Resize(input: image, size: (5, 20), interpolation: .bilinear).output
        == .values([3, 5, 20])
    )
    #expect(try Reshape(input: image, sizes: [-1, 24]).output == .values([10, 24]))
    #expect(try Reshape(input: vector, sizes: [1, 2, 2]).output == .values([1, 2, 2]))
    #expect(
      try Residual(input: sequence, body: dense("0", sequence, 5), shortcut: nil).output == sequence
    )
    let wide = try branches(
      sequence,
      .concat,
      [("a", dense("0.a.0", sequence, 7)), ("b", nil), ("c", dense("0.c.0", sequence, 1))]
    )
    #expect(wide.output == .values([6, 13]))
    #expect(try branches(image, .concat, [("a", nil), ("b", nil)]).output == .values([6, 10, 8]))
    #expect(try branches(image, .add, [("a", nil), ("b", nil)]).output == image)
    let words = try branches(
      tokens,
      .concat,
      [
        ("a", Sequential([try Embedding(path: "0", input: tokens, size: 4)])),
        ("b", dense("1", tokens, 2)),
      ]
    )
    #expect(words.output == .values([6, 6]))
  }

  @Test func `what does not fit is refused with both shapes`() throws {
    let three = SignalShape.values([3])
    #expect(
      refusal { try Residual(input: vector, body: dense("0", vector, 3), shortcut: nil) }
        == LayerError(Residual.self, .bodyAndInput(three, vector))
    )
    #expect(
      refusal {
        try Residual(input: vector, body: dense("0", vector, 3), shortcut: dense("1", vector, 2))
      }?.description == "Residual adds equal shapes, but its body gives [3] and its shortcut [2]"
    )
    #expect(
      refusal { try branches(vector, .add, [("a", nil), ("b", dense("0", vector, 3))]) }
        == LayerError(
          Branches.self,
          .sum(
            LayerMisfit.BranchEnd(name: "a", shape: vector),
            LayerMisfit.BranchEnd(name: "b", shape: three)
          )
        )
    )
    #expect(
      refusal { try branches(image, .concat, [("a", nil), ("b", pool(2))]) }?.description
        == "Branches joins what differs in channels only, but branch a gives an image [3, 10, 8] and branch b gives an image [3, 5, 4]"
    )
    #expect(
      refusal { try branches(tokens, .concat, [("a", nil)]) }?.misfit
        == .tokens(tokens, branch: "a")
    )
  }

  @Test func `sizes to reshape to are refused with the values that they need`() {
    func misfit(_ input: SignalShape, _ sizes: [Int]) -> LayerMisfit? {
      refusal { try Reshape(input: input, sizes: sizes) }?.misfit
    }
    #expect(
      misfit(image, [3, -1, 7])
        == .valueCount(needed: .multiple(of: 21), sizes: [3, -1, 7], input: image)
    )
    #expect(
      misfit(vector, [5]) == .valueCount(needed: .exactly(5), sizes: [5], input: vector)
    )
    #expect(misfit(vector, [-1, -1]) == .openSizes([-1, -1]))
    #expect(misfit(vector, [0, 4]) == .openSizes([0, 4]))
    #expect(misfit(vector, [1, 1, 1, 4]) == .sizeCount([1, 1, 1, 4]))
    #expect(misfit(tokens, [6]) == .input(tokens, needs: .values))
  }

  @Test func `pooling and resizing need images`() {
    #expect(
      refusal { try GlobalAveragePool2d(input: vector) }
        == LayerError(GlobalAveragePool2d.self, .input(vector, needs: .image))
    )
    #expect(
      refusal { try Resize(input: sequence, size: (2, 2), interpolation: .nearest) }
        == LayerError(Resize.self, .input(sequence, needs: .image))
    )
  }

  // MARK: - Inner layers

  @Test func `tensors, states and values of inner layers are the model's`() throws {
    let lstm = try Recurrent(
      path: "0.body.0",
      input: sequence,
      cell: .lstm,
      hiddenSize: 5,
      options: Recurrent.Options(carriesState: true)
    )
    let residual = try Residual(
      input: sequence,
      body: Sequential([lstm, try BatchNorm(path: "0.body.1", input: lstm.output)]),
      shortcut: dense("0.shortcut.0", sequence, 5)
    )
    let model = Sequential([residual, try Flatten(input: sequence)])
    #expect(
      model.tensors.map(\.name) == [
        "0.body.0.weight_ih_l0", "0.body.0.weight_hh_l0", "0.body.0.bias_ih_l0",
        "0.body.0.bias_hh_l0", "0.body.1.weight", "0.body.1.bias", "0.body.1.running_mean",
        "0.body.1.running_var", "0.shortcut.0.weight", "0.shortcut.0.bias",
      ]
    )
    #expect(model.parameters.count == 8)
    #expect(model.states.count == 1)
    #expect(model.leaves.count == 4)
    // Three inner results, the sum and its flat view.
    #expect(model.valuesPerExample == 5 * 30)
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    _ = model(.values(tape.constant([2, 6, 5], awkward(60))), Pass(tape: tape))
    #expect(model.states[0] != nil)
    model.clearStates()
    #expect(model.states[0] == nil)
  }

  @Test func `a convolution inside a body is fused with its pooling`() throws {
    func network(isNested: Bool) throws -> (values: [Float], memory: Int) {
      let convolution = try Conv2d(
        path: "0",
        input: image,
        channels: 16,
        kernel: (3, 3),
        stride: (1, 1),
        padding: (0, 0)
      )
      let pool = try Pool2d(
        input: convolution.output,
        kind: .maximum,
        kernel: (2, 2),
        stride: (2, 2),
        padding: (0, 0)
      )
      assignSines(convolution)
      let inner = Sequential([convolution, pool])
      let model = isNested ? Sequential([try branches(image, .add, [("a", inner)])]) : inner
      let tape = Tape(threadCount: 1)
      tape.reset(training: true)
      let x = tape.constant([200, 3, 10, 8], awkward(200 * 240))
      let y = model(.values(x), Pass(tape: tape))
      return (tape.array(of: y), tape.memoryBytes)
    }
    let (flat, nested) = (try network(isNested: false), try network(isNested: true))
    #expect(bitMismatch(flat.values, nested.values) == nil)
    #expect(flat.memory == nested.memory)
  }

  @Test func `an evaluation passes gradients and values through both ways`() throws {
    let body = try dense("0.body.0", vector, 4)
    let residual = try Residual(input: vector, body: body, shortcut: nil)
    assignSines(residual)
    let alone = trial(body.layers[0], .values([2, 4], start: 0))
    let both = trial(residual, .values([2, 4], start: 0))
    let x = sines(8, start: 0, scale: 1)
    #expect(bitMismatch(both.y, zip(alone.y, x).map { $0 + $1 }) == nil)
    // The weights' gradients are the same, the input's has the upstream gradient added.
    #expect(both.gradients.dropFirst() == alone.gradients.dropFirst())
    let upstream = probe(sines(8, start: 9, scale: 1))
    #expect(abs(both.gradients[0] - alone.gradients[0] - upstream) < 1e-5)
  }
}
