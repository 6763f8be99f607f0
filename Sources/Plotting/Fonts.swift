// SPDX-License-Identifier: Apache-2.0

/// What the fonts of this machine can draw.
public enum Fonts {
  /// Whether every character of a text has a glyph; a character without one is drawn as a box with
  /// its number.
  public static func canRender(_ text: String) -> Bool {
    TextBlock(text, .label).isDrawable
  }

  /// The characters that are drawn as boxes, each once, in the order of their first appearance.
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
