// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// An experiment is stored as JSON of a manifest's words: what was understood, defaults filled in. What has no key in a
/// manifest is beside them: the values of `parameters` are in their order, and `confirmation` says what is confirmed.
extension Experiment: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, title, tags, method, seed, metric, parameters, tune, report, checkpoint, confirmation
    case summary = "description"
    case runCap = "run_cap"
    case searchSeed = "search_seed"
    case repeats = "repeat"
    case expectations = "expect"
    case references = "reference"
  }

  private static let grid = "grid"
  private static let random = "random"

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let method: SearchMethod =
      try keys.decode(String.self, forKey: .method) == Self.random
      ? .random(
        runCap: try keys.decode(Int.self, forKey: .runCap),
        searchSeed: try keys.decode(Int.self, forKey: .searchSeed)
      ) : .grid
    self.init(
      name: try keys.decode(String.self, forKey: .name),
      title: try keys.decodeIfPresent(String.self, forKey: .title),
      summary: try keys.decodeIfPresent(String.self, forKey: .summary),
      tags: try keys.decode([String].self, forKey: .tags),
      method: method,
      seed: try keys.decode(Int.self, forKey: .seed),
      repeats: try keys.decode(Int.self, forKey: .repeats),
      metric: try keys.decode(MetricSelection.self, forKey: .metric),
      parameters: try keys.decode([DeclaredParameter].self, forKey: .parameters),
      tune: try keys.decode([String].self, forKey: .tune),
      report: try keys.decode(ReportOptions.self, forKey: .report),
      expectations: try keys.decode([Expectation].self, forKey: .expectations),
      references: try keys.decode([ReferenceValue].self, forKey: .references),
      checkpoint: try keys.decode(CheckpointPolicy.self, forKey: .checkpoint),
      confirmation: try keys.decodeIfPresent(Confirmation.self, forKey: .confirmation)
    )
  }

  /// Writes the keys of a manifest.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    try keys.encodeIfPresent(title, forKey: .title)
    try keys.encodeIfPresent(summary, forKey: .summary)
    try keys.encode(tags, forKey: .tags)
    switch method {
    case .grid: try keys.encode(Self.grid, forKey: .method)
    case .random(let runCap, let searchSeed):
      try keys.encode(Self.random, forKey: .method)
      try keys.encode(runCap, forKey: .runCap)
      try keys.encode(searchSeed, forKey: .searchSeed)
    }
    try keys.encode(seed, forKey: .seed)
    try keys.encode(repeats, forKey: .repeats)
    try keys.encode(metric, forKey: .metric)
    try keys.encode(parameters, forKey: .parameters)
    try keys.encode(tune, forKey: .tune)
    try keys.encode(report, forKey: .report)
    try keys.encode(expectations, forKey: .expectations)
    try keys.encode(references, forKey: .references)
    try keys.encode(checkpoint, forKey: .checkpoint)
    try keys.encodeIfPresent(confirmation, forKey: .confirmation)
  }
}

extension DeclaredParameter: Codable {
  private enum CodingKeys: String, CodingKey { case name, values, scale }

  private static let logarithmic = "log"

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try keys.decode(String.self, forKey: .name),
      values: try keys.decode([ParameterValue].self, forKey: .values),
      isLogarithmic: try keys.decodeIfPresent(String.self, forKey: .scale) == Self.logarithmic
    )
  }

  /// Writes the name, the values and `scale: log`.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    try keys.encode(values, forKey: .values)
    if isLogarithmic { try keys.encode(Self.logarithmic, forKey: .scale) }
  }
}

extension Expectation: Codable {
  private enum CodingKeys: String, CodingKey {
    case of, metric, within, value, margin, because, equals, source
    case selection = "where"
    case atLeast = "at_least"
    case atMost = "at_most"
  }

  private static let every = "every"

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      selection: try keys.decodeIfPresent([String: ParameterValue].self, forKey: .selection) ?? [:],
      judgesEvery: try keys.decodeIfPresent(String.self, forKey: .of) == Self.every,
      metric: try keys.decode(String.self, forKey: .metric),
      claim: try Self.claim(keys),
      source: try keys.decodeIfPresent(String.self, forKey: .source)
    )
  }

  private static func claim(_ keys: KeyedDecodingContainer<CodingKeys>) throws -> Claim {
    if keys.contains(.within) {
      let ends = try keys.decode([Double].self, forKey: .within)
      guard ends.count == 2 else {
        throw DecodingError.dataCorruptedError(
          forKey: .within,
          in: keys,
          debugDescription: "an interval has two ends"
        )
      }
      return .within(low: ends[0], high: ends[1])
    }
    if let value = try keys.decodeIfPresent(Double.self, forKey: .value) {
      return .value(
        value,
        margin: try keys.decodeIfPresent(Double.self, forKey: .margin),
        because: try keys.decodeIfPresent(String.self, forKey: .because)
      )
    }
    if let low = try keys.decodeIfPresent(Double.self, forKey: .atLeast) { return .atLeast(low) }
    if let high = try keys.decodeIfPresent(Double.self, forKey: .atMost) { return .atMost(high) }
    return .equals(try keys.decode(String.self, forKey: .equals))
  }

  /// Writes the keys of an entry of `expect`; the printed number of `equals` as text.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    if !selection.isEmpty { try keys.encode(selection, forKey: .selection) }
    if judgesEvery { try keys.encode(Self.every, forKey: .of) }
    try keys.encode(metric, forKey: .metric)
    switch claim {
    case .within(let low, let high): try keys.encode([low, high], forKey: .within)
    case .value(let value, let margin, let because):
      try keys.encode(value, forKey: .value)
      try keys.encodeIfPresent(margin, forKey: .margin)
      try keys.encodeIfPresent(because, forKey: .because)
    case .atLeast(let low): try keys.encode(low, forKey: .atLeast)
    case .atMost(let high): try keys.encode(high, forKey: .atMost)
    case .equals(let text): try keys.encode(text, forKey: .equals)
    }
    try keys.encodeIfPresent(source, forKey: .source)
  }
}
