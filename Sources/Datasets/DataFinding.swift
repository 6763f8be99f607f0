// SPDX-License-Identifier: Apache-2.0

public import Diagnostics

/// Something in usable data that the user may not expect; `diagnostic` turns each fact into
/// sentences.
///
/// To add one, add a case here, its lines in `sentence` and `hints`, and its lines in `words` and
/// `init(words:)`, which the decoded cache uses to store it.
public enum DataFinding: Hashable, Sendable {
  /// The training part has no example of some classes: the first of them, their number, and the
  /// number of all classes.
  ///
  /// A class without a name is shown by its number.
  case classesWithoutExamples([String], count: Int, of: Int)
  /// The training part has examples of all classes except class 0.
  case labelsFromOne(classes: Int)
  /// All training examples are of one class.
  case oneClass(String)
  /// A folder inside a class folder holds pictures, which are not read.
  case nestedFolder(String, pictures: Int)
  /// Pictures beside the class folders are not read.
  case looseFiles(folder: String, count: Int)
  /// Some pictures of a class are in a format that is not read.
  case foreignPictures(folder: String, count: Int)
  /// A folder of pictures beside `train` is not read.
  ///
  /// `isTest` is true if its name is nearly `test` and there is no test part.
  case unreadFolder(String, isTest: Bool)
  /// A folder has the name of a part but is read as a class, because it holds pictures itself.
  case classNamedAsPart(String)
  /// Folders whose names differ only in their Unicode form are one class.
  case classOfTwoSpellings(String)
  /// Classes whose names differ only in the case of their letters.
  case classesOfOneSpelling([String])
  /// float32 merges some of the different numbers at a place, and at some more places.
  ///
  /// The cache does not store it, because it follows from the numbers and options.
  case mergedNumbers(MergedNumbers)
  /// The images of a file have this shape [C, H, W], but the last axis looks like the channels.
  case channelsLast(String, shape: [Int])
  /// The whole numbers of a file are read as tokens, but they look like quantities.
  case integersAsTokens(String, steps: Int)
  /// The test part has no folder for some classes: the first of them, their number, and the number
  /// of all classes.
  case classesWithoutTests(String, [String], count: Int, of: Int)
  /// `task: regression` turns classes with names into numbers: the first names, and the number of
  /// names.
  case numberedClasses([String], count: Int)
  /// Something about a target of several, by its name.
  ///
  /// The cache does not store it, because it follows from the split.
  indirect case target(String, DataFinding)
  /// Something about the columns of a table.
  ///
  /// The cache does not store these. They follow from the facts about the columns, which it stores,
  /// and from the split.
  case table(TableFinding)
}

extension DataFinding {
  /// The word for scripts, which is the same for all findings of a kind.
  public var kind: String { words[0] }

  /// The sentence as a warning, with its hints.
  public var diagnostic: Diagnostic { Diagnostic(sentence, severity: .warning, hints: hints) }

  private var sentence: String {
    switch self {
    case .classesWithoutExamples(let names, let count, let all):
      "\(count) of \(all) classes \(count == 1 ? "has" : "have") no training example: "
        + Self.listed(names, of: count)
    case .labelsFromOne(let classes):
      "class 0 of 0 … \(classes - 1) has no training example: are the labels counted from 1?"
    case .oneClass(let name):
      "all training examples are of one class, \(Self.listed([name], of: 1))"
    case .nestedFolder(let path, let count):
      "`\(path)` lies inside the folder of a class: its \(Self.pictures(count)) not read"
    case .looseFiles(let folder, let count):
      "`\(folder)` itself holds \(Self.unread(count)): only the folders of classes are"
    case .foreignPictures(let folder, let count):
      "`\(folder)` holds \(Self.unread(count)): only PNG files are"
    case .unreadFolder(let path, _):
      "`\(path)` is not read: beside `train`, only `test` is a part of the data"
    case .classNamedAsPart(let path):
      "`\(path)` is read as a class, for it holds pictures and no folders"
    case .classOfTwoSpellings(let name):
      "several folders are called `\(name)` in different Unicode forms: they are read as one class"
    case .classesOfOneSpelling(let names):
      "the classes \(Self.listed(names, of: names.count)) differ only in capital and small letters: they are read as different classes"
    case .mergedNumbers(let merged): merged.sentence
    case .channelsLast(let path, let shape):
      "the images of `\(path)` are read as \(counted(shape[0], "channel")) of \(shape[1])×\(shape[2]) pixels, for their axes are [N, C, H, W]"
    case .integersAsTokens(let path, let steps):
      "the whole numbers of `\(path)` are read as sequences of \(counted(steps, "token")), but their columns differ in size as quantities do"
    case .classesWithoutTests(let path, let names, let count, let all):
      "`\(path)` has no folder for \(count) of \(all) classes: " + Self.listed(names, of: count)
    case .numberedClasses(let names, let count):
      "`task: regression` reads the classes as the numbers 0 … \(count - 1), in the order of their names: "
        + names.enumerated().map { "`\(visible($1))` is \($0)" }.joined(separator: ", ")
        + (count > names.count ? ", …" : "")
    case .target(let name, let finding): "target `\(name)`: \(finding.sentence)"
    case .table(let finding): finding.sentence
    }
  }

  private var hints: [String] {
    switch self {
    case .classesWithoutExamples(_, let count, let all) where 2 * count > all:
      [
        "if the targets are amounts, `task: regression` makes them real targets",
        "if they are labels, `numpy.unique(labels, return_inverse=True)[1]` numbers them from 0 without gaps",
      ]
    case .classesWithoutExamples:
      ["a class without examples has an output of its own and is not learned"]
    case .labelsFromOne(let classes):
      ["classes are counted from 0: save `labels - 1`, which makes \(classes - 1) classes"]
    case .oneClass:
      [
        "a network learns to tell classes apart: check the targets, or `train_limit` where examples lie sorted by class"
      ]
    case .nestedFolder: ["move its pictures up into the folder of the class"]
    case .looseFiles: ["put each picture into the folder of its class"]
    case .foreignPictures:
      [
        "`convert FILE FILE.png` makes a PNG file of one (ImageMagick); then move the original out of the folder"
      ]
    case .unreadFolder(_, isTest: true):
      ["rename it to `test`: the parts are called `train` and `test`, in small letters"]
    case .unreadFolder(let path, _) where PictureFolders.isTestName(path):
      ["pictures for testing go into `test`, beside `train`"]
    case .unreadFolder:
      [
        "`validation: 0.1` holds out a share of `train`; more training pictures go into `train` itself"
      ]
    case .classNamedAsPart: ["a part holds a folder for each class"]
    case .classOfTwoSpellings: ["give them one name, or different ones"]
    case .classesOfOneSpelling: ["if they are one class, give their folders one name"]
    case .mergedNumbers(let merged): [merged.hint]
    case .channelsLast:
      ["`array.transpose(0, 3, 1, 2)` puts the channels in front if the last axis holds them"]
    case .integersAsTokens: ["save them with `array.astype(\"float32\")` to have numbers"]
    case .classesWithoutTests:
      ["the test part says nothing of these classes: put pictures of them into it"]
    case .numberedClasses:
      ["leave out `task: regression` to train a network that tells the classes apart"]
    case .target(_, let finding): finding.hints
    case .table(let finding): finding.hints
    }
  }

  /// `3 pictures are`, for the sentence that goes on with `not read`.
  private static func pictures(_ count: Int) -> String {
    count == 1 ? "1 picture is" : "\(count) pictures are"
  }

  private static func unread(_ count: Int) -> String {
    count == 1 ? "1 picture that is not read" : "\(count) pictures that are not read"
  }

  /// The first of `count` names; words between backticks, numbers bare.
  private static func listed(_ names: [String], of count: Int) -> String {
    let shown = names.map { Int($0) == nil ? "`\($0)`" : $0 }
    let rest = count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

// MARK: - In the decoded cache

extension DataFinding {
  /// The kind, followed by the facts as texts.
  public var words: [String] {
    switch self {
    case .classesWithoutExamples(let names, let count, let all):
      ["classes_without_examples", "\(count)", "\(all)"] + names
    case .labelsFromOne(let classes): ["labels_from_one", "\(classes)"]
    case .oneClass(let name): ["one_class", name]
    case .nestedFolder(let path, let count): ["nested_folder", path, "\(count)"]
    case .looseFiles(let folder, let count): ["loose_files", folder, "\(count)"]
    case .foreignPictures(let folder, let count): ["foreign_pictures", folder, "\(count)"]
    case .unreadFolder(let path, let isTest):
      ["unread_folder", path] + (isTest ? ["test"] : [])
    case .classNamedAsPart(let path): ["class_named_as_part", path]
    case .classOfTwoSpellings(let name): ["class_of_two_spellings", name]
    case .classesOfOneSpelling(let names): ["classes_of_one_spelling"] + names
    case .mergedNumbers: ["merged_numbers"]
    case .channelsLast(let path, let shape): ["channels_last", path] + shape.map { "\($0)" }
    case .integersAsTokens(let path, let steps): ["integers_as_tokens", path, "\(steps)"]
    case .classesWithoutTests(let path, let names, let count, let all):
      ["classes_without_tests", path, "\(count)", "\(all)"] + names
    case .numberedClasses(let names, let count): ["numbered_classes", "\(count)"] + names
    case .target(_, let finding): finding.words
    case .table(let finding): [finding.kind]
    }
  }

  /// A finding from its words; nil if they are not those of a finding.
  public init?(words: [String]) {
    guard let kind = words.first, words.count > 1 else { return nil }
    let (text, count) = (words[1], words.last.flatMap { Int($0) } ?? 0)
    switch kind {
    case "classes_without_examples":
      guard words.count > 2, let empty = Int(text), let all = Int(words[2]) else { return nil }
      self = .classesWithoutExamples(Array(words.dropFirst(3)), count: empty, of: all)
    case "labels_from_one": self = .labelsFromOne(classes: count)
    case "one_class": self = .oneClass(text)
    case "nested_folder": self = .nestedFolder(text, pictures: count)
    case "loose_files": self = .looseFiles(folder: text, count: count)
    case "foreign_pictures": self = .foreignPictures(folder: text, count: count)
    case "unread_folder": self = .unreadFolder(text, isTest: words.count > 2)
    case "classes_of_one_spelling": self = .classesOfOneSpelling(Array(words.dropFirst()))
    case "class_named_as_part": self = .classNamedAsPart(text)
    case "class_of_two_spellings": self = .classOfTwoSpellings(text)
    case "channels_last":
      let shape = words.dropFirst(2).compactMap { Int($0) }
      guard shape.count == 3 else { return nil }
      self = .channelsLast(text, shape: shape)
    case "integers_as_tokens": self = .integersAsTokens(text, steps: count)
    case "classes_without_tests":
      guard words.count > 3, let missing = Int(words[2]), let all = Int(words[3]) else {
        return nil
      }
      self = .classesWithoutTests(text, Array(words.dropFirst(4)), count: missing, of: all)
    case "numbered_classes":
      guard let classes = Int(text) else { return nil }
      self = .numberedClasses(Array(words.dropFirst(2)), count: classes)
    default: return nil
    }
  }
}
