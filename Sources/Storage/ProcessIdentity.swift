// SPDX-License-Identifier: Apache-2.0

internal import Foundation

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A process of one boot of one machine; a process number that is used again names another process.
public struct ProcessIdentity: Hashable, Sendable {
  /// The machine's name.
  public var host: String
  /// Changes with every boot; on Linux also with the pid namespace, so that each container counts
  /// as a separate machine.
  public var bootID: String
  /// The process number.
  public var pid: Int
  /// When the process started, in the system's own unit; nil if unknown.
  public var startTime: Int?

  /// An identity.
  public init(host: String, bootID: String, pid: Int, startTime: Int?) {
    self.host = host
    self.bootID = bootID
    self.pid = pid
    self.startTime = startTime
  }

  /// This process.
  public static let current = ProcessIdentity.onThisMachine(pid: Int(getpid()))

  /// The process with that number on this machine.
  public static func onThisMachine(pid: Int) -> ProcessIdentity {
    ProcessIdentity(
      host: SystemProcesses.hostName,
      bootID: SystemProcesses.bootID,
      pid: pid,
      startTime: SystemProcesses.startTime(of: pid)
    )
  }

  /// Whether the process ran on this machine, in this boot and pid namespace, so that this process
  /// can check whether it is alive.
  public var isOnThisMachine: Bool {
    host == SystemProcesses.hostName && bootID == SystemProcesses.bootID
  }

  /// Whether the process still runs; nil if it is on another machine, where this cannot be checked.
  ///
  /// A zombie is dead. Another boot of a machine with the same name counts as another machine.
  public var isAlive: Bool? {
    guard isOnThisMachine else { return nil }
    guard let started = SystemProcesses.startTime(of: pid) else { return false }
    return startTime == nil || started == startTime
  }
}

/// Who claims runs: a worker process, and the sweep that started it.
public struct WorkerIdentity: Hashable, Sendable {
  /// The process that trains.
  public var process: ProcessIdentity
  /// The sweep that watches it and settles its crashes; nil for a worker without a sweep.
  public var supervisor: ProcessIdentity?

  /// An identity.
  public init(process: ProcessIdentity, supervisor: ProcessIdentity? = nil) {
    self.process = process
    self.supervisor = supervisor
  }

  /// This process, watched by the process `supervisorPID` of this machine.
  public static func current(supervisorPID: Int? = nil) -> WorkerIdentity {
    WorkerIdentity(
      process: .current,
      supervisor: supervisorPID.map(ProcessIdentity.onThisMachine(pid:))
    )
  }
}

/// What the operating system says of processes.
enum SystemProcesses {
  static let hostName = ProcessInfo.processInfo.hostName

  #if canImport(Darwin)
    static let bootID = systemText("kern.bootsessionuuid")

    static func startTime(of pid: Int) -> Int? {
      var information = proc_bsdinfo()
      let size = Int32(MemoryLayout<proc_bsdinfo>.size)
      let read = unsafe proc_pidinfo(Int32(pid), PROC_PIDTBSDINFO, 0, &information, size)
      guard read == size, information.pbi_status != UInt32(SZOMB) else { return nil }
      return Int(information.pbi_start_tvsec) * 1_000_000 + Int(information.pbi_start_tvusec)
    }

    private static func systemText(_ name: String) -> String {
      var count = 0
      guard unsafe sysctlbyname(name, nil, &count, nil, 0) == 0, count > 0 else { return "" }
      var bytes = [UInt8](repeating: 0, count: count)
      guard unsafe sysctlbyname(name, &bytes, &count, nil, 0) == 0 else { return "" }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  #else
    static let bootID: String = {
      let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
      let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
      return [boot?.trimmingCharacters(in: .whitespacesAndNewlines), space]
        .compactMap(\.self).joined(separator: " ")
    }()

    /// Field 22 of `/proc/PID/stat`, in clock ticks since boot; nil if there is no such living process.
    static func startTime(of pid: Int) -> Int? {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let nameEnd = text.lastIndex(of: ")")
      else { return nil }
      // Field 3, the state, follows the parenthesised name, which may itself hold spaces and parentheses.
      let fields = text[text.index(after: nameEnd)...].split(separator: " ")
      guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
      return Int(fields[19])
    }
  #endif
}
