// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Tensors
import Testing
import Vocabulary

@Suite struct GeneratorTests {
  static let requests = [
    Requests.glyphs(), Requests.spirals(), Requests.sine(), Requests.grammar(),
    Requests.noiseImages, Requests.drawn("moons", ["noise": .real(0.1)]),
    Requests.drawn("xor", ["noise": .real(0.1)]), Requests.linear(), Requests.polynomial(),
    Requests.highDimensional(), Requests.copy(), Requests.adding(),
    Requests.reversal(),
  ]

  /// Digest of everything a part gathers, bit by bit.
  private func digest(_ data: PreparedData, _ part: DataPart) -> String {
    let floats = (data.inputs(part) + data.values(part)).map(\.bitPattern)
    var integers = data.tokens(part)
    if case .values = data.description.target {} else { integers += data.classes(part) }
    for input in data.description.inputs.indices.dropFirst() {
      integers += data.tokens(part, input: input) + data.lengths(part, input: input)
    }
    let words = floats + integers.map { UInt32(bitPattern: $0) }
    return SHA256.hexadecimal(
      of: words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    )
  }

  /// The bits are a contract: whoever changes them raises the generator's version, and then this table.
  @Test(
    arguments: zip(
      requests,
      [
        "a04bb96eb99226e7", "f40e4c397e1d06b2", "7d135eec2a1976e3", "2462b5c96adf8090",
        "f7f61c8134232b68", "9cf03aabb16da733", "7d66bdf1296871cf", "a94f755a209f72fc",
        "fedc5a943d14b7ea", "2f4af355af548615", "990e68999e9adde7", "357141c15d5bf79f",
        "993ce34bed69c2aa",
      ]
    )
  )
  func `yields the bits of its version`(request: DatasetRequest, expected: String) throws {
    let data = try builtIn.prepare(request)
    #expect(digest(data, .train).prefix(16) == expected, "\(request.name)")
  }

  @Test(arguments: requests)
  func `example i does not depend on how many are drawn`(request: DatasetRequest) throws {
    var larger = request
    larger.arguments["train"] = .integer(77)
    larger.arguments["test"] = .integer(0)
    let (few, many) = (try builtIn.prepare(request), try builtIn.prepare(larger))
    let ids = few.ids(.train)
    #expect(few.inputs(.train) == many.inputs(.train, ids))
    #expect(few.tokens(.train) == many.tokens(.train, ids))
    #expect(many.count(.test) == 0)
  }

  @Test(arguments: requests)
  func `train and test differ, and so do seeds`(request: DatasetRequest) throws {
    var other = request
    other.seed = 1
    let (first, second) = (try builtIn.prepare(request), try builtIn.prepare(other))
    let ids: [Int32] = [0, 1, 2, 3]
    if case .tokens = first.description.input {
      #expect(first.tokens(.train, ids) != first.tokens(.test, ids))
      #expect(first.tokens(.train, ids) != second.tokens(.train, ids))
    } else {
      #expect(first.inputs(.train, ids) != first.inputs(.test, ids))
      #expect(first.inputs(.train, ids) != second.inputs(.train, ids))
    }
    #expect(first.description.contentSHA256 != second.description.contentSHA256)
  }

  @Test(arguments: requests)
  func `is described without being drawn`(request: DatasetRequest) throws {
    var huge = request
    huge.arguments["train"] = .integer(100_000_000)
    let description = try builtIn.describe(huge, DataOptions(validation: .fraction(0.25)))
    #expect(description.trainCount == 75_000_000)
    #expect(description.validationCount == 25_000_000)
    #expect(try builtIn.describe(request) == builtIn.prepare(request).description)
  }

  @Test func `spirals without noise lie within the unit disk and end at radius 1`() throws {
    let data = try builtIn.prepare(Requests.spirals(train: 600, noise: 0))
    let values = data.inputs(.train)
    let radii = (0..<600).map { index in
      let (x, y) = (Double(values[2 * index]), Double(values[2 * index + 1]))
      return (x * x + y * y).squareRoot()
    }
    #expect(radii.allSatisfy { (0.0499...1.0001).contains($0) })
    #expect((radii.max() ?? 0) > 0.98)
    #expect(data.classes(.train, [0, 1, 2, 3]) == [0, 1, 2, 0])
  }

  @Test func `a sine without noise obeys its own recurrence up to the target`() throws {
    let data = try builtIn.prepare(Requests.sine(steps: 8, noise: 0))
    let (windows, targets) = (data.inputs(.train), data.values(.train))
    for example in 0..<30 {
      let x = windows[(8 * example)..<(8 * example + 8)] + [targets[example]]
      // sin(a + 2s) = 2 cos(s) sin(a + s) - sin(a): the factor is the same at each step.
      let values = x.map { Double($0) }
      let largest = (1...7).max { abs(values[$0]) < abs(values[$1]) } ?? 1
      let factor = (values[largest - 1] + values[largest + 1]) / values[largest]
      for step in 1...7 {
        let expected = factor * values[step] - values[step - 1]
        #expect(abs(values[step + 1] - expected) < 1e-5, "example \(example), step \(step)")
      }
    }
  }

  @Test func `the grammar's verbs agree with their subjects`() throws {
    let data = try builtIn.prepare(Requests.grammar(steps: 400))
    let names = data.description.vocabulary
    let nouns = Set(["cat", "dog", "bird", "queen", "robot"])
    let verbs = Set(["see", "like", "follow", "hear"])
    var checked = 0
    for example in 0..<30 {
      let text = data.tokens(.train, [Int32(example)]).map { names[Int($0)] }.joined()
      for sentence in text.split(separator: ".").dropFirst().dropLast() {
        let words = sentence.split(separator: " ").map { String($0) }
        let subject = try #require(
          words.first { nouns.contains($0) || nouns.contains(String($0.dropLast())) }
        )
        let verb = try #require(
          words.first { verbs.contains($0) || verbs.contains(String($0.dropLast())) }
        )
        #expect(nouns.contains(subject) == verb.hasSuffix("s"), "\(sentence)")
        checked += 1
      }
    }
    #expect(checked > 100)
  }

  @Test func `the grammar's targets are the next characters`() throws {
    let data = try builtIn.prepare(Requests.grammar(steps: 40))
    let (tokens, targets) = (data.tokens(.train), data.classes(.train))
    for example in 0..<30 {
      let row = (40 * example)..<(40 * example + 39)
      #expect(tokens[(row.lowerBound + 1)...row.upperBound] == targets[row])
    }
    #expect(
      data.description.input
        == .tokens(vocabulary: data.description.vocabulary.count, steps: 40)
    )
  }

  @Test func `noise images have the asked shape and a pattern per class`() throws {
    let data = try builtIn.prepare(Requests.noiseImages)
    #expect(data.description.input == .values([3, 12, 20]))
    let size = 3 * 12 * 20
    let values = data.inputs(.train)
    func distance(_ a: Int, _ b: Int) -> Float {
      (0..<size).reduce(0) { $0 + abs(values[size * a + $1] - values[size * b + $1]) }
    }
    // Examples 0 and 4 are of one class, 0 and 1 of two.
    #expect(distance(0, 4) < 0.9 * distance(0, 1))
  }
}
