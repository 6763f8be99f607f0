// SPDX-License-Identifier: Apache-2.0

/// The characters of each line of a text, so that a place in a very long line costs no more than in a short one.
struct LineIndex {
  /// The characters, by line from 0.
  let lines: [[Character]]
  /// How many characters the first k scalars of a line belong to; nil where each character is one scalar.
  private let characterCounts: [[Int]?]

  init(_ texts: [String]) {
    lines = texts.map(Array.init)
    characterCounts = zip(texts, lines).map { text, characters in
      guard text.unicodeScalars.count != characters.count else { return nil }
      return [0]
        + characters.enumerated().flatMap { index, character in
          character.unicodeScalars.map { _ in index + 1 }
        }
    }
  }

  /// The column in characters of one in scalars, both from 1; the line's number counts from 1, too.
  func column(ofScalar column: Int, inLine number: Int) -> Int {
    guard lines.indices.contains(number - 1) else { return 1 }
    let before = max(0, column - 1)
    guard let counts = characterCounts[number - 1] else {
      return min(before, lines[number - 1].count) + 1
    }
    return counts[min(before, counts.count - 1)] + 1
  }

  /// The line from a column on.
  func rest(ofLine number: Int, from column: Int) -> ArraySlice<Character> {
    lines.indices.contains(number - 1) ? lines[number - 1].dropFirst(column - 1) : []
  }
}
