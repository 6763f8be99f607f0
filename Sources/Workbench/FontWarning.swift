// SPDX-License-Identifier: Apache-2.0

import Plotting

/// What is said where pictures show boxes, for no font of this machine has the characters.
package struct FontWarning {
  /// More characters are only counted.
  private static let limit = 8
  package static let han =
    "install `fonts-noto-cjk` (Debian, Ubuntu) or `google-noto-sans-cjk-fonts` (Fedora)"
  package static let emoji =
    "install `fonts-noto-color-emoji` (Debian, Ubuntu) or `google-noto-color-emoji-fonts` (Fedora)"
  package static let latin =
    "install `fonts-dejavu-core` (Debian, Ubuntu) or `dejavu-sans-fonts` (Fedora)"
  package static let other = "install a font that has them, such as one of the Noto fonts"

  package let characters: [Character]

  /// Nil if all can be drawn.
  package init?(_ characters: [Character]) {
    guard !characters.isEmpty else { return nil }
    self.characters = characters
  }

  /// The warning for texts that come into pictures, with what to do, for standard error; nil if all can be drawn.
  package static func text(for texts: [String]) -> String? {
    FontWarning(Fonts.missing(in: texts))?.text
  }

  package var text: String {
    let what =
      characters.contains(where: \.isASCII)
      ? "no font is installed" : "no font on this machine has \(list)"
    return (["warning: \(what): pictures show boxes instead"] + hints.map { "hint: \($0)" })
      .joined(separator: "\n")
  }

  private var list: String {
    let shown = characters.prefix(Self.limit).map(Self.name)
    let rest = characters.count - shown.count
    let last = rest > 0 ? "\(rest) more" : shown[shown.count - 1]
    let first = rest > 0 ? shown[...] : shown.dropLast()
    return first.isEmpty ? last : first.joined(separator: ", ") + " and " + last
  }

  /// A character of a rare script, or of none, may not show in a terminal either.
  private static func name(_ character: Character) -> String {
    guard hint(for: character) == other else { return "`\(character)`" }
    let codes = character.unicodeScalars.map {
      let digits = String($0.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
    return "`\(character)` (\(codes.joined(separator: " ")))"
  }

  /// One for each kind of font.
  private var hints: [String] {
    var hints: [String] = []
    for hint in characters.map(Self.hint) where !hints.contains(hint) { hints.append(hint) }
    return hints
  }

  private static func hint(for character: Character) -> String {
    if character.isASCII { return latin }
    if character.isEastAsian { return han }
    let isEmoji = character.unicodeScalars.contains(where: \.properties.isEmojiPresentation)
    return isEmoji ? emoji : other
  }
}

extension Character {
  /// Whether it is written in Chinese, Japanese or Korean only, marks of full width included.
  fileprivate var isEastAsian: Bool {
    let blocks: [ClosedRange<UInt32>] = [
      0x1100...0x11ff, 0x2e80...0x9fff, 0xa960...0xa97f, 0xac00...0xd7ff, 0xf900...0xfaff,
      0xfe30...0xfe4f, 0xff00...0xffef, 0x20000...0x3ffff,
    ]
    return unicodeScalars.contains { scalar in blocks.contains { $0.contains(scalar.value) } }
  }
}
