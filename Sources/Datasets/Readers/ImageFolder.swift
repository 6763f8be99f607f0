// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// Pictures of the user's own: PNG files in a folder for each class.
///
/// `FOLDER/train/CLASS/*.png` and `FOLDER/test/CLASS/*.png`, or `FOLDER/CLASS/*.png` without a test part. Classes are the
/// folders' names in the order of their bytes, and so are files inside a class. Examples go round the classes: the first
/// file of each, then the second of each, so that limits keep the classes balanced.
struct ImageFolder: DatasetSource {
  var version: Int { 2 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let folder = request.text("folder")
    let parts = try ImageFolder.parts(folder)
    let names = sortedByBytes(Set(parts.flatMap { $0.classes.map(\.name) }))
    guard names.count > 1 else {
      throw .pictures(path: folder, .classes(names))
    }
    try ImageFolder.checkClasses(parts, names)
    let examples = parts.map { ImageFolder.examples($0, names) }
    let paths = examples.flatMap { $0.map(\.path) }
    let arguments = request.canonical(version: version)
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey("images", arguments),
      identity: arguments + "\n" + identity(of: paths)
    ) { () throws(DatasetError) in
      try ImageFolder.decoded(request, names, examples)
    }
  }

  // MARK: - Folders

  private struct Part {
    var name: String
    var path: String
    var classes: [(name: String, files: [String])]
  }

  private struct Example {
    var path: String
    var label: Int32
  }

  private static func parts(_ folder: String) throws(DatasetError) -> [Part] {
    guard isFolder("\(folder)/train") else { return [try part("train", folder)] }
    let hasTest = isFolder("\(folder)/test")
    return try [part("train", "\(folder)/train")]
      + (hasTest ? [part("test", "\(folder)/test")] : [])
  }

  private static func part(_ name: String, _ path: String) throws(DatasetError) -> Part {
    var part = Part(name: name, path: path, classes: [])
    var empty: [String] = []
    for entry in try folderEntries(path) where isFolder("\(path)/\(entry)") {
      let files = try pictures("\(path)/\(entry)")
      if files.isEmpty { empty.append(entry) } else { part.classes.append((entry, files)) }
    }
    // Where no folder holds any, the folders are no classes at all.
    if let first = empty.first, !part.classes.isEmpty {
      throw .pictures(path: "\(path)/\(first)", .emptyClass)
    }
    return part
  }

  /// The PNG files of a class; pictures of other formats are refused, other files left alone.
  private static func pictures(_ folder: String) throws(DatasetError) -> [String] {
    let foreign = [".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"]
    var files: [String] = []
    for entry in try folderEntries(folder) {
      let lowered = entry.lowercased()
      if foreign.contains(where: lowered.hasSuffix) {
        throw .pictures(path: "\(folder)/\(entry)", .foreignFormat)
      }
      if lowered.hasSuffix(".png") { files.append(entry) }
    }
    return files
  }

  private static func checkClasses(_ parts: [Part], _ names: [String]) throws(DatasetError) {
    let trained = parts[0].classes.map(\.name)
    guard let test = parts.dropFirst().first else { return }
    if let unseen = names.first(where: { !trained.contains($0) }) {
      throw .pictures(path: "\(test.path)/\(unseen)", .unseenClass(unseen, train: parts[0].path))
    }
    if test.classes.isEmpty { throw .pictures(path: test.path, .classes([])) }
  }

  private static func examples(_ part: Part, _ names: [String]) -> [Example] {
    let longest = part.classes.map(\.files.count).max() ?? 0
    let numbered = part.classes.map { found in
      (label: Int32(names.firstIndex(of: found.name) ?? 0), found.name, found.files)
    }
    return (0..<longest).flatMap { index in
      numbered.filter { index < $0.2.count }.map { label, name, files in
        Example(path: "\(part.path)/\(name)/\(files[index])", label: label)
      }
    }
  }

  // MARK: - Pictures

  private static func decoded(
    _ request: DatasetRequest,
    _ names: [String],
    _ parts: [[Example]]
  ) throws(DatasetError) -> PlainSet {
    let format: PNGImage.Format = request.text("color") == "gray" ? .gray8 : .rgb8
    let wanted = request.size("size")
    var size = wanted
    // Without a wished size, the first picture says what all must have.
    var model = ""
    var arrays: [String: PlainArray] = [:]
    for (part, examples) in zip(["train", "test"], parts) {
      var pixels: [UInt8] = []
      for example in examples {
        let picture = try readPicture(example.path, format)
        let expected = size ?? ImageSize(height: picture.height, width: picture.width)
        if size == nil { (size, model) = (expected, example.path) }
        let isFitting = picture.height == expected.height && picture.width == expected.width
        guard isFitting || wanted != nil else {
          let got = ImageSize(height: picture.height, width: picture.width)
          throw .pictures(path: example.path, .otherSize(got, expected: expected, of: model))
        }
        pixels += planes(isFitting ? picture : resized(picture, to: expected))
      }
      let shape = [format.channels, size?.height ?? 1, size?.width ?? 1]
      arrays["\(part).inputs"] = PlainArray(pixels, shape: [examples.count] + shape)
      arrays["\(part).targets"] = PlainArray(examples.map(\.label), shape: [examples.count])
    }
    let shape = [format.channels, size?.height ?? 1, size?.width ?? 1]
    return PlainSet(
      meaning: DecodedSet.Meaning(
        input: .values(shape: shape),
        target: .classes(count: names.count),
        classNames: names
      ),
      arrays: arrays
    )
  }
}

/// Height and width in pixels.
public struct ImageSize: Hashable, Sendable, CustomStringConvertible {
  /// Rows.
  public var height: Int
  /// Columns.
  public var width: Int

  /// These sides.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Height × width, as shapes are written.
  public var description: String { "\(height)×\(width)" }
}

extension DatasetRequest {
  /// Height and width, one number standing for both; nil if the argument is left out.
  func size(_ key: String) -> ImageSize? {
    switch arguments[key] {
    case .integer(let side)?: return ImageSize(height: side, width: side)
    case .list(let sides)?:
      guard sides.count == 2, case .integer(let height) = sides[0],
        case .integer(let width) = sides[1]
      else { preconditionFailure("\(name): argument \(key) is no size") }
      return ImageSize(height: height, width: width)
    default: return nil
    }
  }
}
