// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// A public data set that lies in files.
struct FileSet: Sendable {
  /// The name in the manifest.
  var name: String
  /// The folder, in one of the searched folders.
  var folder: String
  /// The files it needs.
  var files: [String]

  /// The paths of all files, in the order of `files`.
  ///
  /// The first searched folder that has the set's folder with at least one of its files counts.
  func locate(in locations: DataLocations) throws(DatasetError) -> [String] {
    for root in locations.searched {
      let folder = "\(root)/\(folder)"
      let missing = files.filter { FileIdentity("\(folder)/\($0)") == nil }
      if missing.isEmpty { return files.map { "\(folder)/\($0)" } }
      if missing.count < files.count {
        throw .incomplete(name: name, folder: folder, missing: missing)
      }
    }
    throw .notFound(name: name, folder: folder, files: files, searched: locations.searched)
  }
}

/// The bytes of a file, its errors as ours.
func fileBytes(_ path: String) throws(DatasetError) -> [UInt8] {
  do {
    return try ByteFile.read(path)
  } catch {
    switch error {
    case .unreadable(let path, let reason): throw .unreadable(path: path, reason: reason)
    }
  }
}

/// The expanded bytes of a gzip file; a file without gzip's mark is returned as it is.
func expandedBytes(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
  let bytes = try fileBytes(path)
  guard Gzip.isGzip(bytes) || path.hasSuffix(".gz") else { return bytes }
  do {
    return try Gzip.decompress(bytes, limit: limit)
  } catch {
    throw .compression(path: path, reason: "\(error)", fileSize: bytes.count)
  }
}

/// The bytes of the file `name` of a zip archive, in whatever folder it lies there.
func zippedBytes(_ path: String, file name: String) throws(DatasetError) -> [UInt8] {
  let bytes = try fileBytes(path)
  let names: [String]
  do {
    let archive = try ZipArchive(bytes)
    names = archive.entries.map(\.name)
    let found = archive.entries.first { $0.name == name || $0.name.hasSuffix("/\(name)") }
    if let found { return try archive.contents(of: found) }
  } catch {
    throw .compression(path: path, format: "zip", reason: "\(error)", fileSize: bytes.count)
  }
  throw .format(path: path, fact: .zipLacks(name, among: names))
}

/// What must not have changed since these files were decoded.
func identity(of paths: [String]) throws(DatasetError) -> String {
  var parts: [String] = []
  for path in paths {
    guard let file = FileIdentity(path) else {
      let reason = FileIdentity.isSomething(path) ? "it is no file" : "there is no such file"
      throw .unreadable(path: path, reason: reason)
    }
    parts.append("\(file) \(path)")
  }
  return parts.joined(separator: "\n")
}

/// A short name for a cache file: the set's and a digest of what tells it from others of that name.
func cacheKey(_ name: String, _ identity: String) -> String {
  "\(name)-\(SHA256.hexadecimal(of: identity).prefix(16))"
}
