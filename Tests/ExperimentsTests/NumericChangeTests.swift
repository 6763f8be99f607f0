// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Experiments
@testable import Vocabulary

/// Which runs the mended gradient of strided convolutions changes.
@Suite struct NumericChangeTests {
  private func layer(_ name: String, _ arguments: [String: ArgumentValue] = [:]) -> Component {
    Component(name, arguments)
  }

  private func conv(
    _ kernel: Int,
    stride: Int = 1,
    padding: Int = 0,
    frozen: Bool? = nil,
    activation: String = "relu"
  ) -> Component {
    var arguments: [String: ArgumentValue] = [
      "channels": .integer(8), "kernel_size": .integer(kernel), "stride": .integer(stride),
      "padding": .integer(padding), "activation": .component(Component(activation)),
    ]
    arguments["frozen"] = frozen.map { .boolean($0) }
    return Component("conv2d", arguments)
  }

  private func specification(
    _ model: [Component],
    _ dataset: Component = Component("glyphs")
  ) -> RunSpecification {
    RunSpecification(
      data: DataSpecification(dataset: dataset),
      model: ModelSpecification(
        model + [layer("flatten"), layer("dense", ["units": .integer(10)])]
      ),
      loss: Component("cross_entropy"),
      optimizer: Component("sgd"),
      train: TrainSpecification(epochs: 1, batchSize: 8)
    )
  }

  private func version(_ model: [Component], rows: Int = 28) -> Int {
    specification(model).numericVersion(inputShape: [1, rows, 28])
  }

  private func pool(_ kernel: Int) -> Component {
    layer("max_pool2d", ["kernel_size": .integer(kernel)])
  }

  @Test func `a strided convolution with a row below its last window is affected`() {
    #expect(version([conv(3, padding: 1), conv(3, stride: 2)]) == 4)
    #expect(version([conv(3, padding: 1), conv(7, stride: 3, padding: 1)]) == 4)
    #expect(version([conv(3, padding: 1), conv(5, stride: 4)], rows: 27) == 4)
  }

  @Test
  func `an attention layer with a training of its own is affected, inside another layer, too`() {
    func attention(_ arguments: [String: ArgumentValue]) -> Component {
      Component("attention", arguments)
    }
    func inside(_ layer: Component) -> Component {
      Component("residual", ["body": .components([layer])])
    }
    for own: [String: ArgumentValue] in [
      ["frozen": .boolean(true)], ["learning_rate": .real(0)], ["weight_decay": .real(0.1)],
    ] {
      #expect(version([attention(own)]) == 6 && version([inside(attention(own))]) == 6)
      var blocks = specification([])
      blocks.model = ModelSpecification(blocks: [
        BlockSpecification(name: "net", layers: [attention(own)])
      ])
      #expect(blocks.numericVersion(inputShape: nil) == 6)
    }
    let plain: [String: ArgumentValue] = ["frozen": .boolean(false), "learning_rate": .none]
    #expect(version([attention(plain), inside(attention([:]))]) == 3)
  }

  @Test func `a strided convolution whose windows reach the last row is not`() {
    #expect(version([conv(3, padding: 1), conv(3, stride: 2)], rows: 27) == 3)
    #expect(version([conv(3, padding: 1), conv(3, stride: 2, padding: 1)]) == 3)
    #expect(version([conv(3, padding: 1), conv(2, stride: 2)], rows: 27) == 3)
    #expect(version([conv(3, padding: 1), conv(2, stride: 3)], rows: 27) == 3)
    #expect(version([conv(3, padding: 1), conv(4, stride: 2)], rows: 27) == 3)
    #expect(version([conv(3), conv(3)]) == 3)
  }

  @Test func `only a layer before it that is trained asks for the gradient`() {
    #expect(version([conv(3, stride: 2)]) == 3)
    #expect(version([pool(2), conv(3, stride: 2)]) == 3)
    #expect(version([conv(3, padding: 1, frozen: true), conv(3, stride: 2)]) == 3)
    #expect(version([layer("batch_norm"), conv(3, stride: 2)]) == 4)
  }

  @Test func `rows that a pooling leaves out lie below the last window that counts`() {
    // 13 rows of results, of which the pooling takes 12: the windows of those end at row 25 of 27.
    let model = [conv(3, padding: 1), conv(3, stride: 2), pool(2)]
    #expect(version(model, rows: 27) == 4)
    #expect(
      version([conv(3, padding: 1), conv(3, stride: 2, activation: "elu"), pool(2)], rows: 27) == 3
    )
    #expect(
      version([conv(3, padding: 1), conv(3, stride: 2), layer("relu"), pool(2)], rows: 27) == 3
    )
  }

  @Test func `layers inside blocks count where they stand`() {
    let body: ArgumentValue = .components([conv(3, stride: 2), conv(3, stride: 2)])
    let block = layer("residual", ["body": body, "shortcut": .components([conv(1, stride: 2)])])
    // The body's second convolution has 13 rows; its first one asks for no gradient of the image itself.
    #expect(version([block]) == 3)
    #expect(version([conv(3, padding: 1), block]) == 4)
    let paths = ArgumentValue.named([("a", [conv(3, padding: 1)]), ("b", [conv(3, stride: 2)])])
    #expect(version([layer("branches", ["paths": paths])]) == 3)
    #expect(version([conv(3, padding: 1), layer("branches", ["paths": paths])]) == 4)
    let resized = layer("resize", ["size": .integer(27)])
    #expect(version([conv(3, padding: 1), resized, conv(3, stride: 2)]) == 3)
    let reshaped = layer("reshape", ["shape": .list([.integer(1), .integer(28), .integer(28)])])
    #expect(version([layer("dense", ["units": .integer(784)]), reshaped, conv(3, stride: 2)]) == 4)
  }

  @Test func `a size that a reshape leaves open is what is left`() {
    func reshape(_ sizes: [Int]) -> Component {
      layer("reshape", ["shape": .list(sizes.map { .integer($0) })])
    }
    let tall = layer(
      "conv2d",
      [
        "channels": .integer(4), "kernel_size": .list([.integer(3), .integer(2)]),
        "stride": .list([.integer(2), .integer(1)]),
      ]
    )
    let dense = layer("dense", ["units": .integer(18)])
    // 18 values as 2 channels of 3 columns have 3 rows, which one window of 3 takes all.
    #expect(version([layer("flatten"), dense, reshape([2, -1, 3]), tall]) == 3)
    #expect(version([layer("flatten"), dense, reshape([-1, 6, 3]), tall]) == 4)
    // Two channels of 28 × 28 as 2 × 56 × 14: the last window of 3 every 2 ends at row 55.
    let changed = [
      layer("conv2d", ["channels": .integer(2), "kernel_size": .integer(1)]),
      reshape([2, -1, 14]), conv(3, stride: 2),
    ]
    #expect(version(changed) == 4)
    let glyphs = specification(changed)
    #expect(NumericChange.stridedInputGradient.effect(on: glyphs, inputShape: nil) == .certain)
    let table = specification(
      [dense, reshape([2, -1, 3]), tall],
      Component("csv", ["train": .text("t.csv")])
    )
    #expect(NumericChange.stridedInputGradient.effect(on: table, inputShape: nil) == .possible)
    #expect(table.numericVersion(inputShape: [4]) == 3)
  }

  private func record(_ dataset: Component, version: Int = 3, attempts: Int = 1) -> RunRecord {
    RunRecord(
      id: "0123456789ab",
      experiment: "m",
      seed: 0,
      state: .completed,
      attempts: attempts,
      epochs: attempts,
      numericVersion: version,
      specification: specification([conv(3, padding: 1), conv(3, stride: 2)], dataset)
    )
  }

  @Test func `a stored run of before is in doubt, from its specification alone`() {
    let certain = record(Component("glyphs"))
    #expect(certain.doubt?.mark == "wrong gradient")
    #expect(
      certain.doubt?.sentence
        == "its weights are wrong: before numeric version 4, the input gradient of a strided convolution held values of unwritten memory"
    )
    let possible = record(Component("npy"))
    #expect(possible.doubt?.mark == "may be wrong")
    #expect(
      possible.doubt?.sentence
        == "its weights may be wrong: before numeric version 4, the input gradient of a strided convolution held values of unwritten memory where rows of the image lie below the last window"
    )
    #expect(record(Component("images", ["size": .integer(27)])).doubt == nil)
    #expect(record(Component("noise_images", ["height": .integer(32)])).doubt?.isCertain == true)
    var settled = possible
    settled.checkedNumericVersion = 5
    #expect(settled.doubt == nil)
    #expect(record(Component("glyphs"), version: 4).doubt == nil)
    #expect(record(Component("glyphs"), attempts: 0).doubt == nil)
    #expect(record(Component("glyphs"), version: RunRecord.importedVersion).doubt == nil)
    #expect(
      NumericDoubt.sentences(of: [certain, certain, possible]) == [
        "2 runs have wrong weights: before numeric version 4, the input gradient of a strided convolution held values of unwritten memory",
        "1 run may have wrong weights: before numeric version 4, the input gradient of a strided convolution held values of unwritten memory where rows of the image lie below the last window",
      ]
    )
  }
}
