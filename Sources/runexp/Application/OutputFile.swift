// SPDX-License-Identifier: Apache-2.0

import Codecs
import Diagnostics
import Foundation
import Workbench

/// Files that commands write where they are told.
enum OutputFile {
  /// Writes the whole file, or none of it; throws `FileWritingError` where the system refuses.
  static func write(_ bytes: [UInt8], to path: String, replacing: Bool = true) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw Diagnostic("`\(path)` cannot be written: there is no folder `\(folder)`")
    }
    try ByteFile.write(bytes, to: path, replacing: replacing)
  }
}
