// SPDX-License-Identifier: Apache-2.0

/// Why the store could not do what was asked; every case is a fact, and `description` is its
/// sentence.
public enum StorageError: Error, Hashable, Sendable {
  /// There is no such file.
  case missing(path: String)
  /// The file is not an SQLite database.
  case notADatabase(path: String)
  /// It is an SQLite database, but not one of this program.
  case foreignDatabase(path: String)
  /// A later version wrote the file; that version has the step `migration`.
  case newerSchema(path: String, migration: String)
  /// An earlier version wrote the file, and it was opened only for reading.
  case olderSchema(path: String)
  /// An earlier version wrote the file, and a process of that version is still training a run.
  case olderInUse(path: String, run: String, process: String)
  /// An earlier version wrote the file, and another process has it open.
  case olderOpen(path: String)
  /// SQLite finds the file damaged.
  case damaged(path: String, detail: String)
  /// The file, its folder or the disk cannot be written.
  case refusesWrites(path: String, detail: String)
  /// The path no longer leads to the file that was opened.
  case displaced(path: String)
  /// The file no longer holds the stored data, because another file was copied over it.
  case overwritten(path: String)
  /// Another process held the file for too long.
  case busy(path: String)
  /// Another error of SQLite.
  case failure(path: String, detail: String)
  /// The claim no longer holds the run: the run was cancelled, or another worker has it.
  case claimLost(run: String, attempt: Int)
  /// No run has an id with that beginning.
  case noSuchRun(String)
  /// Several runs have an id with that beginning.
  case ambiguousRun(String, candidates: [String])
  /// There is no plan of that name; `nearest` is a similar name.
  case noSuchSweep(String, nearest: String?)
  /// No run of that plan has finished with a value of the metric.
  case noBestRun(sweep: String, metric: String)
  /// This action is impossible in the run's state.
  case wrongState(run: String, state: String, action: String)
  /// Plans of this program already have the name for the imported runs.
  case nameTaken(String)
  /// An SQL statement that `sql` refuses.
  case refusedSQL(detail: String)

  /// Whether storage refuses writes, which gives exit code 3.
  public var isRefusal: Bool {
    switch self {
    case .refusesWrites, .displaced, .overwritten: true
    default: false
    }
  }
}

extension StorageError {
  /// Whether a copy of the older file can still be read.
  public var leavesACopy: Bool {
    switch self {
    case .refusesWrites, .olderInUse, .olderOpen: true
    default: false
    }
  }
}

extension StorageError: CustomStringConvertible {
  /// One sentence in lower case, without a final full stop; it names no command of the program.
  public var description: String {
    switch self {
    case .missing, .notADatabase, .foreignDatabase, .newerSchema, .olderSchema, .olderInUse,
      .olderOpen, .damaged, .refusesWrites, .displaced, .overwritten, .busy, .failure:
      fileSentence
    case .claimLost(let run, let attempt):
      "run \(run) no longer belongs to attempt \(attempt): it was cancelled, or another worker took it"
    case .noSuchRun(let text):
      "no run's id begins with `\(text)`"
    case .ambiguousRun(let text, let candidates):
      "`\(text)` is the beginning of \(candidates.count) run ids "
        + "(\(candidates.prefix(4).joined(separator: ", "))…); give more digits"
    case .noSuchSweep(let name, let nearest):
      "there is no sweep `\(name)`"
        + (nearest.map { "; did you mean `\($0)`?" } ?? "")
    case .noBestRun(let sweep, let metric):
      "no run of `\(sweep)` has finished with a number for `\(metric)`"
    case .wrongState(let run, let state, let action):
      "run \(run) is \(state); it cannot be \(action)"
    case .nameTaken(let name):
      "`\(name)` is a sweep that was trained here; import under another name"
    case .refusedSQL(let detail): detail
    }
  }

  private var fileSentence: String {
    switch self {
    case .missing(let path):
      "there is no database `\(path)`"
    case .notADatabase(let path):
      "`\(path)` is not an SQLite database"
    case .foreignDatabase(let path):
      "`\(path)` is an SQLite database, but not one of runexp's"
    case .newerSchema(let path, let migration):
      "`\(path)` was written by a newer runexp (its schema has the step `\(migration)`); "
        + "use that version, nothing was changed"
    case .olderSchema(let path):
      "`\(path)` was written by an older runexp and is opened for reading only; "
        + "any command that may write brings it up to date"
    case .olderInUse(let path, let run, let process):
      "`\(path)` was written by an older runexp, of which \(process) still trains run \(run); "
        + "let it end, or end it with Ctrl-C, before a newer one brings the file up to date"
    case .olderOpen(let path):
      "`\(path)` was written by an older runexp, and another process has it open; "
        + "let that end before a newer runexp brings the file up to date"
    case .damaged(let path, let detail):
      "`\(path)` is damaged: \(detail); restore a backup, or save what `sqlite3 \(path) .recover` finds"
    case .refusesWrites(let path, let detail):
      "`\(path)` cannot be written: \(detail)"
    case .displaced(let path):
      "`\(path)` is no longer the file that was opened: it was moved, deleted or replaced"
    case .overwritten(let path):
      "`\(path)` no longer holds the runs of this plan: another file was copied over it; restore a backup"
    case .busy(let path):
      "`\(path)` stayed locked by another process; try again when it is done"
    case .failure(let path, let detail): "`\(path)`: \(detail)"
    default: preconditionFailure("not about a file: \(self)")
    }
  }
}
