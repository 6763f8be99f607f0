// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics

/// What is said besides where an option has no value, or one that cannot be read.
enum OptionHint {
  private static let missing = "Missing value for '"
  private static let short = ["-j": "--jobs", "-t": "--threads"]

  /// The hint to the parser's `message` about these arguments, the program's name left out; nil if there is none.
  static func hint(for message: String, arguments: [String]) -> String? {
    if message.hasPrefix("Unknown option '--"), !message.contains("Did you mean"),
      ["plan", "sweep", "run"].contains(arguments.first)
    {
      return "a manifest's keys and parameters are set without dashes: `KEY=VALUE`"
    }
    if message.contains("nexpected argument"), let name = nearestCommand(arguments) {
      return "did you mean `\(name)`?"
    }
    guard let option = option(in: message) else { return nil }
    if let range = OptionRange.ranges[short[option] ?? option] {
      return "\(option) takes \(OptionRange.words(range))"
    }
    guard message.hasPrefix(missing), let place = arguments.lastIndex(of: option),
      let next = arguments.dropFirst(place + 1).first, next.hasPrefix("-"), !next.hasPrefix("--")
    else { return nil }
    if option == "--as" { return "a name must not begin with `-`, got `\(next)`" }
    return "a value that begins with `-` is written `\(option)=\(next)`"
  }

  /// The command that was meant where a word is none, with all words before it.
  private static func nearestCommand(_ arguments: [String]) -> String? {
    var known = subcommands(of: Runexp.self)
    var path = "runexp"
    for word in arguments where !word.hasPrefix("-") {
      if known.isEmpty { return nil }
      guard let next = known[word] else {
        return nearestName(to: word, among: known.keys.sorted()).map { "\(path) \($0)" }
      }
      path += " \(word)"
      known = subcommands(of: next)
    }
    return nil
  }

  /// The commands that help shows, by their words.
  private static func subcommands(
    of command: any ParsableCommand.Type
  ) -> [String: any ParsableCommand.Type] {
    let configuration = command.configuration
    var all = configuration.subcommands
    for group in configuration.groupedSubcommands { all += group.subcommands }
    var named: [String: any ParsableCommand.Type] = [:]
    for type in all where type.configuration.shouldDisplay {
      if let word = type.configuration.commandName { named[word] = type }
    }
    return named
  }

  /// The option that the parser names.
  private static func option(in message: String) -> String? {
    if message.hasPrefix(missing) { return word(message.dropFirst(missing.count)) }
    guard message.hasPrefix("The value '"), let range = message.firstRange(of: "' is invalid for '")
    else { return nil }
    return word(message[range.upperBound...])
  }

  private static func word(_ text: Substring) -> String {
    String(text.prefix { !" '".contains($0) })
  }
}
