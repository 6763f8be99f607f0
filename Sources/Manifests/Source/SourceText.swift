// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// A text that places point into: the manifest, or the overrides of a command line, one a line.
struct SourceText: Hashable, Sendable {
  /// The name that diagnostics print.
  var file: String
  /// The lines without their ends.
  var lines: [String]

  init(file: String, lines: [String]) {
    self.file = file
    self.lines = lines
  }

  init(file: String, text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    self.init(file: file, lines: lines.map(String.init))
  }

  /// The line counted from 1, empty outside the text.
  func line(_ number: Int) -> String {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }
}

/// Where a node stands: a line and column of a source, from 1, and how much is underlined.
struct Place: Hashable, Sendable {
  var source: SourceText
  var line: Int
  var column: Int
  var length: Int

  var location: SourceLocation {
    SourceLocation(file: source.file, line: line, column: column)
  }

  var excerpt: String { source.line(line) }

  /// `FILE:LINE:COLUMN`.
  var description: String { "\(source.file):\(line):\(column)" }

  static func == (left: Self, right: Self) -> Bool {
    left.line == right.line && left.column == right.column && left.source.file == right.source.file
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(source.file)
    hasher.combine(line)
    hasher.combine(column)
  }
}
