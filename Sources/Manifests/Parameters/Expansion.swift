// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// Makes the cells' assignments from axes, zips and exclusions.
struct Expansion {
  /// More cells than this are refused.
  static let limit = 100_000
  /// More runs than this are refused.
  static let runLimit = 1_000_000

  /// Axes that advance together, most of them alone; in an order in which conditions look back only.
  var groups: [[Axis]]
  var exclusions: [[ValueCondition]]

  /// Every combination, the first parameter slowest; nil above the limit.
  func grid() -> [Draft]? {
    var drafts: [Draft] = [[:]]
    for group in groups {
      var next: [Draft] = []
      for draft in drafts {
        let active = group.filter { $0.isActive(in: draft) }
        let count = active.first?.values.count ?? 1
        guard next.count + count <= Self.limit else { return nil }
        for index in 0..<count {
          var extended = draft
          for axis in active { extended[axis.name] = axis.values[index] }
          next.append(extended)
        }
      }
      drafts = next
    }
    return drafts.filter { !isExcluded($0) }
  }

  /// Up to `count` different assignments: draw i depends on (seed, i, parameter's name) only.
  func random(_ count: Int, seed: Int) -> [Draft] {
    var drafts: [Draft] = []
    var seen: Set<[String: ParameterValue]> = []
    var index: UInt64 = 0
    while drafts.count < count, index < UInt64(count) * 20 + 1000 {
      let draft = draw(index, seed: seed)
      index += 1
      guard !isExcluded(draft), seen.insert(draft.compactMapValues(\.value)).inserted else {
        continue
      }
      drafts.append(draft)
    }
    return drafts
  }

  private func draw(_ index: UInt64, seed: Int) -> Draft {
    var draft: Draft = [:]
    for group in groups {
      guard let leader = group.first else { continue }
      for axis in group where axis.isActive(in: draft) {
        var stream = RandomStream(seed: seed, purpose: .search, path: leader.name, step: index)
        draft[axis.name] = axis.draw(from: &stream)
      }
    }
    return draft
  }

  func isExcluded(_ draft: Draft) -> Bool {
    exclusions.contains { conditions in conditions.allSatisfy { $0.holds(in: draft) } }
  }
}

extension Axis {
  fileprivate func draw(from stream: inout RandomStream) -> SourceNode {
    switch origin {
    case .drawn(let distribution):
      SourceNode(text: number(distribution.draw(from: &stream)), at: place)
    case .listed(let values, nil):
      values[stream.next(below: values.count)]
    case .listed(let values, let probabilities?):
      values[Self.index(at: stream.nextUniform(), in: probabilities)]
    }
  }

  /// The first index whose cumulated probability exceeds `share`.
  private static func index(at share: Double, in probabilities: [Double]) -> Int {
    var sum = 0.0
    for (index, probability) in probabilities.enumerated() {
      sum += probability
      if share < sum { return index }
    }
    return probabilities.lastIndex { $0 > 0 } ?? 0
  }
}
