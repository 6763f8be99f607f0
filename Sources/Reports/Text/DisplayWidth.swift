// SPDX-License-Identifier: Apache-2.0

/// Widths in a terminal, where Chinese, Japanese and Korean characters and emoji take two columns.
public enum DisplayWidth {
  /// The number of columns that a text takes.
  public static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  /// The number of columns of one character, which is that of its widest scalar.
  static func of(_ character: Character) -> Int {
    character.unicodeScalars.map(of).max() ?? 0
  }

  /// The text, cut to at most `width` columns; `…` replaces what was cut.
  public static func truncated(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
      let next = of(character)
      if used + next > width - 1 { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }

  /// The text with spaces behind it, or before it, to fill `width` columns.
  static func padded(_ text: String, to width: Int, right: Bool) -> String {
    let spaces = String(repeating: " ", count: max(0, width - of(text)))
    return right ? spaces + text : text + spaces
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    let value = scalar.value
    if value < 0x1100 { return 1 }
    return wide.contains { $0.contains(value) } ? 2 : 1
  }

  /// East Asian Wide and Fullwidth (Unicode Standard Annex 11), and emoji with their own picture.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x231a...0x231b, 0x23e9...0x23ec, 0x2614...0x2615, 0x26a1...0x26a1,
    0x2705...0x2705, 0x274c...0x274c, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf,
    0x4e00...0x9fff, 0xa000...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
    0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1b000...0x1b2ff, 0x1f300...0x1f64f,
    0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x1fa70...0x1faff, 0x20000...0x3fffd,
  ]
}
