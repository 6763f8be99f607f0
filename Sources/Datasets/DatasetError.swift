// SPDX-License-Identifier: Apache-2.0

public import Diagnostics
public import Tensors

/// Why data could not be used; `diagnostic` turns each fact into sentences.
public enum DatasetError: Error, Hashable, Sendable {
  /// No data set has this name; `near` is the name that may have been meant.
  case unknownName(String, near: String?)
  /// None of the searched folders holds the set's files.
  case notFound(name: String, folder: String, files: [String], searched: [String])
  /// A folder holds some of the set's files, but not these.
  case incomplete(name: String, folder: String, missing: [String])
  /// The system refused to read a file.
  case unreadable(path: String, reason: String)
  /// A compressed file is damaged; `reason` names the byte.
  case compression(path: String, format: String = "gzip", reason: String, fileSize: Int)
  /// The content of a file does not follow its format.
  case format(path: String, fact: FormatFact)
  /// Two files that belong together have different numbers of records.
  case countMismatch(path: String, count: Int, other: String, otherCount: Int)
  /// Two arrays that belong together have different example shapes.
  case shapeMismatch(path: String, shape: [Int], other: String, otherShape: [Int])
  /// Two arrays of one role that belong together have elements of different kinds.
  case elementMismatch(
    role: String,
    path: String,
    element: String,
    other: String,
    otherElement: String
  )
  /// A table of texts is not as required; `line` counts from 1.
  case table(path: String, line: Int?, TableFact)
  /// A folder of pictures, or a file in it, is not as required.
  case pictures(path: String, PictureFact)
  /// Generated data need more memory than there is; `byteCount` is what they need.
  case tooLarge(name: String, byteCount: Int, memoryBytes: Int)
  /// The options do not fit the data.
  case option(OptionFact)

  /// What is wrong in a file; offsets count decoded bytes from 0.
  public enum FormatFact: Hashable, Sendable {
    /// The header should have `expected` bytes, but the content ends before.
    case shortHeader(expected: Int, got: Int)
    /// The number that marks the format is wrong.
    case magic(expected: UInt32, got: UInt32)
    /// Height and width differ from those of the set.
    case imageSize(expected: [Int], got: [Int])
    /// The number of content bytes differs from the number in the header.
    case contentSize(expected: Int, got: Int, count: Int)
    /// The number of records differs from that of the set.
    case recordCount(expected: Int, got: Int)
    /// A label is not one of the set's classes.
    case label(Int, offset: Int, classes: Int)
    /// The bytes do not begin like an npy file.
    case npyMagic
    /// An npy header of `expected` bytes is cut off.
    case npyHeaderSize(expected: Int, got: Int)
    /// The number of content bytes differs from the number in the npy header.
    case npySize(expected: Int, got: Int, count: Int)
    /// A version of npy that does not exist, or not yet.
    case npyVersion(Int, Int)
    /// The npy header cannot be parsed.
    case npyHeader(String, offset: Int)
    /// An element type that is not supported.
    case npyElement(String)
    /// Texts that are all numbers, stored as text.
    case npyNumbersAsText(String, role: String)
    /// A whole number that int64 cannot hold.
    case npyBeyondInt64
    /// The array has no example axis, or one of the wrong rank.
    case npyRank(role: String, expected: String, shape: [Int])
    /// An integer that cannot be a token or a class.
    case npyInteger(role: String, value: Int, index: Int, expected: String)
    /// NaN, infinity, or a number beyond float32; the place has an index for each axis.
    case npyNotFinite(role: String, value: Double, at: [Int])
    /// Lengths whose elements are neither int32 nor int64.
    case npyLengthType(String)
    /// One part has no lengths, but the other one has.
    case npyNoLengths(String)
    /// A real number where classes are expected.
    case npyReal(value: Double, index: Int)
    /// A zip archive that lacks this file, and the files that it has.
    case zipLacks(String, among: [String])
    /// A text that is not UTF-8, and its probable encoding.
    case notUTF8(offset: Int, encoding: TextEncoding)
    /// The text has too few tokens for the requested windows.
    case shortText(tokens: Int, needed: Int, steps: Int)
  }

  /// What is wrong with limits, split, task or standardisation.
  public enum OptionFact: Hashable, Sendable {
    /// The validation part would leave nothing to train on, or hold nothing.
    case validation(count: Int, of: Int)
    /// A text's part is too short for windows.
    case partTooShort(part: DataPart, windows: Int, needed: Int)
    /// The set has no such limit.
    case limit(key: String, value: Int)
    /// The task does not fit the targets of the set.
    case task(wanted: String, target: String, name: String)
    /// There are more folds than training examples.
    case folds(Int, of: Int)
    /// Folds of a text, whose windows are not independent examples.
    case foldsOfText(name: String)
    /// Outliers in targets that are not real numbers.
    case outliers(name: String)
    /// Augmentation of inputs that are not images.
    case augmentation(name: String, SignalShape)
    /// An image would be moved by its whole size or more.
    case augmentationRange(pixels: Int, height: Int, width: Int)
    /// Standardisation of tokens, which have no mean.
    case standardizeTokens(name: String)
    /// The options or names do not fit several inputs or targets.
    case names(NameFact)
    /// The separator of a table is not one of the allowed single characters.
    case separator(String)
    /// The decimal sign of a table also groups its digits.
    case decimalIsThousands(String)
    /// The decimal sign of a table is also its separator, and no quotes tell the two apart.
    case decimalIsSeparator(String)
  }
}

extension DatasetError {
  /// The sentence and its hints; `remedy` is one more.
  public var diagnostic: Diagnostic {
    switch self {
    case .unknownName(let name, let near):
      Diagnostic(
        "no data set is called `\(name)`",
        hints: near.map { ["did you mean `\($0)`?"] } ?? []
      )
    case .notFound(let name, let folder, let files, let searched):
      Diagnostic(
        "the data set `\(name)` was not found; searched "
          + searched.map { "`\($0)/\(folder)`" }.joined(separator: ", "),
        hints: [
          "expected in one of them: \(files.map { "`\($0)`" }.joined(separator: ", "))"
        ]
      )
    case .incomplete(let name, let folder, let missing):
      Diagnostic(
        "the data set `\(name)` in `\(folder)` lacks \(missing.map { "`\($0)`" }.joined(separator: ", "))"
      )
    case .tooLarge(let name, let byteCount, let memoryBytes):
      Diagnostic(
        "drawing the data `\(name)` takes \(byteText(byteCount)) of memory, and this machine has \(byteText(memoryBytes))",
        hints: ["ask for fewer or smaller examples"]
      )
    case .unreadable(let path, let reason):
      Diagnostic("cannot read `\(path)`: \(reason)")
    case .compression(let path, let format, let reason, let size):
      Diagnostic(
        "`\(path)` (\(counted(size, "byte"))) is not a sound \(format) file: \(reason)"
      )
    case .format(let path, let fact):
      Diagnostic("`\(path)`: \(fact.sentence)", hints: fact.hints)
    case .countMismatch(let path, let count, let other, let otherCount):
      Diagnostic(
        "`\(path)` holds \(counted(count, "record")), `\(other)` \(otherCount)",
        hints: ["both must have one record per example, in the same order"]
      )
    case .shapeMismatch(let path, let shape, let other, let otherShape):
      Diagnostic(
        "an example of `\(path)` has shape \(shape), of `\(other)` \(otherShape)",
        hints: ["training and test arrays must agree in everything but the first axis"]
      )
    case .elementMismatch(let role, let path, let element, let other, let otherElement):
      Diagnostic(
        "`\(path)` is read as \(element), `\(other)` as \(otherElement)",
        hints: [
          "training and test arrays must have elements of one kind",
          kindHint(role, [element, otherElement]),
        ]
      )
    case .table(let path, let line, let fact):
      DatasetError.tableDiagnostic(path, line, fact)
    case .pictures(let path, let fact):
      Diagnostic("`\(path)`: \(fact.sentence)", hints: fact.hints(path))
    case .option(let fact):
      Diagnostic(fact.sentence, hints: fact.hints)
    }
  }
}

extension DatasetError.FormatFact {
  /// Whether a public file can only be damaged if this is so.
  var isDamage: Bool {
    switch self {
    case .magic(_, let got): got >> 16 != 0x1f8b
    case .shortHeader, .contentSize, .label, .recordCount, .imageSize, .zipLacks: true
    default: false
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .shortHeader(let expected, let got), .npyHeaderSize(let expected, let got):
      "the header has \(counted(expected, "byte")), but the content ends at byte \(got)"
    case .magic(let expected, let got):
      "at byte 0: expected the magic number \(hex(expected)), got \(hex(got))"
    case .imageSize(let expected, let got):
      "at byte 8: expected images of \(expected[0])×\(expected[1]), got \(got[0])×\(got[1])"
    case .contentSize(let expected, let got, let count), .npySize(let expected, let got, let count):
      "\(counted(count, "record needs", plural: "records need")) \(counted(expected, "byte")) in all, got \(got)"
        + (got < expected ? ": cut off at byte \(got)" : ": surplus bytes from byte \(expected)")
    case .recordCount(let expected, let got):
      "at byte 4: expected \(counted(expected, "record")), got \(got)"
    case .label(let label, let offset, let classes):
      "at byte \(offset): expected a label of 0 … \(classes - 1), got \(label)"
    case .npyMagic: "this is no npy file: it does not begin with \\x93NUMPY"
    case .npyVersion(let major, let minor):
      "expected npy version 1.0, 2.0 or 3.0, got \(major).\(minor)"
    case .npyHeader(let what, let offset): "the npy header is damaged near byte \(offset): \(what)"
    case .npyElement(let description):
      "expected numbers (float16 to float64, int8 to int64, uint8 to uint64) or bool, got `\(description)`"
        + (npyKind(description).map { ", which is \($0.name)" } ?? "")
    case .npyNumbersAsText(let descriptor, _):
      Self.npyElement(descriptor).sentence
    case .npyBeyondInt64: "expected whole numbers below 9.2e18, got a larger one"
    case .npyRank(let role, let expected, let shape):
      "expected \(role) of shape \(expected), got \(shape)"
    case .npyInteger(let role, let value, let index, let expected):
      "expected \(role) of \(expected), got \(value) at element \(index)"
    case .npyNotFinite(let role, let value, let place):
      "expected \(role) of \(value.isFinite ? "numbers up to 3.4e38, the largest float32" : "finite numbers"), got \(value) at element "
        + (place.count == 1 ? "\(place[0])" : "\(place)")
    case .npyLengthType(let name): "expected lengths of int32 or int64, got \(name)"
    case .npyNoLengths(let part):
      "the \(part) part has no `lengths`, the other one has: both must say how long their sequences are"
    case .npyReal(let value, let index):
      "expected classes (whole numbers from 0), got \(value) at element \(index)"
    case .zipLacks(let name, let others):
      "expected a file `\(name)` in the archive, got "
        + (others.isEmpty
          ? "no file"
          : others.prefix(5).map { "`\(visible($0))`" }.joined(separator: ", ")
            + (others.count > 5 ? ", …" : ""))
    case .notUTF8(let offset, _): "expected UTF-8 text, got something else at byte \(offset)"
    case .shortText(let tokens, let needed, let steps):
      "expected at least \(counted(needed, "token")) for windows of \(counted(steps, "step")), got \(tokens)"
    }
  }

  fileprivate var hints: [String] {
    switch self {
    case .npyNumbersAsText(let descriptor, let role):
      ["`array.astype(\"float32\")` makes numbers of these texts"]
        + (role == "targets" ? Self.npyElement(descriptor).hints : [])
    case .npyElement(let description):
      npyKind(description)?.hints ?? ["save it with `numpy.save(path, array.astype(\"float32\"))`"]
    case .npyBeyondInt64: ["save it with `numpy.save(path, array.astype(\"float64\"))`"]
    case .npyNotFinite(_, let value, _):
      [
        value.isFinite
          ? "divide them all by a power of ten"
          : "`numpy.argwhere(~numpy.isfinite(array))` finds them all: leave these examples out, or replace the numbers"
      ]
    case .npyLengthType: ["save them with `numpy.save(path, lengths.astype(\"int64\"))`"]
    case .npyNoLengths(let part): ["add `lengths:` to `\(part):`"]
    case .npyReal(let value, _) where value == value.rounded():
      [
        "classes are counted from 0: `numpy.unique(labels, return_inverse=True)[1]` numbers them so",
        "leave out `task: classification` to train on real numbers",
      ]
    case .npyReal: ["leave out `task: classification` to train on real numbers"]
    case .shortText: ["lower `steps` or raise `max_tokens`"]
    case .magic(_, let got) where got >> 16 == 0x1f8b:
      ["the file is compressed twice; expand it once"]
    case .notUTF8(_, let encoding): [encoding.hint]
    case .npyMagic: ["save it with `numpy.save(path, array)`"]
    case .npyHeaderSize, .npySize:
      ["copy the file again, or save it anew with `numpy.save(path, array)`"]
    case .npyInteger("classes", _, _, _):
      [
        "`task: regression` makes whole numbers real targets",
        "classes are counted from 0: `numpy.unique(labels, return_inverse=True)[1]` numbers them so",
      ]
    case .npyInteger("classes of a target", _, _, _):
      [
        "save real numbers with `array.astype(\"float32\")`",
        "classes are counted from 0: `numpy.unique(labels, return_inverse=True)[1]` numbers them so",
      ]
    case .npyInteger("tokens", _, _, NpyDataset.wholeNumbers):
      [
        quantityHint,
        "words are counted from 0: `numpy.unique(array, return_inverse=True)[1].reshape(array.shape)` numbers them so",
      ]
    case .npyRank("integer inputs (tokens)", NpyDataset.tokenShape, let shape):
      shape.count > 2
        ? [
          "save brightnesses from 0 to 255 with `array.astype(\"uint8\")`, other quantities with `array.astype(\"float32\")`"
        ]
        : [quantityHint]
    case .npyRank("integer targets (classes)", _, _):
      [
        "`task: regression` makes whole numbers real targets",
        "rows of one 1 and else 0 become classes with `targets.argmax(axis=1)`",
      ]
    case .npyRank, .npyInteger, .npyVersion, .npyHeader, .shortHeader, .magic, .contentSize,
      .label, .recordCount, .imageSize, .zipLacks:
      []
    }
  }
}

extension DatasetError.OptionFact {
  fileprivate var sentence: String {
    switch self {
    case .validation(_, let total) where total < 2:
      "expected at least 2 training examples where some are held out, got \(total)"
    case .validation(let count, 2): "expected a validation part of 1 example, got \(count) of 2"
    case .validation(let count, let total):
      "expected a validation part of 1 … \(total - 1) examples, got \(count) of \(total)"
    case .partTooShort(let part, let windows, let needed):
      "the \(part.rawValue) part of the text has \(counted(windows, "window")), expected at least \(needed)"
    case .limit(let key, let value): "expected `\(key)` of at least 1, got \(value)"
    case .task(let wanted, let target, let name):
      "`task: \(wanted)` does not fit the targets of `\(name)`, which are \(target)"
    case .standardizeTokens(let name):
      "`standardize` needs real inputs, but those of `\(name)` are tokens"
    case .folds(let folds, let count):
      count < 2
        ? "expected at least 2 training examples for folds, got \(count)"
        : "expected \(count == 2 ? "2" : "2 … \(count)") folds of \(count) examples, got \(folds)"
    case .foldsOfText(let name):
      "`folds` needs examples, but `\(name)` is a text whose windows follow each other"
    case .outliers(let name):
      "`outliers` need real targets, but those of `\(name)` are classes or tokens"
    case .augmentation(let name, let input):
      "`augment` needs images [C, H, W], but the inputs of `\(name)` are \(input.plural)"
    case .augmentationRange(let pixels, let height, let width):
      "`augment` moves images of \(height)×\(width) by up to \(counted(pixels, "pixel")), expected less than their size"
    case .names(let fact): fact.sentence
    case .separator(let text): "expected a `separator` of one ASCII character, got `\(text)`"
    case .decimalIsThousands(let sign): "`decimal` and `thousands` are both `\(sign)`"
    case .decimalIsSeparator(let sign):
      "`decimal` and `separator` are both `\(sign)`, and no field stands between quotes"
    }
  }

  fileprivate var hints: [String] {
    switch self {
    case .validation(_, let total) where total < 2: ["leave `validation` out"]
    case .validation(0, _): ["raise `validation`, or leave it out"]
    case .validation: ["lower `validation`, or leave it out"]
    case .partTooShort: ["lower `steps` or `validation`, or raise `max_tokens`"]
    case .limit: []
    case .task("classification", "real numbers", "npy"):
      [
        "leave out `task` to train on real numbers",
        "rows of one 1 and else 0 become classes with `targets.argmax(axis=-1)`",
      ]
    case .task: ["leave out `task`"]
    case .standardizeTokens: ["leave out `standardize`"]
    case .folds(_, let count) where count < 2: ["leave `folds` out"]
    case .folds: ["lower `folds`"]
    case .foldsOfText: ["hold out the end of the text with `validation`"]
    case .outliers: ["leave out `outliers`"]
    case .augmentation: ["leave out `augment`"]
    case .augmentationRange: ["lower `shift` or `crop.padding`"]
    case .decimalIsThousands: ["a German file has `decimal: \",\"` and `thousands: \".\"`"]
    case .decimalIsSeparator: ["`separator: \";\"` if that stands between the fields"]
    case .names(let fact): fact.hints
    case .separator: ["such as `\",\"`, `\";\"` or `tab`"]
    }
  }
}

private func hex(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
