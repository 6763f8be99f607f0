// SPDX-License-Identifier: Apache-2.0

/// A kind of value that is captured when a run ends, because a report must not need the data again.
///
/// A kind is declared beside its type of value, as `CaptureKind<SampledText>.sampledText` is. One
/// that reports read of all runs stands in `Captures.ofEveryRun`, too.
public struct CaptureKind<Value: Codable & Sendable>: AnyCaptureKind {
  /// What the database calls the kind; it never changes.
  public let word: String

  /// The kind of that word.
  public init(_ word: String) { self.word = word }
}

/// A kind of captured value, whatever the value's type is.
public protocol AnyCaptureKind: Sendable {
  /// The type of its values.
  associatedtype Value: Codable & Sendable
  /// What the database calls the kind.
  var word: String { get }
}

/// What some runs left when they ended, by kind and run id.
public struct Captures: Sendable {
  /// A dictionary of values by run id for each kind's word: one cast gives all of a kind.
  private var kinds: [String: any Sendable] = [:]

  /// No values.
  public init() {}

  /// The kinds whose values a sweep's snapshot holds of all its runs. Others are read for the run
  /// whose pictures are shown: they are large.
  public static let ofEveryRun: [any AnyCaptureKind] = [
    CaptureKind.predictions, CaptureKind.classNames, CaptureKind.sampledText, CaptureKind.columns,
    CaptureKind.facts, CaptureKind.network, CaptureKind.written,
  ]

  /// The values of a kind by run id.
  public subscript<Value>(kind: CaptureKind<Value>) -> [String: Value] {
    get { kinds[kind.word] as? [String: Value] ?? [:] }
    set { kinds[kind.word] = newValue }
  }

  /// What a run left of a kind; nil if it left nothing, or that was not read.
  public subscript<Value>(kind: CaptureKind<Value>, run: String) -> Value? {
    get { self[kind][run] }
    set {
      var values = self[kind]
      // Taken out while it changes, so that it is not copied.
      kinds[kind.word] = nil
      values[run] = newValue
      kinds[kind.word] = values
    }
  }
}
