// SPDX-License-Identifier: Apache-2.0

/// Text that a user wrote, or that is in a user's file: titles, tags, labels, values, names of
/// classes and columns.
///
/// It has its own type so that nobody takes it for the program's words. The program's words may
/// contain markup; user text is always shown as it is. In a plain sentence, use `line`.
public struct UserText: Hashable, Sendable, CustomStringConvertible {
  /// The text as it was written, for scripts and for storing.
  public let raw: String

  /// A user's text.
  public init(_ raw: String) { self.raw = raw }

  /// The text in one line, safe for a terminal.
  public var line: String { visible(raw) }

  /// The same as `line`.
  public var description: String { line }
}

/// What happens to line breaks and tabs when a text is made visible.
public enum LineBreaks: Sendable {
  /// Each becomes a space, so that the text takes one line.
  case spaces
  /// Each is written as its number, like other control characters, because two texts may differ
  /// only in them.
  case numbers
  /// Tabs and line feeds stay; a carriage return in front of a line feed is left out.
  case kept
}

/// A text in which characters that are invisible, or that would control a terminal or a page, are
/// written as numbers: `\u{1B}`.
///
/// These are control characters, characters that change the direction of writing, and characters
/// without a width or a meaning. Joiners and variation selectors stay where they belong to the
/// characters beside them, as in emoji.
public func visible(_ text: String, breaks: LineBreaks = .spaces) -> String {
  // Nearly every text.
  guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f }) else { return text }
  let scalars = Array(text.unicodeScalars)
  var result = String.UnicodeScalarView()
  var place = 0
  while place < scalars.count {
    let scalar = scalars[place]
    let endsLine = scalar == "\r" && place + 1 < scalars.count && scalars[place + 1] == "\n"
    switch breaks {
    case .spaces where isBreak(scalar):
      result.append(" ")
      if endsLine { place += 1 }
    case .kept where scalar == "\n" || scalar == "\t": result.append(scalar)
    // The line feed behind it ends the line.
    case .kept where endsLine: break
    case _ where isShown(scalars, at: place): result.append(scalar)
    default: result.append(contentsOf: characterNumber(scalar).unicodeScalars)
    }
    place += 1
  }
  return String(result)
}

/// A character, written as its number: `\u{1B}`.
public func characterNumber(_ scalar: Unicode.Scalar) -> String {
  "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
}

/// Whether a character is a control character or has no width or meaning.
///
/// This is also true of a joiner between emoji.
public func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
  default: false
  }
}

private func isBreak(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x9...0xd, 0x85, 0x2028, 0x2029: true
  default: false
  }
}

private func isShown(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
  let scalar = scalars[place]
  guard isInvisible(scalar) || scalar.properties.isDefaultIgnorableCodePoint else { return true }
  func isWritten(_ place: Int) -> Bool {
    scalars.indices.contains(place) && !isInvisible(scalars[place])
      && (!scalars[place].properties.isDefaultIgnorableCodePoint || isSelector(scalars[place]))
  }
  // Between ASCII characters a joiner joins nothing, and can only hide.
  if scalar == "\u{200c}" || scalar == "\u{200d}" {
    return isWritten(place - 1) && isWritten(place + 1) && !scalars[place - 1].isASCII
      && !scalars[place + 1].isASCII
  }
  return isSelector(scalar) && isWritten(place - 1) && !isSelector(scalars[place - 1])
}

/// The marks that choose between a sign and its emoji, and among forms of one character.
private func isSelector(_ scalar: Unicode.Scalar) -> Bool {
  (0xfe00...0xfe0f).contains(scalar.value)
}
