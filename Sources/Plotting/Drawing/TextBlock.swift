// SPDX-License-Identifier: Apache-2.0

import CCairo
import Diagnostics

/// Size, weight and colour of a text.
struct TextStyle: Hashable, Sendable {
  var size: Double
  var isBold = false
  var isItalic = false
  var color = Palette.text

  static let title = TextStyle(size: 16, isBold: true)
  static let subtitle = TextStyle(size: 12, color: Palette.quiet)
  static let panelTitle = TextStyle(size: 11.5, isBold: true)
  static let axisLabel = TextStyle(size: 11, color: Palette.quiet)
  static let tick = TextStyle(size: 10.5, color: Palette.quiet)
  static let label = TextStyle(size: 11)
  static let footnote = TextStyle(size: 10, color: Palette.quiet)
}

/// A laid out text in any script; its size is known before it is drawn.
final class TextBlock {
  /// Where a text is held when it is placed.
  enum Anchor {
    case left
    case centre
    case right

    fileprivate var pango: PangoAlignment {
      switch self {
      case .left: PANGO_ALIGN_LEFT
      case .centre: PANGO_ALIGN_CENTER
      case .right: PANGO_ALIGN_RIGHT
      }
    }
  }

  let width: Double
  let height: Double
  private let style: TextStyle
  private let layout: OpaquePointer
  private let left: Double

  /// Lays a text out; what is wider than `maximumWidth` is wrapped, what needs more than `lines` ends in an ellipsis.
  ///
  /// `alignment` is that of the lines among each other.
  init(
    _ text: String,
    _ style: TextStyle,
    maximumWidth: Double? = nil,
    lines: Int = 1,
    alignment: Anchor = .left
  ) {
    self.style = style
    layout = Self.layout(Self.cleaned(text), style)
    if let maximumWidth {
      pango_layout_set_width(layout, Int32(max(1, maximumWidth) * Double(PANGO_SCALE)))
      pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
      pango_layout_set_height(layout, -Int32(lines))
      pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
      pango_layout_set_alignment(layout, alignment.pango)
    }
    var logical = PangoRectangle()
    pango_layout_get_extents(layout, nil, &logical)
    left = Double(logical.x) / Double(PANGO_SCALE)
    width = Double(logical.width) / Double(PANGO_SCALE)
    height = Double(logical.height) / Double(PANGO_SCALE)
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

  /// Whether something had to be left out.
  var isEllipsized: Bool { pango_layout_is_ellipsized(layout) != 0 }

  /// Whether every character has a glyph in some font.
  var isDrawable: Bool { pango_layout_get_unknown_glyphs_count(layout) == 0 }

  /// Draws the text with its upper edge at `y`.
  func draw(on canvas: Canvas, x: Double, top y: Double, anchor: Anchor = .left) {
    let start =
      switch anchor {
      case .left: x
      case .centre: x - width / 2
      case .right: x - width
      }
    canvas.setColor(style.color)
    cairo_move_to(canvas.context, start - left, y)
    pango_cairo_update_layout(canvas.context, layout)
    pango_cairo_show_layout(canvas.context, layout)
  }

  /// Draws the text with its middle at `y`.
  func draw(on canvas: Canvas, x: Double, middle y: Double, anchor: Anchor = .left) {
    draw(on: canvas, x: x, top: y - height / 2, anchor: anchor)
  }

  /// Draws the text upright, to be read from below, with its start at `bottom` and its middle at `x`.
  func drawUpright(on canvas: Canvas, middle x: Double, bottom y: Double) {
    cairo_save(canvas.context)
    cairo_translate(canvas.context, x, y)
    cairo_rotate(canvas.context, -.pi / 2)
    draw(on: canvas, x: 0, middle: 0)
    cairo_restore(canvas.context)
  }

  // MARK: - Pango

  /// Neither the desktop's font settings nor the locale may change a picture, so everything is set here.
  private static func layout(_ text: String, _ style: TextStyle) -> OpaquePointer {
    let context = pango_font_map_create_context(pango_cairo_font_map_get_default())
    defer { g_object_unref(UnsafeMutableRawPointer(context)) }
    pango_cairo_context_set_resolution(context, 96)
    pango_context_set_round_glyph_positions(context, 0)
    pango_context_set_language(context, pango_language_from_string(language(of: text)))
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)

    guard let layout = pango_layout_new(context) else { preconditionFailure("Pango has no memory") }
    let font = pango_font_description_new()
    defer { pango_font_description_free(font) }
    pango_font_description_set_family(font, "DejaVu Sans,Noto Sans,Helvetica,sans-serif")
    pango_font_description_set_absolute_size(font, style.size * Double(PANGO_SCALE))
    if style.isBold { pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD) }
    if style.isItalic { pango_font_description_set_style(font, PANGO_STYLE_ITALIC) }
    pango_layout_set_font_description(layout, font)
    pango_layout_set_text(layout, text, -1)
    return layout
  }

  /// Han characters look different in Chinese and Japanese; kana or Hangul tell, otherwise it is Chinese.
  static func language(of text: String) -> String {
    let scalars = text.unicodeScalars
    if scalars.contains(where: { (0x3040...0x30ff).contains($0.value) }) { return "ja" }
    if scalars.contains(where: { (0xac00...0xd7a3).contains($0.value) }) { return "ko" }
    return scalars.contains { (0x3400...0x9fff).contains($0.value) } ? "zh-cn" : "en"
  }

  /// One paragraph in which what does not show, or turns the direction of writing, is written as numbers; among these are
  /// the code points that Cairo does not take for text.
  static func cleaned(_ text: String) -> String { visible(text) }
}
