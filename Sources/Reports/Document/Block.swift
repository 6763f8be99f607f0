// SPDX-License-Identifier: Apache-2.0

/// A part of a report: what Markdown and HTML are both written from.
///
/// Texts in a line are the small Markdown that this module writes itself: escapes, code, bold, emphasis, links, and the tags
/// `<a id>`, `<sup>` and `<br>`. `InlineHTML` reads exactly that.
indirect enum Block {
  /// A column of a table: its title, in a line, and how it is aligned.
  typealias Column = (title: String, alignment: Markdown.Alignment)

  /// A heading of that level, 1 to 6.
  case heading(Int, String)
  /// Sentences.
  case paragraph(String)
  /// Quoted lines.
  case quotation([String])
  /// Columns and rows.
  case table([Column], [[String]])
  /// Blocks that open on a click.
  case folded(String, [Block])
  /// Code as it is, in a language.
  case code(String, language: String)
  /// A picture by its file's name, with the text that stands for it and the files of its other formats.
  ///
  /// Without a file that pages can show, the others are linked alone.
  case image(String?, alternative: String, others: [String])
  /// Markdown that somebody else wrote.
  case foreign(String)

  /// The block as Markdown, without a line feed at its end.
  var markdown: String {
    switch self {
    case .heading(let level, let text): String(repeating: "#", count: level) + " " + text
    case .paragraph(let text), .foreign(let text): text
    case .quotation(let lines): "> " + lines.joined(separator: "\n> ")
    case .table(let columns, let rows): Markdown.table(columns, rows)
    case .folded(let summary, let blocks): Markdown.folded(summary, blocks.markdown)
    case .code(let text, let language): Markdown.fenced(text, language: language)
    case .image(let file, let alternative, let others):
      Markdown.image(file, alternative: alternative, others: others)
    }
  }
}

extension [Block] {
  /// The blocks as Markdown, an empty line between two.
  var markdown: String { map(\.markdown).joined(separator: "\n\n") }
}
