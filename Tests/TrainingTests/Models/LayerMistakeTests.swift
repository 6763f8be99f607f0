// SPDX-License-Identifier: Apache-2.0

import NeuralNetworks
import Tensors
import Testing

@testable import Training

/// How a manifest's reader is told that a layer does not fit.
@Suite struct LayerMistakeTests {
  private let image = SignalShape.values([3, 10, 8])
  private let sequence = SignalShape.values([7, 5])
  private let vector = SignalShape.values([4])
  private let tokens = SignalShape.tokens(vocabulary: 28, steps: 35)

  private func mistake(_ component: String, _ misfit: LayerMisfit) -> LayerMistake {
    LayerMistake(component: component, misfit: misfit, tokensMayBeNumbers: false)
  }

  private func refusal(
    _ component: String,
    _ body: () throws(LayerError) -> any Layer
  ) -> LayerMistake? {
    do throws(LayerError) {
      _ = try body()
      return nil
    } catch { return mistake(component, error.misfit) }
  }

  private func conv(_ kernel: Int, padding: Int) -> LayerMistake? {
    refusal("conv2d") { () throws(LayerError) in
      try Conv2d(
        path: "0",
        input: image,
        channels: 6,
        kernel: (kernel, kernel),
        stride: (1, 1),
        padding: (padding, padding)
      )
    }
  }

  private func pool(_ kernel: Int, padding: Int = 0) -> LayerMistake? {
    refusal("avg_pool2d") { () throws(LayerError) in
      try Pool2d(
        input: image,
        kind: .average,
        kernel: (kernel, kernel),
        stride: (kernel, kernel),
        padding: (padding, padding)
      )
    }
  }

  @Test(
    arguments: [
      (
        "dense", LayerInput.vectorOrSequence, SignalShape.values([3, 10, 8]),
        "`dense` needs a vector or a sequence, got an image [3, 10, 8]", "put `- flatten` before it"
      ),
      (
        "conv2d", .image, .values([7, 5]),
        "`conv2d` needs an image [channels, height, width], got a sequence [7, 5]", nil
      ),
      (
        "rows_as_sequence", .image, .tokens(vocabulary: 28, steps: 35),
        "`rows_as_sequence` needs an image [channels, height, width], got tokens [35] of 28", nil
      ),
      (
        "lstm", .sequenceOrTokens, .values([3, 10, 8]),
        "`lstm` needs a sequence [steps, features] or tokens, got an image [3, 10, 8]",
        "`rows_as_sequence` reads an image row by row"
      ),
      (
        "last_step", .sequence, .values([4]),
        "`last_step` needs a sequence [steps, features], got [4]", nil
      ),
      (
        "final_state", .directions, .values([5, 3]),
        "`final_state` needs a sequence [steps, forward | reverse], got a sequence [5, 3]",
        "put it behind an `rnn`, `gru` or `lstm` with `bidirectional: true`"
      ),
      (
        "embedding", .tokens, .values([4]), "`embedding` needs tokens, got [4]",
        "it must be the first layer, on a data set of tokens"
      ),
      (
        "batch_norm", .values, .tokens(vocabulary: 28, steps: 35),
        "`batch_norm` needs values, got tokens [35] of 28", "put an `embedding` before it"
      ),
      (
        "relu", .values, .tokens(vocabulary: 28, steps: 35),
        "an activation needs values, got tokens [35] of 28", "put an `embedding` before it"
      ),
    ] as [(String, LayerInput, SignalShape, String, String?)]
  )
  func `an input of another kind`(
    component: String,
    kind: LayerInput,
    input: SignalShape,
    message: String,
    hint: String?
  ) {
    let mistake = mistake(component, .input(input, needs: kind))
    #expect(mistake.message == message)
    #expect(mistake.hint == hint)
  }

  @Test func `windows and padding`() {
    let window = conv(11, padding: 1)
    #expect(
      window?.message
        == "`conv2d` has a window of 11×11, larger than its input of 12×10 with padding"
    )
    #expect(window?.hint == "use a smaller `kernel_size`, or fewer pooling layers before it")
    #expect(
      pool(9)?.message
        == "`avg_pool2d` has a window of 9×9, larger than its input of 10×8 with padding"
    )
    #expect(
      pool(3, padding: 2)?.message
        == "`padding` of `avg_pool2d` is at most half its `kernel_size`, got 2×2 for 3×3"
    )
  }

  @Test func `options that exclude each other`() {
    let state = mistake("gru", .carriedStateOfBothDirections)
    #expect(
      state.message
        == "`gru`: `carry_state` does not go with `bidirectional`: the walk from the end begins in the future"
    )
    #expect(state.hint == "leave out one of them")
    let window = mistake("conv1d", .sequenceWindow(9, steps: 7))
    #expect(
      window.message
        == "`conv1d` has a window of 9 steps, longer than its sequence of 7 with padding"
    )
    #expect(window.hint == "use a smaller `kernel_size`, or `padding`")
    let causal = mistake("conv1d", .causalPadding)
    #expect(
      causal.message
        == "`conv1d`: `causal` puts `kernel_size` − 1 zeros before the sequence, and `padding` more of them"
    )
    #expect(causal.hint == "leave out one of them")
    let bias = mistake("lstm", .forgetBiasWithoutBias)
    #expect(bias.message == "`lstm`: `forget_bias` needs a bias, but `bias` is `false`")
    #expect(bias.hint == "leave out one of them")
  }

  @Test func `ways that end in different shapes`() {
    let (three, two) = (SignalShape.values([3]), SignalShape.values([2]))
    let input = mistake("residual", .bodyAndInput(three, vector))
    #expect(
      input.message
        == "`residual` adds equal shapes, but its body gives [3] and the input it is added to is [4]"
    )
    #expect(
      input.hint
        == "end the body with the input's shape, or give a `shortcut` that changes it as the body does"
    )
    let shortcut = mistake("residual", .bodyAndShortcut(three, two))
    #expect(
      shortcut.message
        == "`residual` adds equal shapes, but its body gives [3] and `shortcut` gives [2]"
    )
    #expect(shortcut.hint == nil)
  }

  @Test func `branches that do not go together`() throws {
    func branches(
      _ input: SignalShape,
      _ combination: Branches.Combination,
      _ other: Sequential?
    ) -> String? {
      refusal("branches") { () throws(LayerError) in
        try Branches(
          input: input,
          branches: [Branches.Branch("a", nil), Branches.Branch("b", other)],
          combination: combination
        )
      }?.message
    }
    let dense = Sequential([try Dense(path: "0", input: vector, units: 3)])
    #expect(
      branches(vector, .add, dense)
        == "`branches` adds equal shapes, but `a` gives [4] and `b` gives [3]"
    )
    let pool = Sequential([
      try Pool2d(input: image, kind: .average, kernel: (2, 2), stride: (2, 2), padding: (0, 0))
    ])
    #expect(
      branches(image, .concat, pool)
        == "`branches` puts results side by side that differ in channels only, but `a` gives an image [3, 10, 8] and `b` gives an image [3, 5, 4]"
    )
    let cut = Sequential([try LastStep(input: sequence)])
    #expect(
      branches(sequence, .concat, cut)
        == "`branches` puts results side by side that differ in the last axis only, but `a` gives a sequence [7, 5] and `b` gives [5]"
    )
    #expect(
      branches(tokens, .concat, nil)
        == "`branches` needs values, but `a` gives tokens [35] of 28"
    )
  }

  @Test(arguments: [
    (
      [3, -1, 7], [3, 10, 8],
      "`reshape` to [3, -1, 7] needs a multiple of 21 values, got 240 in an image [3, 10, 8]"
    ),
    ([5], [4], "`reshape` to [5] needs 5 values, got 4 in [4]"),
    (
      [-1, -1], [4], "`reshape` takes sizes of at least 1, one of which may be -1, got [-1, -1]"
    ),
    ([1, 1, 1, 4], [4], "`reshape` takes one to three sizes, got [1, 1, 1, 4]"),
  ])
  func `sizes to reshape to`(sizes: [Int], input: [Int], message: String) {
    let found = refusal("reshape") { () throws(LayerError) in
      try Reshape(input: .values(input), sizes: sizes)
    }
    #expect(found?.message == message)
    #expect(
      found?.hint
        == (sizes.count == 4
          ? "write [D], [T, D] or [C, H, W]; the batch axis is not counted" : nil)
    )
  }
}
