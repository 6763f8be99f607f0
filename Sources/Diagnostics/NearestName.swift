// SPDX-License-Identifier: Apache-2.0

/// The one of `names` that `word` most likely meant, or nil if none is near.
///
/// Nearness is the Damerau–Levenshtein distance without regard to case, `-` and `_`; at most a third of the word's
/// length, rounded, and at least 1 may differ. The first of equally near names wins.
public func nearestName(to word: String, among names: [String]) -> String? {
  let typed = folded(word)
  let limit = max(1, (typed.count + 1) / 3)
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(typed, folded(name))
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

private func folded(_ word: String) -> [Character] {
  word.lowercased().filter { $0 != "_" && $0 != "-" }.map { $0 }
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1 each.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in b.indices {
      row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
      }
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
