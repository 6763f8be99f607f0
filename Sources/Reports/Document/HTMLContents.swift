// SPDX-License-Identifier: Apache-2.0

/// The sections of a page by their names, as links.
struct HTMLContents {
  /// A heading of the second level.
  struct Section {
    /// Its block's place on the page.
    var place: Int
    /// Its name inside the page.
    var id: String
    /// Its heading.
    var heading: Inline
  }

  let sections: [Section]

  init(_ blocks: [Block]) {
    var taken: Set<String> = []
    sections = blocks.enumerated().compactMap { place, block in
      guard case .heading(2, let heading) = block else { return nil }
      let word = Self.word(heading)
      var (id, count) = (word, 1)
      while !taken.insert(id).inserted {
        count += 1
        id = "\(word)-\(count)"
      }
      return Section(place: place, id: id, heading: heading)
    }
  }

  func id(at place: Int) -> String? { sections.first { $0.place == place }?.id }

  /// The list of links; empty with fewer than three sections.
  var lines: [String] {
    guard sections.count > 2 else { return [] }
    let links = sections.map { section in
      "<li><a href=\"#\(section.id)\"\(TextLanguage.attribute(section.heading))>"
        + "\(section.heading.html)</a></li>"
    }
    return ["<nav aria-label=\"Contents\">", "<ul>"] + links + ["</ul>", "</nav>"]
  }

  /// Letters and digits with single hyphens; cells are called `cell-0` and so on, so no section is.
  private static func word(_ heading: Inline) -> String {
    let words = heading.plain.lowercased().split { !$0.isLetter && !$0.isNumber }
    let name = words.joined(separator: "-")
    if name.isEmpty { return "section" }
    return name.hasPrefix("cell-") ? "section-" + name : name
  }
}

extension Block {
  /// About how many lines it takes on paper.
  var printedLines: Int {
    switch self {
    case .heading, .paragraph, .quotation, .image: 1
    case .table(_, let rows): rows.count
    case .code(let text, _), .foreign(let text): text.count { $0.isNewline }
    case .folded(_, let blocks): blocks.reduce(0) { $0 + $1.printedLines }
    }
  }
}
