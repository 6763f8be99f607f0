// SPDX-License-Identifier: Apache-2.0

/// The compact letter display of `count` cells, best first: two cells share a letter iff they are not separated.
///
/// The insert-and-absorb algorithm of Piepho (2004), which is right for relations that are not transitive (A and B
/// alike, B and C alike, A and C separated). `areSeparated` is asked for i < j. Letters run a … z, aa, ab …; each cell's
/// are sorted. The first cell has `a`.
public func compactLetters(
  count: Int,
  areSeparated: (_ i: Int, _ j: Int) -> Bool
) -> [String] {
  guard count > 0 else { return [] }
  var columns: [Set<Int>] = [Set(0..<count)]
  for i in 0..<count {
    for j in (i + 1)..<count where areSeparated(i, j) {
      columns = absorbed(inserted(i, j, into: columns))
    }
  }
  columns.sort { $0.sorted().lexicographicallyPrecedes($1.sorted()) }
  return (0..<count).map { cell in
    columns.indices.filter { columns[$0].contains(cell) }.map(letter).joined()
  }
}

/// Each column that holds both becomes two: one without i, one without j.
private func inserted(_ i: Int, _ j: Int, into columns: [Set<Int>]) -> [Set<Int>] {
  columns.flatMap { column in
    column.contains(i) && column.contains(j)
      ? [column.subtracting([i]), column.subtracting([j])] : [column]
  }
}

/// Columns that lie inside another are dropped.
private func absorbed(_ columns: [Set<Int>]) -> [Set<Int>] {
  var kept: [Set<Int>] = []
  for column in columns.sorted(by: { $0.count > $1.count })
  where !kept.contains(where: column.isSubset) {
    kept.append(column)
  }
  return kept
}

/// a … z, aa, ab …
private func letter(_ index: Int) -> String {
  let last = String(UnicodeScalar(UInt8(97 + index % 26)))
  return index < 26 ? last : letter(index / 26 - 1) + last
}
