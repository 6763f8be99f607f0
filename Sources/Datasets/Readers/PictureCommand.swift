// SPDX-License-Identifier: Apache-2.0

/// Commands that make PNG files of other pictures, for hints.
///
/// They never write over a file: `0.jpg` becomes `0.jpg.png`, for `0.png` may be another picture. `convert` is what
/// ImageMagick 6 and 7 both have.
enum PictureCommand {
  static func hints(_ path: String) -> [String] {
    let (folder, name) = split(path)
    let suffix = name.split(separator: ".").last.map(String.init) ?? ""
    let files = (folder.isEmpty ? "" : quoted(folder) + "/") + "*." + suffix
    return [
      "`for f in \(files); do [ -e \"$f.png\" ] || convert \"$f\" \"$f.png\"; done` writes a PNG file beside each (ImageMagick); `PIL.Image.open(f).save(f + \".png\")` does it in Python",
      "then move the originals out of the folder",
    ]
  }

  /// Writes another file beside one that is no PNG in spite of its name.
  static func mending(_ path: String) -> String {
    let stem = path.lowercased().hasSuffix(".png") ? String(path.dropLast(4)) : path
    let free = (1...).lazy.map { "\(stem)-converted\($0 == 1 ? "" : "-\($0)").png" }
      .first { FileIdentity($0) == nil }
    return "convert \(quoted(path)) \(quoted(free ?? "\(stem)-converted.png"))"
  }

  static func name(_ path: String) -> String { split(path).name }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  /// The text as one word of a shell.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
        || "/._-+@%:,".unicodeScalars.contains($0)
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
