// SPDX-License-Identifier: Apache-2.0

import Datasets
package import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

extension Trainer {
  /// Tokens that all examples together may have: each token costs a pass through the whole network.
  private static let mostTokens = 800
  /// Sequences that a beam goes on with.
  private static let beamWidth = 4
  /// Examples whose attentions are told, and tokens of each.
  private static let (mappedExamples, mappedTokens) = (4, 40)

  /// What the network writes for up to `limit` examples of the test part, else of the validation part, and what its
  /// attentions look at in the first of them.
  ///
  /// Nil where no sequence is written. The network that sees what it is to write is told of without an example. The
  /// sequences are the same for any `threads`.
  package func writings(
    _ limit: Int,
    threads: Int
  ) -> (sequences: WrittenSequences, maps: [AttentionMap])? {
    let tape = Tape(threadCount: threads)
    let losses = specification.losses
    guard let loss = losses.firstIndex(where: { $0.isOfFirstTarget(data.description) }),
      let writer = SequenceWriter(model, data, loss: loss, tape: tape),
      let part = [DataPart.test, .validation].first(where: { data.count($0) > 0 })
    else { return nil }
    let states = model.states
    defer { model.states = states }
    let most = max(1, Self.mostTokens / max(1, writer.writing.steps))
    let ids = Array(data.ids(part).prefix(min(limit, most)))
    var sequences = WrittenSequences(
      part: part == .test ? "test" : "val",
      beamWidth: Self.beamWidth,
      isCausal: ids.allSatisfy { writer.isCausal(part, $0) },
      examples: []
    )
    guard sequences.isCausal else { return (sequences, []) }
    let texts = TokenTexts(data.description, model, writer.writing)
    let loader = BatchLoader(data: data)
    tape.reset(training: false)
    loader.read(part, ids[...], into: model, on: tape)
    let wanted = loader.targets(.target(0), part, ids[...], of: model, on: tape)
      .sequences(of: ids.count, upTo: writer.writing.end)
    let greedy = writer.greedy(part, ids[...])
    var maps: [AttentionMap] = []
    for (place, id) in ids.enumerated() {
      tape.reset(training: false)
      loader.read(part, [id][...], into: model, on: tape)
      let read = texts.sources()
      let source = read.sorted { $0.key < $1.key }.first { $0.key != writer.writing.input }
      sequences.examples.append(
        WrittenSequences.Example(
          source: texts.withoutEnd(source?.value ?? [], of: source?.key ?? 0),
          wanted: wanted[place].map(texts.written),
          greedy: greedy[place].map(texts.written),
          beam: writer.beam(part, id, width: Self.beamWidth).map(texts.written)
        )
      )
      guard place < Self.mappedExamples else { continue }
      let entries = writer.attentions(part, id, written: greedy[place])
      maps += texts.maps(
        entries,
        example: place,
        read: read,
        written: greedy[place],
        most: Self.mappedTokens
      )
    }
    return (sequences, maps)
  }
}

/// The tokens of a network's inputs and of what it writes, as text.
private struct TokenTexts {
  private let description: DatasetDescription
  private let model: Network
  private let writing: Writing

  init(_ description: DatasetDescription, _ model: Network, _ writing: Writing) {
    self.description = description
    self.model = model
    self.writing = writing
  }

  /// A token of the target.
  func written(_ token: Int32) -> String { Self.text(token, description.classNames) }

  private static func text(_ token: Int32, _ names: [String]) -> String {
    names.indices.contains(Int(token)) ? names[Int(token)] : "\(token)"
  }

  /// The real tokens of each input of tokens of the one example that was read last, by the input's place.
  func sources() -> [Int: [String]] {
    var sources: [Int: [String]] = [:]
    for index in model.inputs.indices where model.reads(input: index) {
      guard case .tokens(let indices) = model.signal(ofInput: index) else { continue }
      let tokens = indices.array
      let length = model.lengths(of: model.reference(toInput: index))?.values.array.first
      sources[index] = tokens.prefix(length.map(Int.init) ?? tokens.count).map {
        Self.text($0, description.inputs[index].vocabulary)
      }
    }
    return sources
  }

  /// Without the mark behind the last token, if there is one.
  func withoutEnd(_ tokens: [String], of input: Int) -> [String] {
    let end = Self.text(writing.end, description.inputs[input].vocabulary)
    return tokens.last == end ? tokens.dropLast() : tokens
  }

  // MARK: - Attentions

  func maps(
    _ entries: [AttentionRecord.Entry],
    example: Int,
    read: [Int: [String]],
    written: [Int32],
    most: Int
  ) -> [AttentionMap] {
    let tokens = written.map(self.written)
    let begin = Self.text(writing.begin, description.inputs[writing.input].vocabulary)
    // What is written at a step is looked for by what was written before it.
    let queries = (tokens + [self.written(writing.end)]).prefix(writing.steps)
    let before = ([begin] + tokens).prefix(writing.steps)
    func texts(of name: String, steps: Int, asQueries: Bool) -> [String]? {
      guard let input = origin(of: name) else { return nil }
      // Layers that shorten a sequence leave steps that are no tokens.
      guard description.inputs[input].steps == steps else { return (1...steps).map(String.init) }
      guard input == writing.input else { return read[input] }
      return Array(asQueries ? queries : before)
    }
    return entries.enumerated().compactMap { index, entry in
      let memory = entry.memory ?? entry.block
      let shape = entry.attention.shape
      guard let rows = texts(of: entry.block, steps: shape[2], asQueries: true),
        let columns = texts(of: memory, steps: shape[3], asQueries: false)
      else { return nil }
      let twins = entries.prefix(index).count { $0.block == entry.block }
      return AttentionMap(
        example: example,
        layer: entry.block + (twins > 0 ? " (\(twins + 1))" : ""),
        memory: memory,
        heads: shape[1],
        rows: Array(rows.prefix(min(most, shape[2]))),
        columns: Array(columns.prefix(min(most, shape[3]))),
        weights: Self.weights(
          entry.attention,
          rows: min(rows.count, most, shape[2]),
          columns: min(columns.count, most, shape[3])
        )
      )
    }
  }

  /// The input whose steps a block's sequence has: that of the first sequence it reads.
  private func origin(of name: String) -> Int? {
    if let input = model.inputs.firstIndex(where: { $0.name == name }) { return input }
    guard let block = model.blocks.first(where: { $0.name == name }) else { return nil }
    let sequence = block.sources.first { source in
      source.shape.sizes.map { $0.count == 2 } ?? true
    }
    return sequence.flatMap { origin(of: $0.name) }
  }

  /// The means over the heads of the only example, in thousandths.
  private static func weights(
    _ attention: CapturedAttention,
    rows: Int,
    columns: Int
  ) -> [[Int]] {
    let (heads, queries, keys) = (attention.shape[1], attention.shape[2], attention.shape[3])
    return (0..<rows).map { row in
      (0..<columns).map { column in
        let sum = (0..<heads).reduce(0.0) { sum, head in
          sum + Double(attention.weights[(head * queries + row) * keys + column])
        }
        let mean = sum / Double(heads)
        return mean.isFinite ? Int((1000 * mean).rounded()) : 0
      }
    }
  }
}
