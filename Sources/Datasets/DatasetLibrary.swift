// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import DeterministicMath
public import Vocabulary

/// The data sets of this machine: describes, prepares, lists and checks them.
public struct DatasetLibrary: Sendable {
  /// Where it searches and keeps data.
  public var locations: DataLocations

  /// The available memory in bytes; generated data that need more are refused. Nil checks nothing.
  public var memoryBytes: Int?

  /// A library that uses these locations.
  public init(_ locations: DataLocations, memoryBytes: Int? = nil) {
    self.locations = locations
    self.memoryBytes = memoryBytes
  }

  /// Drawing holds the data about three times: as values, as bytes, and where they stay.
  private static let copiesWhileDrawn = 3

  private func checkSize(_ outline: DatasetOutline, name: String) throws(DatasetError) {
    let needed = outline.byteCount.saturatingProduct(Self.copiesWhileDrawn)
    guard let memoryBytes, needed > memoryBytes else { return }
    throw .tooLarge(name: name, byteCount: needed, memoryBytes: memoryBytes)
  }

  /// How many bytes the examples of a generated set take; nil for sets of files.
  public func generatedByteCount(_ request: DatasetRequest) throws(DatasetError) -> Int? {
    try DatasetCatalogue.source(request.name).outline(request)?.byteCount
  }

  /// All known sets, in the order of the documentation.
  public static var catalogue: [DatasetCatalogueEntry] { DatasetCatalogue.entries }

  /// What a training run on `request` will get; it opens files, but draws no generated data.
  public func describe(
    _ request: DatasetRequest,
    _ options: DataOptions = DataOptions()
  ) throws(DatasetError) -> DatasetDescription {
    let source = try DatasetCatalogue.source(request.name)
    let request = request.read(under: options)
    if let outline = try source.outline(request) {
      try checkSize(outline, name: request.name)
      return try DatasetPlan(request, options, source.version, outline).description
    }
    let set = try source.load(request, in: locations)
    var description = try DatasetPlan(
      request,
      options,
      source.version,
      DatasetOutline(set, options.standardize),
      set,
      notClass: { source.notClass($0, request) }
    ).description
    if source.warnsOfColumns {
      description.findings += TableSurvey(set, description, request, options).findings
    }
    description.findings += DataFinding.ofMergedNumbers(set, request, options, description)
    return description
  }

  /// The data, ready for training.
  public func prepare(
    _ request: DatasetRequest,
    _ options: DataOptions = DataOptions()
  ) throws(DatasetError) -> PreparedData {
    let source = try DatasetCatalogue.source(request.name)
    let request = request.read(under: options)
    let outline = try source.outline(request)
    // Mistakes in the options show before anything is drawn.
    if let outline {
      try checkSize(outline, name: request.name)
      _ = try DatasetPlan(request, options, source.version, outline)
    }
    let set = try source.load(request, in: locations)
    let plan = try DatasetPlan(
      request,
      options,
      source.version,
      outline ?? DatasetOutline(set, options.standardize),
      set,
      isDrawn: outline != nil,
      notClass: { source.notClass($0, request) }
    )
    return PreparedData(
      set: set,
      description: plan.description,
      text: plan.text,
      seed: request.seed,
      options: options
    )
  }
}

extension DatasetRequest {
  /// With those of the options on which a reader may depend.
  fileprivate func read(under options: DataOptions) -> DatasetRequest {
    var request = self
    request.task = options.task
    request.trainLimit = options.trainLimit
    return request
  }
}

// MARK: - Looking and checking

extension DatasetLibrary {
  /// The state of one file of a public set.
  public enum FileState: Hashable, Sendable {
    /// Size and digest are the published ones.
    case sound
    /// There is no such file.
    case missing
    /// It has other bytes: the size found, and the digest if the size is right.
    case different(byteCount: Int, sha256: String?)
    /// It cannot be read; the text is the system's reason.
    case unreadable(String)
  }

  /// What `check` found of one file.
  public struct FileCheck: Hashable, Sendable {
    /// The file as published.
    public var file: DatasetCatalogueEntry.File
    /// The path where it was expected.
    public var path: String
    /// Its state.
    public var state: FileState
  }

  /// The folder from which `prepare` would read a public set; nil if no folder has any of its
  /// files.
  public func folder(of entry: DatasetCatalogueEntry) -> String? {
    guard let folder = entry.folder else { return nil }
    return locations.searched.map { "\($0)/\(folder)" }.first { folder in
      entry.files.contains { FileIdentity("\(folder)/\($0.name)") != nil }
    }
  }

  /// Compares the files of a public set with the published sizes and digests; empty for sets without files.
  ///
  /// Throws if the name is unknown or no searched folder has any of the files.
  public func check(_ name: String) throws(DatasetError) -> [FileCheck] {
    let entry = try DatasetCatalogue.entry(name)
    guard entry.folder != nil else { return [] }
    guard let folder = folder(of: entry) else {
      _ = try DatasetCatalogue.fileSet(entry).locate(in: locations)
      return []
    }
    return entry.files.map { file in
      let path = "\(folder)/\(file.name)"
      return FileCheck(file: file, path: path, state: state(of: file, at: path))
    }
  }

  private func state(of file: DatasetCatalogueEntry.File, at path: String) -> FileState {
    guard let identity = FileIdentity(path) else { return .missing }
    guard identity.size == file.byteCount else {
      return .different(byteCount: identity.size, sha256: nil)
    }
    do {
      let digest = try SHA256.hexadecimal(ofFile: path)
      return digest == file.sha256 ? .sound : .different(byteCount: identity.size, sha256: digest)
    } catch {
      return .unreadable("\(error)")
    }
  }
}
