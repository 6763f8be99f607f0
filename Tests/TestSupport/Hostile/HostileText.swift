// SPDX-License-Identifier: Apache-2.0

/// Text that a user may write and that a terminal, Markdown, HTML or a spreadsheet would obey.
///
/// A test makes everything twice, with plain words and with hostile text, and compares what is left when the words are
/// taken out: `PageSkeleton` says what a page means.
public struct HostileText: Sendable {
  /// Whether texts are hostile, or plain words that say the same place.
  public var isHostile: Bool

  /// Texts of one kind.
  public init(isHostile: Bool) { self.isHostile = isHostile }

  /// Without white space, such as a tag: escape sequences, an 8-bit one, bidi controls, HTML, Markdown, a table's bar.
  public func word(_ place: String) -> String {
    guard isHostile else { return place }
    return place
      + "\u{1b}[31m\u{1b}]0;pwn\u{7}\u{9b}1m\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}<script>alert(1)</script>"
      + "**b**[l](javascript:alert(1))![i](x)\\|`c`<b\u{301}>\"\u{301}onerror=x&lt;</title>\\"
  }

  /// The same behind a formula, with line breaks that would begin a heading, HTML and a line of a listing.
  public func text(_ place: String) -> String {
    guard isHostile else { return place }
    return "=HYPERLINK(1)" + word(place)
      + "\r\n# heading\n<h1>x</h1>\n===\n- item\u{2028}\u{85}\rFAKE LINE\n\n    code\n\n[r]: http://x\n"
  }

  /// A value that begins a formula, and nothing else.
  public func formula(_ place: String) -> String { isHostile ? "@SUM(1)" + place : place }

  /// What must not stand raw in any output: control characters but for line ends and tabs, those that turn the direction
  /// of writing, and those that do not show.
  public static func raw(in text: String) -> [Unicode.Scalar] {
    let text = text.unicodeScalars.split(separator: "\r\n".unicodeScalars).joined()
    return text.filter { scalar in
      switch scalar.value {
      case 0x9, 0xa: false
      case 0...0x1f, 0x7f...0x9f, 0xad, 0x61c, 0x180e, 0x200b, 0x200e...0x200f, 0x2028...0x202e,
        0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f:
        true
      default: false
      }
    }
  }
}
