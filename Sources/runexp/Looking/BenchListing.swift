// SPDX-License-Identifier: Apache-2.0

import Benchmarks
import CBuildFacts
import Diagnostics
import Foundation
import Kernels
import Reports
import Workbench

/// What `bench` shows people: the machine, its limits, and a line for each workload.
struct BenchListing {
  let threads: Int
  var records: [BenchmarkRecord] = []

  init(threads: Int) { self.threads = threads }

  /// All lines.
  var lines: [String] {
    let workloads = records.filter { $0.framework == "runexp" }
    return [header, ""] + limits.lines()
      + (workloads.isEmpty ? [] : [""] + table(workloads).lines())
  }

  private var header: String {
    let cpu = unsafe String(cString: runexp_kernel_cpu())
    let count = counted(threads, "thread")
    return
      "\(Machine.cpuName); kernels built for \(cpu), \(compiledVectorBits)-bit vectors; \(count)"
  }

  private var limits: TextTable {
    let limits = records.filter { $0.framework == "limit" }
    let counts = Set(limits.map(\.threads)).sorted()
    var names: [String] = []
    for limit in limits where !names.contains(limit.workload) { names.append(limit.workload) }
    return TextTable(
      [TextTable.Column("limit"), TextTable.Column("unit")]
        + counts.map { TextTable.Column(counted($0, "thread"), isNumber: true) },
      rows: names.map { name in
        let same = limits.filter { $0.workload == name }
        return [name, same.first?.unit ?? ""]
          + counts.map { count in
            same.first { $0.threads == count }.map { Self.rate($0.value) } ?? "–"
          }
      }
    )
  }

  private func table(_ records: [BenchmarkRecord]) -> TextTable {
    TextTable(
      [
        TextTable.Column("workload"), TextTable.Column("rate", isNumber: true),
        TextTable.Column("unit"), TextTable.Column("GFLOP/s", isNumber: true),
        TextTable.Column("of peak", isNumber: true),
        TextTable.Column("allocations/step", isNumber: true), TextTable.Column("data"),
        TextTable.Column("remarks"),
      ],
      rows: records.map { record in
        [
          record.workload, Self.rate(record.value), record.unit,
          record.gflops.map(Self.rate) ?? "–",
          record.peakFraction.map { String(format: "%.0f %%", 100 * $0) } ?? "–",
          record.allocationsPerStep.map { String(format: "%g", $0) } ?? "–",
          record.data ?? "", Self.remarks(record),
        ]
      }
    )
  }

  /// Three digits, or all of a large number.
  private static func rate(_ value: Double) -> String {
    value >= 1000 ? grouped(Int(value.rounded())) : String(format: "%.3g", value)
  }

  /// What makes a number less sure, and the peak memory where it was measured.
  private static func remarks(_ record: BenchmarkRecord) -> String {
    let others = (record.others ?? []).sorted { abs($0) < abs($1) }
    let usual = others.isEmpty ? 0 : others[others.count / 2]
    let spread = ((record.reps.max() ?? 0) - (record.reps.min() ?? 0)) / record.value
    return [
      record.peakMemoryBytes.map { "\(bytes($0)) at the peak" },
      usual > 0.15 ? "disturbed by others" : usual < 0 ? "disturbed, so by CPU time" : nil,
      spread > 0.15 ? String(format: "spread %.0f %%", 100 * spread) : nil,
    ].compactMap { $0 }.joined(separator: ", ")
  }
}
