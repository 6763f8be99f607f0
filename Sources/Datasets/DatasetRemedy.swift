// SPDX-License-Identifier: Apache-2.0

/// What puts a data set in order that is missing or damaged.
///
/// It is a fact: a program that can list, fetch and check data sets says by which command.
public enum DatasetRemedy: Hashable, Sendable {
  /// Look among the names that there are.
  case list
  /// Download the set of this name, or name the parent of its folder.
  case fetch(name: String, folder: String)
  /// Copy what is missing from the official address.
  case complete
  /// Get the file again and compare it with the published digest.
  case renew
}

extension DatasetError {
  /// What helps beside the hints of `diagnostic`; nil if nothing does.
  public var remedy: DatasetRemedy? {
    switch self {
    case .unknownName(_, near: nil): .list
    case .notFound(let name, let folder, _, _): .fetch(name: name, folder: folder)
    case .incomplete: .complete
    case .compression: .renew
    case .format(_, let fact): fact.isDamage ? .renew : nil
    case .table(_, _, let fact): fact.isDamage ? .renew : nil
    case .unknownName, .unreadable, .countMismatch, .shapeMismatch, .elementMismatch, .pictures,
      .tooLarge, .option:
      nil
    }
  }
}
