// SPDX-License-Identifier: Apache-2.0

package import Datasets
import DeterministicMath
package import Experiments
package import ModelFiles
import NeuralNetworks
import Tensors
package import Vocabulary

/// Lets a finished network of tokens write on, one token at a time.
///
/// The whole text so far goes through the network each time, as many steps as there will be at the end: what stands
/// behind the last token yet does not reach it, for a network that reads from left to right.
package struct TextSampler {
  /// Tokens that are given at most.
  static let prefixLength = 16
  /// Tokens that are written.
  static let length = 60

  private let predictor: Predictor
  private let specification: RunSpecification
  private let data: PreparedData

  /// Nil if the data are no text, or the network reads it from both ends or in another number of steps only.
  package init?(_ specification: RunSpecification, data: PreparedData, weights: SafeTensors) {
    let description = data.description
    guard case .tokens = description.input, case .steps = description.target,
      !description.vocabulary.isEmpty,
      !specification.model.parts.contains(where: { $0.layers.contains(where: \.readsBackwards) }),
      let predictor = try? Predictor(specification, for: description, weights: weights, threads: 1)
    else { return nil }
    self.predictor = predictor
    self.specification = specification
    self.data = data
  }

  /// The sample of a run with this seed, which the drawn text depends on; nil as for `init`.
  package func sample(seed: Int) -> SampledText? {
    let prefix = self.prefix
    var stream = RandomStream(seed: seed, purpose: .sampling)
    guard !prefix.isEmpty,
      let likeliest = continuation(of: prefix, { Predictor.largest($0) }),
      let drawn = continuation(of: prefix, { Self.draw($0, &stream) })
    else { return nil }
    return SampledText(prefix: text(prefix), likeliest: text(likeliest), drawn: text(drawn))
  }

  /// The first tokens of the validation part, else of the training part.
  private var prefix: [Int32] {
    let part = data.count(.validation) > 0 ? DataPart.validation : .train
    guard case .tokens(_, let steps) = data.description.input,
      let first = data.ids(part).first
    else { return [] }
    var tokens = [Int32](repeating: 0, count: steps)
    unsafe tokens.withUnsafeMutableBufferPointer { memory in
      guard let base = memory.baseAddress else { return }
      unsafe withUnsafePointer(to: first) { id in
        unsafe data.gatherTokens(part, ids: UnsafeBufferPointer(start: id, count: 1), into: base)
      }
    }
    return Array(tokens.prefix(Self.prefixLength))
  }

  private func continuation(
    of prefix: [Int32],
    _ choose: (ArraySlice<Float>) -> Int
  ) -> [Int32]? {
    var tokens = prefix + [Int32](repeating: 0, count: Self.length)
    guard let model = try? predictor.model(steps: tokens.count) else { return nil }
    for place in prefix.count..<tokens.count {
      let outputs = predictor.outputs(of: model, for: .text(tokens), batchSize: 1)
      let size = outputs.shape[2]
      tokens[place] = Int32(choose(outputs.values[(place - 1) * size..<place * size]))
    }
    return Array(tokens[prefix.count...])
  }

  /// A token with the probability that the softmax of `logits` gives it.
  private static func draw(_ logits: ArraySlice<Float>, _ stream: inout RandomStream) -> Int {
    var left = Double(stream.next() >> 11) * 0x1p-53
    for (token, probability) in Predictor.softmax(logits).enumerated() {
      left -= probability
      if left < 0 { return token }
    }
    return Predictor.largest(logits)
  }

  /// Characters side by side, words with spaces between.
  private func text(_ tokens: [Int32]) -> String {
    let vocabulary = data.description.vocabulary
    let isOfCharacters = vocabulary.allSatisfy { $0.count == 1 || $0 == "<unk>" }
    return tokens.map { vocabulary[Int($0)] }.joined(separator: isOfCharacters ? "" : " ")
  }
}

extension Component {
  /// Whether the layer, or one inside it, reads sequences from their end, too.
  fileprivate var readsBackwards: Bool {
    arguments["bidirectional"]?.boolean == true || arguments.values.contains { $0.readsBackwards }
  }
}

extension ArgumentValue {
  fileprivate var readsBackwards: Bool {
    switch self {
    case .component(let component): component.readsBackwards
    case .components(let layers): layers.contains(where: \.readsBackwards)
    case .mapping(let values): values.values.contains(where: \.readsBackwards)
    case .list(let values): values.contains(where: \.readsBackwards)
    case .none, .boolean, .integer, .real, .text: false
    }
  }
}
