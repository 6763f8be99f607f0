// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

/// How the program ended and what it said.
struct Finished: Sendable {
  /// The exit code; 128 and the number for a signal.
  let status: Int32
  /// Standard output.
  let output: String
  /// Standard error.
  let talk: String

  /// The exit code is this.
  @discardableResult
  func expectExit(_ code: Int32, sourceLocation: SourceLocation = #_sourceLocation) -> Finished {
    #expect(status == code, "it said: \(talk)", sourceLocation: sourceLocation)
    return self
  }

  /// Standard output holds this.
  @discardableResult
  func expectOutput(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> Finished {
    #expect(output.contains(text), "it printed: \(output)", sourceLocation: sourceLocation)
    return self
  }

  /// Standard error holds this.
  @discardableResult
  func expectTalk(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> Finished {
    #expect(talk.contains(text), "it said: \(talk)", sourceLocation: sourceLocation)
    return self
  }

  /// Standard error does not hold this.
  @discardableResult
  func expectNoTalk(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> Finished {
    #expect(!talk.contains(text), "it said: \(talk)", sourceLocation: sourceLocation)
    return self
  }

  /// Standard error is exactly this, and a line feed.
  @discardableResult
  func expectWholeTalk(_ text: String, sourceLocation: SourceLocation = #_sourceLocation)
    -> Finished
  {
    #expect(talk == text + "\n", sourceLocation: sourceLocation)
    return self
  }
}

/// All that has to be the same of two trainings of one plan, by cell and seed.
struct Bits: Equatable, CustomStringConvertible {
  /// One run.
  struct Run: Equatable {
    var state: RunState
    var weights: String?
    /// Every stored point but timings, in a fixed order.
    var points: [MetricPoint]
  }

  /// By `cell/seed`.
  var runs: [String: Run]

  init(_ snapshot: SweepSnapshot) {
    runs = Dictionary(
      uniqueKeysWithValues: snapshot.runs.map { run in
        let curves = (snapshot.curves[run.id] ?? [:]).filter {
          $0.key != "train.samples_per_second"
        }
        let points = curves.sorted { $0.key < $1.key }.flatMap(\.value)
        return (
          "\(run.cell ?? -1)/\(run.seed)",
          Run(state: run.state, weights: run.weightsSHA256, points: points)
        )
      }
    )
  }

  /// The weights' digests.
  var weights: [String: String?] { runs.mapValues(\.weights) }

  var description: String {
    runs.sorted { $0.key < $1.key }.map { key, run in
      "\(key): \(run.state) \(run.weights?.prefix(8) ?? "–") \(run.points.count) points"
    }.joined(separator: "; ")
  }
}
