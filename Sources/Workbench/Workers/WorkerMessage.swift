// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a worker tells the sweep that started it: a line of JSON each, on its standard output.
///
/// Only for showing progress; what counts is in the store, and an epoch is told after its commit.
package enum WorkerMessage: Codable, Sendable {
  /// A run was claimed.
  case claimed(run: String, epochs: Int, resumedEpoch: Double)
  /// A look at the store found a run at work, which was claimed before; no worker tells it.
  case found(run: String, epochs: Int, epoch: Int)
  /// Generated data are drawn, unless they are cached, which takes seconds.
  case drawing(data: String, byteCount: Int)
  /// A step is done, told a few times a second.
  case step(run: String, epoch: Int, step: Int, steps: Int, loss: Double?, samplesPerSecond: Double)
  /// An epoch is done and stored.
  case epoch(run: String, epoch: Int, metrics: [String: Double])
  /// The run ended or was given back.
  case ended(run: String, state: String, reason: String?)

  /// The line, without a line feed.
  package var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// Reads a line; nil if it is none of ours.
  package init?(line: some StringProtocol) {
    let decoder = JSONDecoder()
    guard let message = try? decoder.decode(WorkerMessage.self, from: Data(line.utf8)) else {
      return nil
    }
    self = message
  }
}
