// SPDX-License-Identifier: Apache-2.0

import Datasets
import Testing

@Suite struct ForeignInputsTests {
  @Test func `bytes of grey images may leave out the channel`() throws {
    let data = try builtIn.prepare(Requests.glyphs(train: 20, test: 3))
    let bytes = data.inputs(.test).map { UInt8(($0 * 255).rounded()) }
    for shape in [[3, 28, 28], [3, 1, 28, 28]] {
      let foreign = try data.inputs(from: NpyArray(shape: shape, .bytes(bytes)), path: "x.npy")
      #expect(foreign.count == 3)
      let isSame = foreign.values == data.inputs(.test)
      #expect(isSame)
    }
  }

  @Test func `are standardised like the data`() throws {
    let options = DataOptions(standardization: .inputs)
    let data = try builtIn.prepare(Requests.spirals(), options)
    let raw = try builtIn.prepare(Requests.spirals()).inputs(.test)
    let foreign = try data.inputs(from: NpyArray(shape: [20, 2], .float32(raw)), path: "x.npy")
    #expect(foreign.values == data.inputs(.test))
    #expect(foreign.values != raw)
  }

  @Test func `tokens may be longer than the windows`() throws {
    let data = try builtIn.prepare(Requests.grammar(steps: 4))
    let array = NpyArray(shape: [1, 6], .integers([0, 1, 2, 3, 4, 5]))
    let foreign = try data.inputs(from: array, path: "x.npy")
    #expect(foreign.tokens == [0, 1, 2, 3, 4, 5])
    #expect(foreign.steps == 6)
  }

  @Test func `what does not fit is refused`() throws {
    let spirals = try builtIn.prepare(Requests.spirals())
    let wide = NpyArray(shape: [1, 3], .float32([1, 2, 3]))
    #expect(
      sentence { _ = try spirals.inputs(from: wide, path: "x.npy") }
        == "error: `x.npy`: expected inputs of shape [N, 2], got [1, 3]"
    )
    let grammar = try builtIn.prepare(Requests.grammar())
    let size = grammar.description.vocabulary.count
    let large = NpyArray(shape: [1, 2], .integers([0, size]))
    #expect(
      sentence { _ = try grammar.inputs(from: large, path: "x.npy") }
        == "error: `x.npy`: expected tokens of 0 … \(size - 1), got \(size) at element 1"
    )
    #expect(
      sentence { _ = try grammar.inputs(from: wide, path: "x.npy") }
        == "error: `x.npy`: expected integer inputs (tokens) of shape [N, T], got [1, 3]"
    )
  }
}
