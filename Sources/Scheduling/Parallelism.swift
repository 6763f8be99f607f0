// SPDX-License-Identifier: Apache-2.0

/// How many runs train at once, and with how many threads each.
public struct Parallelism: Hashable, Sendable {
  /// Runs at once.
  public var jobs: Int
  /// Threads of each run.
  public var threads: Int

  /// Keeps the numbers that are given, even beyond the cores, and computes the others.
  ///
  /// The defaults are jobs = min(cores, open runs) and threads = cores ÷ jobs. Both are at least 1.
  /// `cores` is the number of cores this process may use; the caller takes affinity mask and cgroup
  /// quota into account.
  public init(cores: Int, openRuns: Int, jobs: Int? = nil, threads: Int? = nil) {
    precondition(cores >= 1, "\(cores) cores")
    precondition(jobs ?? 1 >= 1 && threads ?? 1 >= 1, "at least one job and one thread")
    self.jobs = jobs ?? max(1, min(cores, openRuns))
    self.threads = threads ?? max(1, cores / self.jobs)
  }
}
