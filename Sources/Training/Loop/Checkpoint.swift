// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelFiles
import NeuralNetworks
import Tensors

/// A checkpoint that cannot be used.
package struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence.
  package var description: String
}

/// Where a training stands beside its tensors; numbers in Double travel as bit patterns, so nothing is rounded.
private struct Position: Codable {
  var version = 1
  var step: Int
  var epoch: Int
  var batch: Int
  var sums: ExactSums
  var logged: ExactSums
  /// Of the losses behind the first; nil if there are none.
  var otherSums: [ExactSums]?
  var otherLogged: [ExactSums]?
  var epochSeconds: Double
  var elapsedSeconds: Double
  var optimizerNumbers: [UInt64]
  var optimizerTensors: Int
  var states: [Int?]
  /// Nil without early stopping, as in checkpoints from before there was any.
  var stopping: StoppingPosition?
}

/// What early stopping has seen, but the best weights.
private struct StoppingPosition: Codable {
  var bestBits: UInt64?
  var bestEpoch: Int
  var waited: Int

  init(_ watch: StoppingWatch) {
    bestBits = watch.best?.bitPattern
    bestEpoch = watch.bestEpoch
    waited = watch.waited
  }
}

private struct ExactSums: Codable {
  var lossBits: UInt64
  /// Rounded; what it was before there were weights.
  var count: Int
  var correct: Int
  var rows: Int
  var examples: Int
  /// Absent in checkpoints from before there were weights and measures.
  var weightBits: UInt64?
  var measureBits: [UInt64]?

  init(_ sums: MetricSums) {
    lossBits = sums.loss.bitPattern
    count = Int(sums.weight.isFinite ? sums.weight.rounded() : 0)
    correct = sums.correct
    rows = sums.rows
    examples = sums.examples
    weightBits = sums.weight.bitPattern
    measureBits = sums.measures.isEmpty ? nil : sums.measures.map(\.bitPattern)
  }

  /// Puts the sums back; measures that the checkpoint lacks begin anew.
  func restore(_ sums: inout MetricSums) {
    sums.clear()
    sums.loss = Double(bitPattern: lossBits)
    sums.weight = weightBits.map { Double(bitPattern: $0) } ?? Double(count)
    sums.correct = correct
    sums.rows = rows
    sums.examples = examples
    guard let measureBits, measureBits.count == sums.measures.count else { return }
    sums.measures = measureBits.map { Double(bitPattern: $0) }
  }
}

extension Trainer {
  private static let key = "runexp.checkpoint"
  private static let bestPrefix = "best."

  /// Everything the next step needs, as a safetensors file; valid between steps.
  package func checkpoint() throws -> [UInt8] {
    let state = program.state
    let states = model.states
    let logged = sums.logged.isEmpty ? program.empty : sums.logged
    let position = Position(
      step: step,
      epoch: epoch,
      batch: batch,
      sums: ExactSums(sums.epoch[0]),
      logged: ExactSums(logged[0]),
      otherSums: sums.epoch.count > 1 ? sums.epoch.dropFirst().map { ExactSums($0) } : nil,
      otherLogged: logged.count > 1 ? logged.dropFirst().map { ExactSums($0) } : nil,
      epochSeconds: epochSeconds,
      elapsedSeconds: elapsedSeconds,
      optimizerNumbers: state.numbers.map(\.bitPattern),
      optimizerTensors: state.tensors.count,
      states: states.map { $0?.hidden.count },
      stopping: stopping.map { StoppingPosition($0) }
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(position), as: UTF8.self)
    var file = model.weights
    for (name, values) in state.tensors {
      file.entries.append(
        SafeTensors.Entry(name: "optimizer.\(name)", shape: [values.count], values: values)
      )
    }
    for (index, state) in states.enumerated() {
      guard let state else { continue }
      file.entries.append(Self.entry("state.\(index).hidden", state.hidden))
      file.entries.append(Self.entry("state.\(index).cell", state.cell))
    }
    for entry in stopping?.bestWeights?.entries ?? [] {
      var named = entry
      named.name = Self.bestPrefix + entry.name
      file.entries.append(named)
    }
    file.metadata[Self.key] = text
    return try file.encoded()
  }

  private static func entry(_ name: String, _ values: [Float]) -> SafeTensors.Entry {
    SafeTensors.Entry(name: name, shape: [values.count], values: values)
  }

  /// Takes over the state of a checkpoint of the same specification and seed.
  package func restore(_ bytes: [UInt8]) throws {
    let file = try SafeTensors(decoding: bytes)
    guard let text = file.metadata[Self.key] else {
      throw CheckpointError(description: "this file is no checkpoint of a training")
    }
    let position = try JSONDecoder().decode(Position.self, from: Data(text.utf8))
    guard position.version == 1 else {
      throw CheckpointError(description: "checkpoint version \(position.version) is not known")
    }
    let count = model.tensors.count
    try model.load(SafeTensors(Array(file.entries.prefix(count))))
    let tensors = file.entries.dropFirst(count).prefix(position.optimizerTensors)
    program.state = OptimizerState(
      tensors: tensors.map { ($0.name, $0.values) },
      numbers: position.optimizerNumbers.map { Double(bitPattern: $0) }
    )
    model.states = position.states.indices.map { index in
      guard position.states[index] != nil else { return nil }
      return RecurrentState(
        hidden: file["state.\(index).hidden"]?.values ?? [],
        cell: file["state.\(index).cell"]?.values ?? []
      )
    }
    restoreStopping(position.stopping, file)
    step = position.step
    epoch = position.epoch
    batch = position.batch
    Self.restore(&sums.epoch, [position.sums] + (position.otherSums ?? []))
    Self.restore(&sums.logged, [position.logged] + (position.otherLogged ?? []))
    epochSeconds = position.epochSeconds
    elapsedSeconds = position.elapsedSeconds
  }

  private static func restore(_ sums: inout [MetricSums], _ exact: [ExactSums]) {
    for (index, stored) in exact.enumerated() where index < sums.count {
      stored.restore(&sums[index])
    }
  }

  private func restoreStopping(_ position: StoppingPosition?, _ file: SafeTensors) {
    guard let position else { return }
    stopping?.best = position.bestBits.map { Double(bitPattern: $0) }
    stopping?.bestEpoch = position.bestEpoch
    stopping?.waited = position.waited
    let best = file.entries.compactMap { entry -> SafeTensors.Entry? in
      guard entry.name.hasPrefix(Self.bestPrefix) else { return nil }
      var own = entry
      own.name = String(entry.name.dropFirst(Self.bestPrefix.count))
      return own
    }
    stopping?.bestWeights = best.isEmpty ? nil : SafeTensors(best)
  }
}
