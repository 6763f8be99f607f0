// SPDX-License-Identifier: Apache-2.0

/// What the fonts of this machine can draw.
public enum Fonts {
  /// Whether every character of a text has a glyph; where one has not, a box with its number is drawn.
  public static func canRender(_ text: String) -> Bool {
    TextBlock(text, .label).isDrawable
  }
}
