// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct LettersTests {
  @Test func `nothing separated shares one letter`() {
    #expect(compactLetters(count: 3) { _, _ in false } == ["a", "a", "a"])
    #expect(compactLetters(count: 0) { _, _ in true } == [])
    #expect(compactLetters(count: 1) { _, _ in true } == ["a"])
  }

  @Test func `everything separated has a letter each`() {
    #expect(compactLetters(count: 4) { _, _ in true } == ["a", "b", "c", "d"])
  }

  @Test func `a relation that is not transitive gives the middle two letters`() {
    #expect(compactLetters(count: 3) { $0 == 0 && $1 == 2 } == ["a", "ab", "b"])
  }

  /// Any symmetric relation: 2 cells share a letter iff they are not separated, and no letter is superfluous.
  @Test func `any relation is displayed exactly`() {
    for seed in UInt64(0)..<300 {
      var random = TestRandom(seed: seed)
      let count = 2 + Int(random.next() % 7)
      var separated = [[Bool]](repeating: Array(repeating: false, count: count), count: count)
      for i in 0..<count {
        for j in (i + 1)..<count { separated[i][j] = random.next() % 3 != 0 }
      }
      let letters = compactLetters(count: count) { separated[$0][$1] }
      for i in 0..<count {
        #expect(!letters[i].isEmpty, "seed \(seed)")
        for j in (i + 1)..<count {
          let shares = !Set(letters[i]).isDisjoint(with: letters[j])
          #expect(shares != separated[i][j], "seed \(seed), cells \(i) and \(j)")
        }
      }
    }
  }

  @Test func `more than 26 letters go on with two`() {
    let letters = compactLetters(count: 28) { _, _ in true }
    #expect(letters[25] == "z" && letters[26] == "aa" && letters[27] == "ab")
  }
}
