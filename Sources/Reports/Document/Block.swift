// SPDX-License-Identifier: Apache-2.0

/// A part of a report: what Markdown and HTML are both written from.
///
/// Words in a line are `Inline`, so that nothing here is escaped yet.
indirect enum Block {
  /// A column of a table: its title and how it is aligned.
  typealias Column = (title: Inline, alignment: Markdown.Alignment)

  /// A heading of that level, 1 to 6.
  case heading(Int, Inline)
  /// Sentences.
  case paragraph(Inline)
  /// Quoted lines.
  case quotation([Inline])
  /// Columns and rows.
  case table([Column], [[Inline]])
  /// Blocks that open on a click.
  case folded(Inline, [Block])
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
    case .heading(let level, let text):
      String(repeating: "#", count: level) + " " + text.markdown()
    case .paragraph(let text): text.markdown()
    case .foreign(let text): text
    case .quotation(let lines):
      lines.map { "> " + Markdown.startOfLine($0.markdown()) }.joined(separator: "\n")
    case .table(let columns, let rows):
      Markdown.table(
        columns.map { ($0.title.markdown(.cell), $0.alignment) },
        rows.map { $0.map { $0.markdown(.cell) } }
      )
    case .folded(let summary, let blocks):
      // A summary stands in a block of HTML, where Markdown is not read.
      Markdown.folded(summary.html, blocks.markdown)
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
