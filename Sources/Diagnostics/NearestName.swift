// SPDX-License-Identifier: Apache-2.0

/// The one of `names` that `word` most likely means; nil if none is near.
///
/// Case, `-` and `_` do not count. Names with dots are compared part by part. An abbreviation of
/// three letters or more (`acc` for `accuracy`) is nearer than any typo. Typos come next, by their
/// Damerau–Levenshtein distance: at most a third of the part's length, rounded, but at least 1, may
/// differ. A name that the word only adds to, such as `f1` for `f1_score`, comes last. Of equally
/// near names the first wins.
public func nearestName(to word: String, among names: [String]) -> String? {
  let typed = Spelling(word)
  var best: (name: String, distance: Int)?
  for name in names {
    guard let distance = typed.distance(to: Spelling(name)) else { continue }
    if distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

/// A word as it is compared.
private struct Spelling {
  /// What stands between dots.
  let parts: [Part]

  struct Part {
    /// In small letters, without `-` and `_`.
    let letters: [Character]
    /// The letters before the first `-` or `_`.
    let head: [Character]
  }

  init(_ word: String) {
    parts = word.lowercased().split(separator: ".", omittingEmptySubsequences: false).map { part in
      Part(
        letters: part.filter { !"_-".contains($0) },
        head: Array(part.prefix { !"_-".contains($0) })
      )
    }
  }

  /// Larger for what is less likely; nil for what is not near.
  func distance(to name: Spelling) -> Int? {
    guard parts.count == name.parts.count else {
      // `val_loss` is `val.loss`.
      return Self.distance(parts.flatMap(\.letters), name.parts.flatMap(\.letters))
    }
    var sum = 0
    for (part, other) in zip(parts, name.parts) {
      guard
        let distance = Self.distance(part.letters, other.letters)
          ?? part.distanceOfHead(to: other)
      else { return nil }
      sum += distance
    }
    return sum
  }

  private static func distance(_ typed: [Character], _ name: [Character]) -> Int? {
    if typed == name { return 0 }
    if typed.count >= 3, name.starts(with: typed) { return name.count - typed.count }
    let edits = editDistance(typed, name)
    return edits <= max(1, (typed.count + 1) / 3) ? edits * 1000 : nil
  }
}

extension Spelling.Part {
  /// `f1_score` is `f1` and more.
  fileprivate func distanceOfHead(to name: Self) -> Int? {
    head.count > 1 && head == name.letters ? 1_000_000 : nil
  }
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
