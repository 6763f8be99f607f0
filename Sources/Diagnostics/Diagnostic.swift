// SPDX-License-Identifier: Apache-2.0

/// A place in a text file; lines and columns count from 1, and columns count characters.
public struct SourceLocation: Hashable, Sendable, Comparable {
  /// The file as the user named it.
  public var file: String
  /// The line.
  public var line: Int
  /// The column.
  public var column: Int

  /// A place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// Ordered by file, line and column.
  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// One mistake of a user: what is wrong, where, and how to fix it.
public struct Diagnostic: Error, Hashable, Sendable {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// A mistake: the command did nothing.
    case error
    /// A warning: something that the user should look at.
    case warning
  }

  /// How bad it is.
  public var severity: Severity
  /// One sentence in lower case, without a final full stop.
  public var message: String
  /// The place of the mistake; nil if it is not in a file.
  public var location: SourceLocation?
  /// The source line at `location`.
  public var excerpt: String?
  /// How many characters are underlined, at least 1.
  public var length: Int
  /// How to fix it, one sentence in each hint.
  public var hints: [String]

  /// A diagnostic.
  public init(
    _ message: String,
    severity: Severity = .error,
    at location: SourceLocation? = nil,
    excerpt: String? = nil,
    length: Int = 1,
    hints: [String] = []
  ) {
    self.message = message
    self.severity = severity
    self.location = location
    self.excerpt = excerpt
    self.length = length
    self.hints = hints
  }

  /// The text for a terminal, without colours and without a final line feed.
  ///
  /// It has `FILE:LINE:COLUMN: error: …`, the source line, an underline and one `hint:` line for
  /// each hint. Characters that would control a terminal are made visible. The user's text in a
  /// sentence never begins a line.
  public var rendered: String {
    var lines: [String] = []
    let place = location.map { "\(visible($0.file)):\($0.line):\($0.column): " } ?? ""
    lines.append("\(place)\(severity.rawValue): \(withShortQuotes(visible(message)))")
    if let excerpt, let location {
      let shown = Excerpt(excerpt, column: location.column, length: length)
      lines += [shown.text, shown.underline]
    }
    lines += hints.map { "hint: \(withShortQuotes(visible($0)))" }
    return lines.joined(separator: "\n")
  }
}

/// Several diagnostics thrown together, sorted by place.
public struct DiagnosticList: Error, Sendable {
  /// The diagnostics, sorted by place; never empty.
  public var diagnostics: [Diagnostic]

  /// Sorts the diagnostics and drops duplicates.
  public init(_ diagnostics: [Diagnostic]) {
    var seen = Set<Diagnostic>()
    self.diagnostics = diagnostics.filter { diagnostic in
      // The place tells the line: to hash a long line once for each mistake in it takes for ever.
      var key = diagnostic
      key.excerpt = nil
      return seen.insert(key).inserted
    }.sorted { left, right in
      switch (left.location, right.location) {
      case (let a?, let b?): a < b
      case (nil, _?): true
      default: false
      }
    }
  }

  /// More than these are only counted.
  private static let shown = 100

  /// The first hundred, with a blank line between two, and how many more there are.
  public var rendered: String {
    var texts = diagnostics.prefix(Self.shown).map(\.rendered)
    let more = diagnostics.count - texts.count
    if more > 0 { texts.append("… and \(grouped(more)) more") }
    return texts.joined(separator: "\n\n")
  }
}
