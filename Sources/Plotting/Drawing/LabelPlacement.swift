// SPDX-License-Identifier: Apache-2.0

/// Middles of labels that do not overlap, each as near as possible to where it belongs.
///
/// `wishes` and the result are in the same order; each label is `height` high and all stay between `low` and `high`,
/// if they fit at all. Labels with equal wishes keep their order.
func placedLabels(_ wishes: [Double], height: Double, low: Double, high: Double) -> [Double] {
  let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
  var clusters: [LabelCluster] = []
  for index in order {
    var cluster = LabelCluster(
      members: [index],
      // What each member wishes for the middle of the first one.
      wishes: [wishes[index]],
      height: height
    )
    cluster.settle(low: low, high: high)
    while let last = clusters.last, last.bottom > cluster.top {
      clusters.removeLast()
      cluster = last.joined(with: cluster)
      cluster.settle(low: low, high: high)
    }
    clusters.append(cluster)
  }
  var result = wishes
  for cluster in clusters {
    for (rank, index) in cluster.members.enumerated() {
      result[index] = cluster.first + Double(rank) * height
    }
  }
  return result
}

/// Labels that touch each other.
private struct LabelCluster {
  var members: [Int]
  var wishes: [Double]
  let height: Double
  var first = 0.0

  var top: Double { first - height / 2 }
  var bottom: Double { top + Double(members.count) * height }

  /// The mean wish minimises the squared distances.
  mutating func settle(low: Double, high: Double) {
    let mean = wishes.reduce(0, +) / Double(wishes.count)
    let highest = high - Double(members.count) * height + height / 2
    first = max(low + height / 2, min(highest, mean))
  }

  func joined(with other: LabelCluster) -> LabelCluster {
    let shift = Double(members.count) * height
    return LabelCluster(
      members: members + other.members,
      wishes: wishes + other.wishes.map { $0 - shift },
      height: height
    )
  }
}
