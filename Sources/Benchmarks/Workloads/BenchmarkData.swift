// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import Experiments
import Tensors
import Training
import Vocabulary

/// The data that workloads train on.
enum BenchmarkData: Hashable, Sendable {
  /// Fashion-MNIST's 60,000 images [1, 28, 28], or random ones.
  case fashion
  /// 256 random images [3, 224, 224].
  case largeImages
  /// 2,048 random images [3, 32, 32].
  case smallImages
  /// 10,000 windows of so many characters, one starting at each, of The Time Machine or of random letters.
  case windows(steps: Int)
  /// 2,048 random sequences [100, 32].
  case sequences
  /// 2,048 random pairs of sentences of 3 to 10 tokens below 200.
  case pairs
  /// 1,024 points of the plane; the target is sin(3xy).
  case plane

  /// Letters, space and `<unk>`.
  static let vocabularySize = 28
  /// Tokens of a sentence at most, and how many different ones there are.
  static let sentence = (steps: 10, vocabulary: 200)
  private static let windowCount = 10_000
}

/// Data, and what they are: `fashion-mnist`, `time-machine`, `random` or `synthetic`.
struct LoadedData {
  var prepared: PreparedData
  var source: String
}

extension BenchmarkData {
  /// The data; sets that the library's folders do not have are replaced by random numbers.
  func load(_ library: DatasetLibrary) throws -> LoadedData {
    switch self {
    case .fashion:
      guard Self.has("fashion_mnist", library) else { return Self.randomFashion() }
      let request = DatasetRequest("fashion_mnist")
      return LoadedData(prepared: try library.prepare(request), source: "fashion-mnist")
    case .windows(let steps):
      let isFound = Self.has("time_machine", library)
      let count = Self.windowCount + steps + 1
      return LoadedData(
        prepared: Self.windows(
          isFound ? try Self.text(library, count) : Self.randomText(count),
          steps: steps
        ),
        source: isFound ? "time-machine" : "random"
      )
    case .largeImages: return Self.random("large_images", [3, 224, 224], count: 256)
    case .smallImages: return Self.random("small_images", [3, 32, 32], count: 2048)
    case .sequences: return Self.random("sequences", [100, 32], count: 2048, isNormal: true)
    case .pairs: return Self.pairs()
    case .plane: return Self.plane()
    }
  }

  private static func has(_ name: String, _ library: DatasetLibrary) -> Bool {
    DatasetLibrary.catalogue.first { $0.name == name }.flatMap { library.folder(of: $0) } != nil
  }

  private static func stream(_ name: String) -> RandomStream {
    RandomStream(seed: 0, purpose: .data, path: "benchmark.\(name)")
  }

  private static func classes(_ count: Int) -> [Int32] {
    var stream = stream("classes")
    return (0..<count).map { _ in Int32(stream.next(below: 10)) }
  }
}

// MARK: - Random values

extension BenchmarkData {
  private static func randomFashion() -> LoadedData {
    let (count, shape) = (60_000, [1, 28, 28])
    let stream = stream("fashion")
    var pixels = [UInt8](repeating: 0, count: count * 784)
    for start in stride(from: 0, to: pixels.count, by: 16) {
      let words = stream.block(UInt64(start / 16))
      for lane in 0..<16 {
        pixels[start + lane] = UInt8(truncatingIfNeeded: words[lane / 4] >> UInt32(8 * (lane % 4)))
      }
    }
    let data = PreparedData(
      name: "random",
      count: count,
      input: .values(shape),
      .bytes(pixels),
      target: .classes(10),
      .integers(classes(count))
    )
    return LoadedData(prepared: data, source: "random")
  }

  /// Ten classes of numbers that have nothing to do with them: uniform in [0, 1), or standard normal.
  private static func random(
    _ name: String,
    _ shape: [Int],
    count: Int,
    isNormal: Bool = false
  ) -> LoadedData {
    var values = [Float](repeating: 0, count: shape.reduce(count, *))
    if isNormal {
      stream(name).fillNormal(&values, standardDeviation: 1)
    } else {
      stream(name).fillUniform(&values, low: 0, high: 1)
    }
    let data = PreparedData(
      name: name,
      count: count,
      input: .values(shape),
      .reals(values),
      target: .classes(10),
      .integers(classes(count))
    )
    return LoadedData(prepared: data, source: "random")
  }

  private static func pairs() -> LoadedData {
    let (count, (steps, vocabulary)) = (2048, sentence)
    var stream = stream("pairs")
    func tokens() -> ExampleValues {
      .integers((0..<count * steps).map { _ in Int32(stream.next(below: vocabulary)) })
    }
    func lengths() -> [Int32] { (0..<count).map { _ in Int32(3 + stream.next(below: steps - 2)) } }
    let input = SignalShape.tokens(vocabulary: vocabulary, steps: steps)
    let target = TargetShape.sequence(classes: vocabulary, steps: steps)
    let written = lengths()
    let data = PreparedData(
      name: "pairs",
      count: count,
      inputs: [
        InputValues(InputDescription(name: "source", input), tokens(), lengths: lengths()),
        InputValues(InputDescription(name: "previous", input), tokens(), lengths: written),
      ],
      targets: [TargetValues(TargetDescription(target), tokens(), lengths: written)]
    )
    return LoadedData(prepared: data, source: "random")
  }

  private static func plane() -> LoadedData {
    let count = 1024
    var points = [Float](repeating: 0, count: 2 * count)
    stream("plane").fillUniform(&points, low: -1, high: 1)
    let targets = (0..<count).map { index in
      Float(Elementary.sin(Double(3 * points[2 * index] * points[2 * index + 1])))
    }
    let data = PreparedData(
      name: "plane",
      count: count,
      input: .values([2]),
      .reals(points),
      target: .values([1]),
      .reals(targets)
    )
    return LoadedData(prepared: data, source: "synthetic")
  }
}

// MARK: - Text

extension BenchmarkData {
  /// A window from each of the first tokens, its targets one token on.
  private static func windows(_ tokens: [Int32], steps: Int) -> PreparedData {
    func windows(from first: Int) -> [Int32] {
      (0..<windowCount).flatMap { tokens[($0 + first)..<($0 + first + steps)] }
    }
    return PreparedData(
      name: "windows",
      count: windowCount,
      input: .tokens(vocabulary: vocabularySize, steps: steps),
      .integers(windows(from: 0)),
      target: .steps(classes: vocabularySize),
      .integers(windows(from: 1))
    )
  }

  /// The book's first tokens, read as one long window.
  private static func text(_ library: DatasetLibrary, _ count: Int) throws -> [Int32] {
    let component = Component.complete(
      .datasets,
      "time_machine",
      ["steps": .integer(count), "max_tokens": .integer(4 * count)]
    )
    let data = try library.prepare(
      DatasetRequest(DataSpecification(dataset: component), runSeed: 0)
    )
    var tokens = [Int32](repeating: 0, count: count)
    unsafe [Int32(0)].withUnsafeBufferPointer { ids in
      unsafe tokens.withUnsafeMutableBufferPointer { memory in
        guard let base = memory.baseAddress else { return }
        unsafe data.gatherTokens(.train, ids: ids, into: base)
      }
    }
    return tokens
  }

  private static func randomText(_ count: Int) -> [Int32] {
    var stream = stream("text")
    return (0..<count).map { _ in Int32(stream.next(below: vocabularySize)) }
  }
}
