// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import Experiments
package import Foundation
import ModelFiles
package import Reports
package import Storage
import Training
import Vocabulary

/// Brings a sweep from the store to a folder of Markdown and pictures.
package struct ReportBuilder {
  package let store: RunStore
  /// The kinds of file that each picture is written as; nil for those of the plan.
  package var formats: [PictureFormat]?

  package init(
    store: RunStore,
    formats: [PictureFormat]? = nil
  ) {
    self.store = store
    self.formats = formats
  }

  /// Writes the report of the plan `label`; returns the analysis it shows.
  package func write(
    _ label: String,
    to folder: URL,
    force: Bool
  ) throws -> Analysis {
    let snapshot = try snapshot(label)
    let files = try Report.make(snapshot, context: context(snapshot, folder))
    try ReportWriter.write(files, to: folder, force: force)
    return Analysis(snapshot)
  }

  /// Writes the report of the plan `label` as one HTML file; notes are those beside it.
  package func write(_ label: String, toHTML file: URL, force: Bool) throws -> Analysis {
    let snapshot = try snapshot(label)
    let folder = file.deletingLastPathComponent()
    let page = try Report.html(
      snapshot,
      context: context(snapshot, folder),
      name: file.lastPathComponent
    )
    try ReportWriter.write([page], to: folder, force: force)
    return Analysis(snapshot)
  }

  /// The plan with all that its report shows, filters and errors of the cell it looks at included.
  private func snapshot(_ label: String) throws -> SweepSnapshot {
    var snapshot = try store.snapshot(ofSweep: label)
    let analysis = Analysis(snapshot)
    for run in analysis.mappedRuns {
      snapshot.captures[.attention, run.id] = try store.captured(.attention, ofRun: run.id)
    }
    guard let run = analysis.picturedRun else { return snapshot }
    snapshot.captures[.worstErrors, run.id] = try store.captured(.worstErrors, ofRun: run.id)
    snapshot.captures[.regression, run.id] = try store.captured(.regression, ofRun: run.id)
    let filters = run.specification.model.parts.lazy.compactMap { part in
      part.layers.firstIndex { Catalog.layer($0.name)?.hasFilters == true }
        .map { "\(part.place.prefix)\($0).weight" }
    }
    guard let name = filters.first,
      let bytes = try store.finalWeights(ofRun: run.id),
      let entry = try SafeTensors(decoding: bytes)[name], entry.shape.count == 4
    else { return snapshot }
    snapshot.filters[run.id] = FilterBank(
      count: entry.shape[0],
      channels: entry.shape[1],
      height: entry.shape[2],
      width: entry.shape[3],
      values: entry.values
    )
    return snapshot
  }

  private func context(_ snapshot: SweepSnapshot, _ folder: URL) -> ReportContext {
    ReportContext(
      version: runexpVersion,
      machine: ["\(Machine.cpuName), \(counted(Machine.usableCores, "core"))", Machine.systemName],
      notes: try? String(contentsOf: folder.appendingPathComponent("notes.md"), encoding: .utf8),
      commands: Self.origin(snapshot) + ["runexp report \(snapshot.sweep.label)\(formatOption)"],
      formats: formats
    )
  }

  private var formatOption: String {
    formats.map { " --format \($0.map(\.rawValue).joined(separator: ","))" } ?? ""
  }

  /// The command that trained a plan's runs, as one would type it.
  private static func origin(_ snapshot: SweepSnapshot) -> [String] {
    let sweep = snapshot.sweep
    if snapshot.runs.allSatisfy(\.isImported) {
      // The store keeps the file's text, not its name.
      return ["runexp import FILE.csv --as \(sweep.name)"]
    }
    if let confirmation = sweep.experiment.confirmation {
      return [
        "runexp confirm \(confirmation.sweep) --top \(sweep.cells.count) "
          + "--repeat \(sweep.experiment.repeats)"
      ]
    }
    return [
      (["runexp sweep", "\(sweep.name).yaml"] + sweep.overrides.map(\.shellQuoted)).joined(
        separator: " "
      )
    ]
  }
}
