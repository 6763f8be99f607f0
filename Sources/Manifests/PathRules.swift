// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Which files a manifest may name: paths are relative to its folder, and files must be below
/// allowed folders.
public struct PathRules: Sendable {
  /// Why a path was refused.
  enum Refusal: Error, Hashable {
    /// Nothing is there.
    case missing(String)
    /// A folder is there, where a file is wanted.
    case folder(String)
    /// A file is there, where a folder is wanted.
    case file(String)
    /// It lies below none of the allowed folders.
    case outside(String)
  }

  /// The manifest's folder; relative paths start here.
  public var folder: String
  /// Real paths of the allowed folders.
  public var roots: [String]

  /// Allows files below `folder` and each of `roots`, which are the project root and the folders of
  /// `RUNEXP_DATA`.
  public init(folder: String, roots: [String] = []) {
    self.folder = folder
    self.roots = ([folder] + roots).filter { !$0.isEmpty }.map(Self.realPath)
  }

  /// The real path of an existing file or folder, or why it is refused.
  func resolve(_ path: String, wantsFolder: Bool = false) -> Result<String, Refusal> {
    let whole = path.hasPrefix("/") ? path : folder + "/" + path
    let real = Self.realPath(whole)
    guard roots.contains(where: { real == $0 || real.hasPrefix($0 == "/" ? "/" : $0 + "/") }) else {
      return .failure(.outside(real))
    }
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: real, isDirectory: &isFolder) else {
      return .failure(.missing(real))
    }
    guard isFolder.boolValue == wantsFolder else {
      return .failure(wantsFolder ? .file(real) : .folder(real))
    }
    return .success(real)
  }

  /// The absolute path without `.`, `..` and symbolic links.
  private static func realPath(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
