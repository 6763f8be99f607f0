// SPDX-License-Identifier: Apache-2.0

/// The language of a text on a page whose own words are English.
///
/// A page says which parts are in another language (WCAG 2.2, success criterion 3.1.2), so that they are read aloud
/// rightly and Han characters take their language's form. Scripts that several languages share tell nothing.
enum TextLanguage {
  /// ` lang="zh"`, or the same with `ja` or `ko`; empty for everything else.
  ///
  /// A text is in that language if it has more characters of it than words in other letters, so that a sentence of the
  /// program's with a Chinese value in it stays English.
  static func attribute(_ text: Inline) -> String {
    language(of: text.plain).map { " lang=\"\($0)\"" } ?? ""
  }

  private static func language(of text: String) -> String? {
    var (eastern, words) = (0, 0)
    var (isJapanese, isKorean, isInWord) = (false, false, false)
    for scalar in text.unicodeScalars {
      let kind = Script(scalar)
      if kind == .other {
        words += isInWord ? 0 : 1
      } else if kind != nil {
        eastern += 1
      }
      isJapanese = isJapanese || kind == .kana
      isKorean = isKorean || kind == .hangul
      isInWord = kind == .other
    }
    guard eastern > words else { return nil }
    return isJapanese ? "ja" : isKorean ? "ko" : "zh"
  }

  private enum Script {
    case han
    case kana
    case hangul
    case other

    /// Nil for what is no letter.
    init?(_ scalar: Unicode.Scalar) {
      switch scalar.value {
      case 0x3041...0x30ff, 0x31f0...0x31ff: self = .kana
      case 0x1100...0x11ff, 0x3131...0x318e, 0xac00...0xd7a3: self = .hangul
      case 0x3400...0x9fff, 0xf900...0xfaff, 0x20000...0x3ffff: self = .han
      default:
        guard scalar.properties.isAlphabetic else { return nil }
        self = .other
      }
    }
  }
}
