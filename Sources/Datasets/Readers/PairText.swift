// SPDX-License-Identifier: Apache-2.0

/// Pairs of sentences in a text: a line for each, a tab between source and target.
///
/// Sentences become tokens as in "Dive into Deep Learning": U+202F and U+00A0 are spaces, letters become small (each for
/// itself) where that is asked for, and `,` `.` `!` `?` begin a token of their own; tokens are what stands between spaces.
/// What follows a second tab is ignored, and so are empty lines.
struct PairText {
  /// The tokens of a pair, in UTF-8.
  typealias Pair = (source: [[UInt8]], target: [[UInt8]])

  private struct Mistake: Error {
    var fact: DatasetError.TableFact
  }

  private(set) var pairs: [Pair] = []

  /// The first `limit` pairs, all without a limit; `path` is for the errors.
  init(_ bytes: [UInt8], path: String, lower: Bool, limit: Int? = nil) throws(DatasetError) {
    if let look = FileLook(bytes) { throw .table(path: path, line: nil, .foreignFile(look)) }
    if let wide = TextEncoding.wide(bytes) { throw .table(path: path, line: 1, .notUTF8(wide)) }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var start = bytes.starts(with: mark) ? mark.count : 0
    var line = 0
    while start < bytes.count, pairs.count < limit ?? .max {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      line += 1
      let text = bytes[start..<end]
      start = end + 1
      guard text.contains(where: { $0 > UInt8(ascii: " ") }) else { continue }
      guard let characters = String(validating: text, as: UTF8.self) else {
        throw .table(path: path, line: line, .notUTF8(TextEncoding(bytes)))
      }
      do {
        pairs.append(try Self.pair(characters.unicodeScalars, lower: lower))
      } catch {
        throw .table(path: path, line: line, error.fact)
      }
    }
    guard !pairs.isEmpty else { throw .table(path: path, line: nil, .empty) }
  }

  private static func pair(
    _ line: String.UnicodeScalarView,
    lower: Bool
  ) throws(Mistake) -> Pair {
    let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count > 1 else { throw Mistake(fact: .noTab) }
    let (source, target) = (tokens(fields[0], lower: lower), tokens(fields[1], lower: lower))
    for (name, tokens) in [("source", source), ("target", target)] where tokens.isEmpty {
      throw Mistake(fact: .emptySentence(name))
    }
    return (source, target)
  }

  private static let spaces: Set<Unicode.Scalar> = [" ", "\u{202F}", "\u{A0}", "\r"]
  private static let marks: Set<Unicode.Scalar> = [",", ".", "!", "?"]

  private static func tokens(_ text: Substring.UnicodeScalarView, lower: Bool) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    var isOpen = false
    for scalar in text {
      guard !spaces.contains(scalar) else {
        isOpen = false
        continue
      }
      if !isOpen || marks.contains(scalar) { tokens.append([]) }
      isOpen = true
      let written = lower ? scalar.properties.lowercaseMapping : String(scalar)
      tokens[tokens.count - 1] += written.utf8
    }
    return tokens
  }
}

/// The tokens of a language by number: `<unk>`, `<pad>`, `<bos>`, `<eos>`, then those of the text by falling frequency, equal
/// ones by first appearance.
struct TokenVocabulary {
  /// By number.
  private(set) var names: [String] = SpecialToken.names
  private var numbers: [[UInt8]: Int32] = [:]

  /// Of tokens that appear `minFrequency` times or more; the others are `<unk>`.
  init(counting sentences: [[[UInt8]]], minFrequency: Int) {
    for token in SpecialToken.allCases { numbers[Array(token.name.utf8)] = token.rawValue }
    var places: [[UInt8]: Int] = [:]
    var found: [(token: [UInt8], count: Int)] = []
    for token in sentences.joined() where numbers[token] == nil {
      let place = places[token] ?? found.count
      if place == found.count {
        places[token] = place
        found.append((token, 0))
      }
      found[place].count += 1
    }
    let frequent = found.indices.filter { found[$0].count >= minFrequency }
    for place in frequent.sorted(by: { (found[$1].count, $0) < (found[$0].count, $1) }) {
      numbers[found[place].token] = Int32(names.count)
      names.append(String(decoding: found[place].token, as: UTF8.self))
    }
  }

  /// The numbers of a sentence's tokens.
  func numbers(of tokens: [[UInt8]]) -> [Int32] {
    tokens.map { numbers[$0] ?? SpecialToken.unknown.rawValue }
  }
}
