// SPDX-License-Identifier: Apache-2.0

/// Which files of a folder are pictures of which class: `FOLDER/train/CLASS/*.png` and `FOLDER/test/CLASS/*.png`, or
/// `FOLDER/CLASS/*.png` without a test part.
///
/// Classes are the folders' names in the order of their bytes, and so are files inside a class. `train` is a part if it
/// holds folders; if it holds pictures itself, it is a class like its neighbours. Names that begin with a dot are left
/// alone. Pictures that are not read for where they lie or for their format are findings.
struct PictureFolders {
  struct Part {
    var path: String
    var classes: [(name: String, files: [String])]
  }

  /// Training, then testing if there is a folder for it.
  private(set) var parts: [Part] = []
  /// All classes in the order of their bytes.
  private(set) var classNames: [String] = []
  private(set) var findings: [DataFinding] = []

  /// Whether pictures are looked for elsewhere where no folder of classes holds any.
  private let searches: Bool

  init(_ folder: String, searches: Bool = true) throws(DatasetError) {
    self.searches = searches
    try readParts(folder)
    classNames = sortedByBytes(Set(parts.flatMap { $0.classes.map(\.name) }))
    try check(folder)
    findSpellings()
    findCases()
  }

  // MARK: - Parts

  private mutating func readParts(_ folder: String) throws(DatasetError) {
    let entries = try folderEntries(folder).filter { isFolder("\(folder)/\($0)") }
    if entries.contains("train"), try !isClass("\(folder)/train") {
      for name in ["train", "test"] where entries.contains(name) {
        parts.append(try part("\(folder)/\(name)"))
      }
      for name in entries where !["train", "test"].contains(name) {
        let path = "\(folder)/\(name)"
        guard try pictureCount(path) > 0 else { continue }
        let isTest = !entries.contains("test") && Self.isTestName(path)
        findings.append(.unreadFolder(path, isTest: isTest))
      }
      return
    }
    parts.append(try part(folder))
    let words = Self.partNames
    let classes = parts[0].classes.map(\.name)
    if !classes.isEmpty, classes.allSatisfy(words.contains) {
      throw .pictures(path: folder, .partsWithoutClasses(classes))
    }
    for name in classes where words.contains(name.lowercased()) {
      findings.append(.classNamedAsPart("\(folder)/\(name)"))
    }
  }

  /// Whether the last folder of a path has nearly the name of the test part.
  static func isTestName(_ path: String) -> Bool {
    let name = path.split(separator: "/").last?.lowercased() ?? ""
    return ["test", "tests", "testing"].contains(name)
  }

  /// What people call parts of data.
  static let partNames = [
    "train", "training", "test", "testing", "val", "valid", "validation",
  ]

  /// Whether the folder holds pictures itself and none in folders.
  private func isClass(_ path: String) throws(DatasetError) -> Bool {
    var holdsPictures = false
    for entry in try folderEntries(path) {
      if isFolder("\(path)/\(entry)") {
        if try pictureCount("\(path)/\(entry)") > 0 { return false }
      } else if isPicture(entry) {
        holdsPictures = true
      }
    }
    return holdsPictures
  }

  private mutating func part(_ path: String) throws(DatasetError) -> Part {
    var part = Part(path: path, classes: [])
    var (empty, loose) = ([String](), 0)
    for entry in try folderEntries(path) {
      guard isFolder("\(path)/\(entry)") else {
        loose += isPicture(entry) ? 1 : 0
        continue
      }
      let files = try pictures("\(path)/\(entry)")
      if files.isEmpty { empty.append(entry) } else { part.classes.append((entry, files)) }
    }
    // Where no folder holds any, the folders are no classes at all.
    if let first = empty.first, !part.classes.isEmpty {
      if parts.isEmpty, Self.partNames.contains(first.lowercased()),
        try pictureCount("\(path)/\(first)") > 0
      {
        throw .pictures(path: path, .partBesideClasses(first, part.classes.map(\.name)))
      }
      let path = "\(path)/\(first)"
      throw .pictures(path: path, try pictureCount(path) > 0 ? .nestedClass : .emptyClass)
    }
    if loose > 0, !part.classes.isEmpty {
      findings.append(.looseFiles(folder: path, count: loose))
    }
    return part
  }

  // MARK: - Pictures

  /// The PNG files of a class; common pictures of other formats are refused, other files left alone.
  private mutating func pictures(_ folder: String) throws(DatasetError) -> [String] {
    var (files, rare) = ([String](), 0)
    for entry in try folderEntries(folder) {
      let path = "\(folder)/\(entry)"
      switch format(entry) {
      case .foreign:
        let names = [
          "\(entry.prefix(upTo: entry.lastIndex(of: ".") ?? entry.endIndex)).png", "\(entry).png",
        ]
        throw .pictures(
          path: path,
          .foreignFormat(png: names.first { FileIdentity("\(folder)/\($0)") != nil })
        )
      case .rare: rare += 1
      case .png where !isFolder(path): files.append(entry)
      case .png, .none:
        guard isFolder(path) else { continue }
        let count = try pictureCount(path)
        if count > 0 { findings.append(.nestedFolder(path, pictures: count)) }
      }
    }
    if rare > 0 { findings.append(.foreignPictures(folder: folder, count: rare)) }
    return files
  }

  private enum Format {
    case png
    /// Refused where a class is expected to hold PNG files.
    case foreign
    /// Named, not refused.
    case rare
  }

  private func format(_ name: String) -> Format? {
    let lowered = name.lowercased()
    if lowered.hasSuffix(".png") { return .png }
    let foreign = [".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"]
    if foreign.contains(where: lowered.hasSuffix) { return .foreign }
    let rare = [".heic", ".heif", ".avif", ".jfif", ".jxl", ".jp2", ".ppm", ".pgm", ".pbm", ".svg"]
    return rare.contains(where: lowered.hasSuffix) ? .rare : nil
  }

  func isPicture(_ name: String) -> Bool { format(name) != nil }

  /// Pictures in a folder and the folders in it, to a depth that no circle of links exceeds.
  func pictureCount(_ path: String, depth: Int = 6) throws(DatasetError) -> Int {
    var count = 0
    for entry in try folderEntries(path) {
      if isFolder("\(path)/\(entry)") {
        count += depth > 0 ? try pictureCount("\(path)/\(entry)", depth: depth - 1) : 0
      } else if isPicture(entry) {
        count += 1
      }
    }
    return count
  }

  // MARK: - Classes

  private mutating func check(_ folder: String) throws(DatasetError) {
    let trained = parts[0].classes.map(\.name)
    guard classNames.count > 1 else {
      if trained.isEmpty, let name = try likelyTrainingFolder(folder) {
        throw .pictures(path: folder, .partName(name))
      }
      if searches, trained.isEmpty {
        let part = parts[0].path
        if let place = try place(in: part, isPart: part != folder) {
          throw .pictures(path: part, .elsewhere(place))
        }
      }
      throw .pictures(path: folder, .classes(classNames))
    }
    guard let test = parts.dropFirst().first else { return }
    if let unseen = classNames.first(where: { !trained.contains($0) }) {
      let near = trained.first { $0.lowercased() == unseen.lowercased() }
      throw .pictures(
        path: "\(test.path)/\(unseen)",
        .unseenClass(unseen, train: parts[0].path, near: near)
      )
    }
    if test.classes.isEmpty {
      let place = searches ? try place(in: test.path, isPart: true) : nil
      throw .pictures(path: test.path, place.map { .elsewhere($0) } ?? .classes([]))
    }
    let tested = Set(test.classes.map(\.name))
    let untested = classNames.filter { !tested.contains($0) }
    if !untested.isEmpty {
      findings.append(
        .classesWithoutTests(
          test.path,
          Array(untested.prefix(8)),
          count: untested.count,
          of: classNames.count
        )
      )
    }
  }

  private func likelyTrainingFolder(_ folder: String) throws(DatasetError) -> String? {
    try folderEntries(folder).first { name in
      name != "train" && name.lowercased().hasPrefix("train") && isFolder("\(folder)/\(name)")
        && !isFolder("\(folder)/\(name)/train")
    }
  }

  /// Names that people take for one, though they are several.
  private mutating func findCases() {
    for names in Dictionary(grouping: classNames, by: { $0.lowercased() }).values.sorted(by: {
      $0[0].utf8.lexicographicallyPrecedes($1[0].utf8)
    }) where names.count > 1 {
      findings.append(.classesOfOneSpelling(names))
    }
  }

  /// Equal texts may have several spellings in Unicode, which file systems tell apart.
  private mutating func findSpellings() {
    for name in classNames {
      let spellings = Set(
        parts.flatMap(\.classes).filter { $0.name == name }.map { Array($0.name.utf8) }
      )
      if spellings.count > 1 { findings.append(.classOfTwoSpellings(name)) }
    }
  }
}
