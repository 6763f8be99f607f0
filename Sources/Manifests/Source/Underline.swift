// SPDX-License-Identifier: Apache-2.0

/// How many characters of the `rest` of a line the node covers that begins there: a quoted text with its quotes, a
/// bracketed list or mapping with its brackets if it ends on the line, a plain scalar `text`; otherwise 1.
func underlineLength(_ rest: ArraySlice<Character>, text: String?) -> Int {
  guard let first = rest.first else { return 1 }
  switch first {
  case "\"", "'": return quotedLength(rest, quote: first)
  case "[", "{": return bracketedLength(rest)
  default:
    guard let text, !text.isEmpty, rest.starts(with: text) else { return 1 }
    return text.count
  }
}

private func quotedLength(_ rest: ArraySlice<Character>, quote: Character) -> Int {
  var length = 1
  var isEscaped = false
  for character in rest.dropFirst() {
    length += 1
    if isEscaped {
      isEscaped = false
    } else if character == "\\", quote == "\"" {
      isEscaped = true
    } else if character == quote {
      return length
    }
  }
  return length
}

private func bracketedLength(_ rest: ArraySlice<Character>) -> Int {
  var depth = 0
  var quote: Character?
  for (index, character) in rest.enumerated() {
    if let open = quote {
      if character == open { quote = nil }
      continue
    }
    switch character {
    case "\"", "'": quote = character
    case "[", "{": depth += 1
    case "]", "}":
      depth -= 1
      if depth == 0 { return index + 1 }
    default: break
    }
  }
  return 1
}
