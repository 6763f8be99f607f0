// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Manifests
import Workbench

/// An option that a command does not have because a key of the manifest is set: `--epochs 5` instead of `train.epochs=5`.
struct ForeignOption {
  /// The commands that take overrides.
  private static let commands = ["plan", "sweep", "run"]

  /// What was typed: `--epochs`.
  let option: String
  /// The value behind it, if there is one.
  let value: String?
  let meaning: OptionMeaning

  /// The first such option of a command line without the program's name; nil if there is none.
  init?(in arguments: [String]) {
    guard let command = arguments.first, Self.commands.contains(command) else { return nil }
    for (index, argument) in arguments.enumerated() where argument.hasPrefix("-") {
      if argument == "--" { return nil }
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard let option = parts.first, option.count > 2, let meaning = OptionMeaning(option: option)
      else { continue }
      let next = arguments.dropFirst(index + 1).first.flatMap { $0.hasPrefix("-") ? nil : $0 }
      self.option = option
      value = parts.count > 1 ? parts[1] : next
      self.meaning = meaning
      return
    }
    return nil
  }

  /// What is set instead.
  var hint: String {
    let value = value.flatMap { $0.contains { " =".contains($0) } ? nil : $0 } ?? "…"
    switch meaning {
    case .key(let key):
      let parameter = key.contains(".") ? "; a declared parameter is set by its name" : ""
      return "a manifest's key is set without dashes: `\(key)=\(value)`\(parameter)"
    case .parameter(let name):
      return "a declared parameter is set without dashes: `\(name)=\(value)`"
    case .answer(let text): return text
    }
  }

  /// The parser's own message with the hint in place of its guess; nil if it complains about something else.
  func message(for error: any Error) -> String? {
    let complaint = "Unknown option '\(option)'"
    guard Runexp.message(for: error).hasPrefix(complaint) else { return nil }
    var lines = Runexp.fullMessage(for: error).split(
      omittingEmptySubsequences: false,
      whereSeparator: \.isNewline
    ).map(String.init)
    guard !lines.isEmpty else { return nil }
    lines[0] = "Error: \(complaint)"
    return (lines + ["hint: \(hint)"]).joined(separator: "\n")
  }
}
