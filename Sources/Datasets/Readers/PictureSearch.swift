// SPDX-License-Identifier: Apache-2.0

/// Where pictures are in a folder that should hold class folders but has none with pictures.
public enum PicturePlace: Hashable, Sendable {
  /// In the folder itself; `count` says how many.
  case folder(count: Int)
  /// In a folder inside that has the expected form.
  case inside(String)
  /// A folder inside a part holds the part's classes.
  case insidePart(String, part: String)
  /// Each class holds a folder for each part: the first class, a part's folder in it, and the
  /// folder of all classes.
  case partsOfClasses(String, part: String, folder: String)
  /// Each class folder has another folder around its pictures: the first such folder, and its
  /// class.
  case belowClass(String, of: String)
  /// In another place: the first folder with pictures.
  case first(String)

  var sentence: String {
    switch self {
    case .folder(let count):
      count == 1 ? "it holds 1 picture itself" : "it holds \(count) pictures itself"
    case .inside(let path), .insidePart(let path, _): "`\(path)` holds such folders"
    case .partsOfClasses(let name, let part, _):
      "the folders of classes hold those of parts, such as `\(name)/\(part)`"
    case .belowClass(let path, _): "the pictures lie one folder deeper, such as in `\(path)`"
    case .first(let path): "the first pictures lie in `\(path)`"
    }
  }

  var hint: String {
    switch self {
    case .folder: "put each picture into the folder of its class: `FOLDER/CLASS/*.png`"
    case .inside(let path): "write `folder: \(path)`"
    case .insidePart(let path, let part): "move the folders in `\(path)` up into `\(part)`"
    case .partsOfClasses(let name, let part, let folder):
      "parts come before classes: `\(folder)/\(part)/\(name)/*.png`, not `\(folder)/\(name)/\(part)/*.png`"
    case .belowClass(_, let name):
      "move the pictures of each class up into the folder of the class, such as `\(name)`"
    case .first: "`FOLDER/train/CLASS/*.png` and `FOLDER/test/…`, or `FOLDER/CLASS/*.png`"
    }
  }
}

extension PictureFolders {
  /// Where the pictures of a folder, or of a part of it, are; nil if there are none.
  func place(in folder: String, isPart: Bool) throws(DatasetError) -> PicturePlace? {
    var (holders, loose) = ([String](), 0)
    for entry in try folderEntries(folder) {
      if !isFolder("\(folder)/\(entry)") {
        loose += isPicture(entry) ? 1 : 0
      } else if try pictureCount("\(folder)/\(entry)") > 0 {
        holders.append(entry)
      }
    }
    guard let first = holders.first else { return loose > 0 ? .folder(count: loose) : nil }
    if let inside = try wanted(in: folder, holders) {
      return isPart ? .insidePart(inside, part: folder) : .inside(inside)
    }
    var inner: [(name: String, inner: String)] = []
    for name in holders {
      if let found = try innerFolder(of: "\(folder)/\(name)") { inner.append((name, found)) }
    }
    guard inner.count == holders.count, let shown = inner.first else {
      return try firstPictures(in: "\(folder)/\(first)").map { .first($0) }
    }
    if !isPart, inner.allSatisfy({ Self.partNames.contains($0.inner.lowercased()) }) {
      return .partsOfClasses(shown.name, part: shown.inner, folder: folder)
    }
    let path = "\(folder)/\(shown.name)"
    return .belowClass("\(path)/\(shown.inner)", of: path)
  }

  /// A folder inside that could be given in place of this one: the only one with pictures, or one with a part `train`.
  private func wanted(
    in folder: String,
    _ holders: [String],
    depth: Int = 4
  ) throws(DatasetError) -> String? {
    for name in holders {
      let path = "\(folder)/\(name)"
      guard holders.count == 1 || isFolder("\(path)/train"), isReadable(path) else { continue }
      return path
    }
    guard holders.count == 1, depth > 0 else { return nil }
    let path = "\(folder)/\(holders[0])"
    let deeper = try folderEntries(path).filter { isFolder("\(path)/\($0)") }
    var inner: [String] = []
    for name in deeper where try pictureCount("\(path)/\(name)") > 0 { inner.append(name) }
    return inner.count == 1 ? try wanted(in: path, inner, depth: depth - 1) : nil
  }

  /// Whether the folder has classes; formats are a later worry.
  private func isReadable(_ path: String) -> Bool {
    do {
      _ = try PictureFolders(path, searches: false)
      return true
    } catch {
      if case .pictures(_, .foreignFormat) = error { return true }
      return false
    }
  }

  /// The first folder of a class's folder that holds pictures itself; nil if the class holds some itself.
  private func innerFolder(of path: String) throws(DatasetError) -> String? {
    for entry in try folderEntries(path) where isFolder("\(path)/\(entry)") {
      for file in try folderEntries("\(path)/\(entry)")
      where isPicture(file) && !isFolder("\(path)/\(entry)/\(file)") { return entry }
    }
    return nil
  }

  private func firstPictures(in path: String, depth: Int = 6) throws(DatasetError) -> String? {
    let entries = try folderEntries(path)
    if entries.contains(where: { isPicture($0) && !isFolder("\(path)/\($0)") }) { return path }
    guard depth > 0 else { return nil }
    for entry in entries where isFolder("\(path)/\(entry)") {
      if let found = try firstPictures(in: "\(path)/\(entry)", depth: depth - 1) { return found }
    }
    return nil
  }
}
