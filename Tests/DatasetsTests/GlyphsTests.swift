// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors
import Testing

@Suite struct GlyphsTests {
  @Test func `are grey images of ten named classes in turn`() throws {
    let data = try builtIn.prepare(Requests.glyphs())
    #expect(data.description.input == .values([1, 28, 28]))
    #expect(data.description.target == .classes(10))
    #expect(data.description.classNames.count == 10)
    #expect(data.count(.train) == 60)
    #expect(data.count(.test) == 20)
    #expect(data.classes(.train) == (0..<60).map { $0 % 10 })
    let pixels = data.inputs(.train)
    #expect(pixels.allSatisfy { (0...1).contains($0) })
    // Every image has both ink and empty ground.
    for image in 0..<60 {
      let values = pixels[(784 * image)..<(784 * (image + 1))]
      let ink = values.count { $0 > 0.5 }
      #expect((20...400).contains(ink), "image \(image) has \(ink) bright pixels")
    }
  }
}
