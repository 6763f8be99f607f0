// SPDX-License-Identifier: Apache-2.0

/// What the fonts of this machine can draw.
public enum Fonts {
  /// Whether every character of a text has a glyph; where one has not, a box with its number is drawn.
  public static func canRender(_ text: String) -> Bool {
    TextBlock(text, .label).isDrawable
  }

  /// The characters for which boxes are drawn, each once, in the order in which they first appear.
  public static func missing(in texts: [String]) -> [Character] {
    var seen: Set<Character> = []
    var result: [Character] = []
    // Most texts can be drawn, and then their characters need no look.
    for text in texts.map(TextBlock.cleaned) where !canRender(text) {
      for character in text where seen.insert(character).inserted {
        if !canRender(String(character)) { result.append(character) }
      }
    }
    return result
  }
}
