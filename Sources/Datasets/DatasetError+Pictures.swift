// SPDX-License-Identifier: Apache-2.0

extension DatasetError {
  /// What is wrong with a folder of pictures.
  public enum PictureFact: Hashable, Sendable {
    /// Fewer than two folders hold PNG files.
    case classes([String])
    /// A class folder holds no PNG file, but those of other classes do.
    case emptyClass
    /// A class folder holds no picture itself, but it holds folders with pictures.
    case nestedClass
    /// Folders with the names of parts hold pictures themselves, so classes are missing.
    case partsWithoutClasses([String])
    /// A folder with the name of a part holds class folders, but there are also classes beside it.
    case partBesideClasses(String, [String])
    /// There are no classes, but there is a folder whose name is nearly that of the training part.
    case partName(String)
    /// There are no classes, but there are pictures in other places.
    case elsewhere(PicturePlace)
    /// The test part has a class that the training part lacks; `near` is a class of that part with
    /// nearly this name.
    case unseenClass(String, train: String, near: String?)
    /// A picture has a format that is not read; `png` is a PNG file beside it that may show the
    /// same.
    case foreignFormat(png: String?)
    /// The file has the name of a PNG but is something else; the text is the reason.
    case notPNG(String)
    /// The file is a damaged PNG; the text is the reason.
    case damaged(String)
    /// The picture has more pixels than the limit; the text is the reason.
    case tooLarge(String)
    /// The size of the picture differs from that of the first one.
    case otherSize(ImageSize, expected: ImageSize, of: String)
    /// The size of a picture from outside the data set differs from that of its images.
    case foreignSize(ImageSize, expected: ImageSize)

    var sentence: String {
      switch self {
      case .classes(let names):
        "expected folders of PNG files, one for each of at least two classes, got "
          + (names.isEmpty ? "none" : "only `\(names.joined(separator: "`, `"))`")
      case .elsewhere(let place):
        "expected folders of PNG files, one for each of at least two classes, got none: "
          + place.sentence
      case .emptyClass: "the folder of this class holds no PNG file"
      case .nestedClass:
        "the folder of this class holds no PNG file itself, only folders with pictures"
      case .partsWithoutClasses(let names):
        "expected a folder for each class in `\(names.joined(separator: "`, `"))`, got pictures"
      case .partBesideClasses(let name, let classes):
        "`\(name)` holds folders as a part does, but "
          + (classes.contains("train")
            ? "`train` beside it holds pictures itself"
            : "folders with pictures lie beside it in place of `train`: \(Self.listed(classes))")
      case .partName(let name):
        "expected folders of PNG files, one for each of at least two classes, or `train`, got `\(name)`"
      case .unseenClass(let name, let train, _): "the class `\(name)` is not in `\(train)`"
      case .foreignFormat: "expected PNG files, got another format"
      case .notPNG(let reason), .damaged(let reason), .tooLarge(let reason): reason
      case .otherSize(let got, let expected, let model):
        "the picture has \(got) pixels, expected \(expected) as `\(model)`"
      case .foreignSize(let got, let expected):
        "the picture has \(got) pixels, expected \(expected) as the data's images"
      }
    }

    private static func listed(_ names: [String]) -> String {
      names.prefix(5).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }

    /// How to continue; `path` is that of the picture or folder.
    func hints(_ path: String) -> [String] {
      switch self {
      case .elsewhere(let place): [place.hint]
      case .classes(let names) where names.count == 1:
        [
          "a network learns to tell classes apart: put pictures of another class into a folder beside"
        ]
      case .nestedClass:
        ["move its pictures up into it; parts are called `train` and `test` and stand side by side"]
      case .partsWithoutClasses: ["`FOLDER/train/CLASS/*.png` and `FOLDER/test/CLASS/*.png`"]
      case .partBesideClasses(_, let classes) where classes.contains("train"):
        ["a part holds a folder for each class: `FOLDER/train/CLASS/*.png`"]
      case .partBesideClasses("test", _):
        ["move the folders of the training classes into a folder `train` beside `test`"]
      case .partBesideClasses(let name, _):
        [
          "only `train` and `test` are parts: move the folders of the training classes into `train`, and rename `\(name)` or move it away"
        ]
      case .partName(let name):
        ["rename `\(name)` to `train`, and the folder for testing to `test`"]
      case .classes: ["`FOLDER/train/CLASS/*.png` and `FOLDER/test/…`, or `FOLDER/CLASS/*.png`"]
      case .emptyClass: ["remove the folder, or put pictures of its class into it"]
      case .unseenClass(_, _, let near?):
        ["`\(near)` is there: a class has the same name in both parts, in every letter"]
      case .unseenClass: ["training and test folders must have the same classes"]
      case .foreignFormat(let png?):
        [
          "`\(png)` lies beside it: if it shows the same, move `\(PictureCommand.name(path))` out of the folder"
        ] + PictureCommand.hints(path)
      case .foreignFormat: PictureCommand.hints(path)
      case .notPNG:
        [
          "`\(PictureCommand.mending(path))` makes a PNG file of a picture in another format (ImageMagick); then put that in place of this one"
        ]
      case .damaged: ["save or copy the picture again, or take it out of the folder"]
      case .tooLarge: ["scale the picture down first"]
      case .otherSize: ["`size: [height, width]` resizes all pictures"]
      case .foreignSize: ["scale the picture first"]
      }
    }
  }
}
