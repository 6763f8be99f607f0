// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Foundation

/// Standard output is data, standard error is talk. A reader that went away is silence, not an error.
enum Terminal {
  /// A line of talk.
  static func say(_ text: String) { write(text + "\n", to: 2) }

  /// A line of data.
  static func print(_ text: String) { write(text + "\n", to: 1) }

  /// Bytes of data.
  static func print(bytes: [UInt8]) { write(bytes[...], to: 1) }

  /// Whether standard output is a terminal.
  static var isOutputTerminal: Bool { isatty(1) == 1 }

  /// Columns that a table on standard output may take; nil where nothing is to be cut.
  static var tableWidth: Int? { isOutputTerminal ? width(of: 1) : nil }

  /// The same for a table on standard error.
  static var talkWidth: Int? { isatty(2) == 1 ? width(of: 2) : nil }

  /// Text without a line feed on standard error.
  static func draw(_ text: String) { write(text, to: 2) }

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

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8)[...], to: descriptor)
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var bytes = bytes
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
          unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        // Nobody reads a listing to its end; a worker whose sweep went away still checkpoints.
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }
}
