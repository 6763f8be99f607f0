// SPDX-License-Identifier: Apache-2.0

/// Where data sets are searched and where decoded sets are kept.
///
/// The order is: the folders of `RUNEXP_DATA` (separated by colons), `./data`, the user's cache.
/// The cache is `$XDG_CACHE_HOME/runexp` or `~/.cache/runexp`, on macOS `~/Library/Caches/runexp`.
/// Data sets are in its `data` folder, decoded sets in `decoded`.
public struct DataLocations: Hashable, Sendable {
  /// The folders to search, in order.
  public var searched: [String]
  /// Where decoded sets are kept; nil keeps none.
  public var decoded: String?

  /// Locations with these folders.
  public init(searched: [String], decoded: String?) {
    self.searched = searched
    self.decoded = decoded
  }

  /// The folders that an environment names.
  ///
  /// Relative folders of `RUNEXP_DATA` and `data` are relative to `workingDirectory`; an empty text
  /// leaves them as they are.
  public init(environment: [String: String], workingDirectory: String = "") {
    func absolute(_ path: Substring) -> String {
      path.hasPrefix("/") || workingDirectory.isEmpty
        ? String(path) : "\(workingDirectory)/\(path)"
    }
    searched = (environment["RUNEXP_DATA"] ?? "").split(separator: ":").map(absolute)
    searched.append(absolute("data"))
    let cache = DataLocations.cache(environment)
    if let cache { searched.append("\(cache)/data") }
    decoded = cache.map { "\($0)/decoded" }
  }

  /// The user's cache; nil if the environment names neither it nor a home.
  public static func cache(_ environment: [String: String]) -> String? {
    if let root = environment["XDG_CACHE_HOME"], root.hasPrefix("/") { return "\(root)/runexp" }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    #if os(macOS)
      return "\(home)/Library/Caches/runexp"
    #else
      return "\(home)/.cache/runexp"
    #endif
  }
}
