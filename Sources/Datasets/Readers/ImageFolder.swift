// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Tensors
internal import Vocabulary

/// Pictures of the user's own: PNG files in a folder for each class.
///
/// `PictureFolders` says which they are. Examples go round the classes: the first file of each, then the second of each, so
/// that limits keep the classes balanced.
struct ImageFolder: DatasetSource {
  var version: Int { 2 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let folder = request.text("folder")
    let found = try PictureFolders(folder)
    let names = found.classNames
    let examples = found.parts.map { ImageFolder.examples($0, names) }
    let paths = examples.flatMap { $0.map(\.path) }
    let arguments = request.canonical(version: version)
    var set = try DecodedCache(folder: locations.decoded).load(
      key: cacheKey("images", arguments),
      identity: arguments + "\n" + identity(of: paths)
    ) { () throws(DatasetError) in
      try ImageFolder.decoded(request, names, examples)
    }
    set.findings += found.findings
    return set
  }

  private struct Example {
    var path: String
    var label: Int32
  }

  private static func examples(_ part: PictureFolders.Part, _ names: [String]) -> [Example] {
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
        input: .values(shape),
        target: .classes(names.count),
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

  /// A size with this height and width.
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
