// SPDX-License-Identifier: Apache-2.0

/// What a page means without its words: headings, tags, links, code, rows of tables.
public enum PageSkeleton {
  /// The live constructs of GitHub Markdown, in order.
  public static func markdown(_ text: String) -> [String] {
    var found: [String] = []
    var fence: String?
    // A carriage return ends a line in Markdown, too.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var isQuoted = false
    for line in lines.map(String.init) {
      // Lines of one quotation are its words.
      if line.hasPrefix("> "), !isQuoted { found.append("quotation") }
      isQuoted = line.hasPrefix("> ")
      if let open = fence {
        if line.hasPrefix(open), line.allSatisfy({ $0 == "`" }) {
          found.append("end of code")
          fence = nil
        }
      } else if line.hasPrefix("```") {
        fence = String(line.prefix { $0 == "`" })
        found.append("code " + line.drop { $0 == "`" })
      } else if line.hasPrefix("<summary>") {
        // A block of HTML: Markdown is not read here, and a backslash escapes nothing.
        found += html(line)
      } else {
        found += MarkdownLine(line).constructs
      }
    }
    return found
  }

  /// The tags with their attributes, in order; words inside, alternatives, languages and pictures' bytes are left out.
  public static func html(_ text: String) -> [String] {
    var found: [String] = []
    var rest = Array(text.unicodeScalars)[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[(start + 1)...]
      guard let first = rest.first,
        first.properties.isAlphabetic || "/!?".unicodeScalars.contains(first)
      else { continue }
      var tag = ""
      var attribute = ""
      var isQuoted = false
      while let scalar = rest.popFirst() {
        if scalar == "\"" {
          if isQuoted { tag += kept(attribute) }
          isQuoted.toggle()
          attribute = isQuoted ? attribute : ""
        } else if isQuoted {
          attribute.unicodeScalars.append(scalar)
        } else if scalar == ">" {
          break
        } else {
          tag.unicodeScalars.append(scalar)
          attribute = scalar == " " ? "" : attribute + String(scalar)
        }
      }
      found.append(tag)
    }
    return found.filter { !dependsOnWords($0) }
  }

  /// The digest of the page, ends of lines in a quotation, and what a long listing looks like on paper.
  private static func dependsOnWords(_ tag: String) -> Bool {
    ["!-- runexp:sha256=", "br", "details", "span", "/span"].contains(where: tag.hasPrefix)
  }

  /// Values by which a page works, behind `name=`.
  private static func kept(_ attribute: String) -> String {
    let names = ["href=", "id=", "class=", "role=", "http-equiv=", "scope="]
    return names.contains(where: attribute.hasPrefix) ? "\"\(attribute)\"" : ""
  }
}

/// One line of Markdown outside of fenced code.
private struct MarkdownLine {
  private let scalars: [Unicode.Scalar]
  private(set) var constructs: [String] = []

  init(_ line: String) {
    scalars = Array(line.unicodeScalars)
    let body = String(line.hasPrefix("> ") ? line.dropFirst(2) : line[...])
    let marks = body.prefix { $0 == "#" }.count
    if (1...6).contains(marks), body.dropFirst(marks).first == " " {
      constructs.append("h\(marks)")
    }
    if !body.isEmpty, Set(body).isSubset(of: ["=", " "]) { constructs.append("underline") }
    if !body.isEmpty, Set(body).isSubset(of: ["-", " "]) { constructs.append("underline or rule") }
    if body.hasPrefix("    ") { constructs.append("indented") }
    if ["- ", "+ ", "* "].contains(where: body.hasPrefix) { constructs.append("item") }
    let digits = body.prefix { $0.isASCII && $0.isNumber }
    if !digits.isEmpty, [".", ")"].contains(body.dropFirst(digits.count).first) {
      constructs.append("item")
    }
    if body.hasPrefix("[") && body.contains("]:") { constructs.append("definition") }
    if body.hasPrefix("|") { constructs.append("row of \(bars)") }
    scan()
  }

  /// Bars that divide a row: a table sees them before code does, and a backslash takes exactly the next character.
  private var bars: Int {
    var (count, place) = (0, 0)
    while place < scalars.count {
      if scalars[place] == "|" { count += 1 }
      place += scalars[place] == "\\" ? 2 : 1
    }
    return count
  }

  private mutating func scan() {
    var place = 0
    while place < scalars.count {
      switch scalars[place] {
      case "\\": place += 1
      case "`":
        let run = length(of: "`", at: place)
        if let end = closing(run, after: place + run) {
          constructs.append("code")
          place = end
        } else {
          place += run - 1
        }
      case "<":
        let next = place + 1 < scalars.count ? scalars[place + 1] : " "
        let tag = String(String.UnicodeScalarView(scalars[place...].prefix { $0 != ">" }))
        let isLive = next.properties.isAlphabetic || "/!?".unicodeScalars.contains(next)
        // The digest of the page.
        if tag == "<code" {
          constructs.append("code")
        } else if isLive, !tag.hasPrefix("<!-- runexp:sha256="), tag != "</code" {
          constructs.append("tag " + tag)
        }
      case "]" where place + 1 < scalars.count && scalars[place + 1] == "(":
        let target = scalars[(place + 2)...].prefix { $0 != ")" }
        constructs.append("link " + String(String.UnicodeScalarView(target)))
      case "*":
        constructs.append("star")
      case "~" where length(of: "~", at: place) > 1: constructs.append("strike")
      default: break
      }
      place += 1
    }
  }

  private func length(of mark: Unicode.Scalar, at place: Int) -> Int {
    scalars[place...].prefix { $0 == mark }.count
  }

  /// The last place of the run of exactly that many backticks.
  private func closing(_ run: Int, after start: Int) -> Int? {
    var place = start
    while place < scalars.count {
      guard scalars[place] == "`" else {
        place += 1
        continue
      }
      let found = length(of: "`", at: place)
      if found == run { return place + found - 1 }
      place += found
    }
    return nil
  }
}
