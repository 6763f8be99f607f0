// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Codecs
import Diagnostics
import Foundation
import Reports
import Synchronization
import Workbench

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output is data, standard error is talk. A reader that went away is silence; data that could not be written
/// are an error when the program ends.
///
/// What people read comes through `say` and `print`, which make visible what a terminal would obey: no title, tag or name of
/// a file moves its cursor, whoever put it into a sentence.
enum Terminal {
  /// Talk, of one line or of several.
  static func say(_ text: String) { talk(visible(text, breaks: .kept) + "\n") }

  /// A sentence, which a terminal gets in lines that fit it.
  static func say(sentence: String) {
    for line in wrapped(sentence, width: talkWidth) { say(line) }
  }

  /// One line for people; line breaks in it become spaces.
  static func print(_ line: String) { output(Array((visible(line) + "\n").utf8)) }

  /// Several lines for people.
  static func print(lines: String) {
    output(Array((visible(lines, breaks: .kept) + "\n").utf8))
  }

  /// One line for programs, as it is: whoever writes JSON or a table has seen to what it holds.
  static func print(data line: String) { output(Array((line + "\n").utf8)) }

  /// Bytes of data.
  static func print(bytes: [UInt8]) { output(bytes) }

  /// Whether standard output is a terminal.
  static var isOutputTerminal: Bool { isatty(1) == 1 }

  /// Columns that a table on standard output may take; nil where nothing is to be cut.
  static var tableWidth: Int? { isOutputTerminal ? width(of: 1) : nil }

  /// The same for a table on standard error.
  static var talkWidth: Int? { isatty(2) == 1 ? width(of: 2) : nil }

  /// Text without a line feed on standard error, as it is: a live view moves the cursor.
  static func draw(_ text: String) { talk(text) }

  /// Whether standard error is a terminal that can move its cursor.
  static var isInteractive: Bool {
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Whether colours may be used on standard error.
  static var hasColor: Bool {
    isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Columns of the terminal on that descriptor; 100 if it has none.
  static func width(of descriptor: Int32 = 2) -> Int {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 100
    }
    return Int(size.ws_col)
  }

  /// Lines of the terminal on standard error; 24 if it has none.
  static var height: Int {
    var size = winsize()
    guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
    return Int(size.ws_row)
  }

  /// Why standard output refused what was printed; nil while it took everything.
  private static let refusal = Mutex<Int32?>(nil)

  /// The exit code of a program that would end with `code`: 3 where output was lost, which is said.
  ///
  /// A reader that went away has what it wanted; a code that tells another failure stays.
  static func exitCode(_ code: Int32) -> Int32 {
    guard let number = refusal.withLock({ $0 }), number != EPIPE else { return code }
    say("error: standard output cannot be written: \(ByteFile.reason(of: number))")
    return code == 0 ? Exit.storageRefuses.rawValue : code
  }

  private static func output(_ bytes: [UInt8]) {
    // After a refusal the rest would be a text with a hole.
    refusal.withLock { refusal in
      if refusal == nil { refusal = ByteFile.writeAll(bytes, to: 1) }
    }
  }

  /// Talk that cannot be said is no reason to lose a training.
  private static func talk(_ text: String) { _ = ByteFile.writeAll(Array(text.utf8), to: 2) }
}
