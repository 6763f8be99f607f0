// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import ModelFiles
import Reports
import Storage
import Training
import Vocabulary
import Workbench

/// Everything the store knows of one run.
struct RunDetails {
  /// Epochs of the metrics table.
  private static let shownEpochs = 20

  let run: RunRecord
  let attempts: [AttemptRecord]
  let checkpoints: [CheckpointInfo]
  let curves: [String: [MetricPoint]]
  let notes: [NoteRecord]
  /// The columns of the table it was trained on; nil for other data, and before the end.
  let columns: DataColumns?
  /// Its network of blocks; nil of a list of layers, and before the end.
  let network: NetworkOutline?
  /// The final tensors' names and shapes, in model order; empty before the end.
  let tensors: [(name: String, shape: [Int])]

  init(_ run: RunRecord, in store: RunStore) throws {
    self.run = run
    attempts = try store.attempts(ofRun: run.id)
    checkpoints = try store.checkpoints(ofRun: run.id)
    curves = try store.curves(ofRun: run.id)
    notes = try store.notes(ofRun: run.id)
    columns = try store.captured(.columns, ofRun: run.id)
    network = try store.captured(.network, ofRun: run.id)
    tensors =
      try store.finalWeights(ofRun: run.id)
      .map { try SafeTensors(decoding: $0).entries.map { ($0.name, $0.shape) } } ?? []
  }

  // MARK: - For people

  func lines(width: Int?) -> [String] {
    var lines =
      heading(width) + (run.isImported ? [] : [""] + wrapped(specificationLines, width: width))
    lines += networkLines(width) + columnLines(width)
    lines += metricLines(width)
    lines += section("attempts", attemptsTable(), width)
    lines += section("checkpoints", checkpointsTable(), width)
    if let machine = attempts.last?.environment {
      let sentences = [
        "machine: \(machine.cpu), \(counted(machine.cores, "core")), \(machine.system)",
        "runexp \(machine.version), threads \(machine.threads), jobs \(machine.jobs)",
      ]
      lines += [""] + wrapped(sentences, width: width)
    }
    for note in notes {
      // Lines behind the first are indented, so that none is taken for a line of the program's.
      let text = note.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      let sentences = ["note of \(note.createdAt): \(text[0])"] + text.dropFirst().map { "  " + $0 }
      lines += [""] + wrapped(sentences, width: width)
    }
    return lines
  }

  private func heading(_ width: Int?) -> [String] {
    let place = run.sweep.map { "\($0), cell \(run.cell ?? 0)" } ?? run.experiment
    var rows: [(String, String?)] = [
      ("run", "\(run.id)  (\(place), seed \(run.seed))"),
      ("state", run.state.rawValue + ((run.reason ?? run.earlyStop).map { ": \($0)" } ?? "")),
    ]
    let words = run.parameters.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    rows.append(("parameters", words.isEmpty ? nil : words.joined(separator: " ")))
    rows.append(("started", run.startedAt))
    rows.append(("finished", run.finishedAt))
    rows.append(("time", run.durationSeconds.map { NumberText.duration(seconds: $0) }))
    rows.append(("weights", run.weightsSHA256))
    rows.append(("data", run.dataSHA256))
    rows.append(
      ("numerics", run.isImported ? "another program's" : "version \(run.numericVersion)")
    )
    rows.append(("doubt", run.doubt?.sentence))
    rows.append(("size", run.parameterCount.map { grouped($0) + " parameters" }))
    rows.append(("tags", run.tags.isEmpty ? nil : run.tags.joined(separator: " ")))
    return rows.flatMap { title, text -> [String] in
      guard let text else { return [] }
      let lines = wrapped(text, width: width.map { max(1, $0 - Self.titleWidth) })
      return lines.enumerated().map { index, line in
        (index == 0 ? title : "")
          .padding(toLength: Self.titleWidth, withPad: " ", startingAt: 0) + line
      }
    }
  }

  /// Columns of the titles of the heading.
  private static let titleWidth = 12

  private var specificationLines: [String] {
    SpecificationText(
      specification: run.specification,
      parameterCounts: parameterCounts,
      order: network?.blocks.map(\.name) ?? []
    ).lines
  }

  /// Ends of the names of tensors that are kept but not trained.
  private static let buffers = [".running_mean", ".running_var"]

  /// Trained values by layer, from the tensors' names: `2.weight` and `2.out_proj.weight` belong to layer 2.
  private var parameterCounts: [String: Int] {
    var counts: [String: Int] = [:]
    for tensor in tensors where !Self.buffers.contains(where: tensor.name.hasSuffix) {
      let parts = tensor.name.split(separator: ".")
      guard let place = parts.lastIndex(where: { $0.allSatisfy(\.isNumber) }) else { continue }
      let layer = parts[...place].joined(separator: ".")
      counts[layer, default: 0] += tensor.shape.reduce(1, *)
    }
    return counts
  }

  private func networkLines(_ width: Int?) -> [String] {
    guard let network else { return [] }
    let lines = NetworkTable(network).lines(width: width.map { max(1, $0 - 2) })
    return ["", "network"] + lines.map { "  " + $0 }
  }

  private func columnLines(_ width: Int?) -> [String] {
    guard let columns else { return [] }
    let lines = ColumnsTable(columns).lines(width: width.map { $0 - 2 })
    return ["", "columns"] + lines.map { "  " + $0 }
  }

  private func section(_ title: String, _ table: TextTable, _ width: Int?) -> [String] {
    table.rows.isEmpty
      ? [] : ["", title] + table.lines(width: width.map { $0 - 2 }).map { "  " + $0 }
  }

  /// A narrow terminal has some metrics below the others.
  private func metricLines(_ width: Int?) -> [String] {
    let table = epochsTable()
    guard !table.rows.isEmpty else { return [] }
    let parts = table.split(width: width.map { $0 - 2 }).map { $0.lines().map { "  " + $0 } }
    return ["", "metrics"] + parts.joined(separator: [""])
  }

  private func epochsTable() -> TextTable {
    let names = curves.keys.sorted()
    let whole = curves.mapValues { points in
      Dictionary(
        points.filter { $0.epoch == $0.epoch.rounded() }.map { (Int($0.epoch), $0.value) },
        uniquingKeysWith: { _, last in last }
      )
    }
    let epochs = Set(whole.values.flatMap(\.keys)).sorted().suffix(Self.shownEpochs)
    return TextTable(
      (["epoch"] + names).map { TextTable.Column($0, isNumber: true) },
      rows: epochs.map { epoch in
        [String(epoch)]
          + names.map { name in
            guard let value = whole[name]?[epoch] else { return "–" }
            return value.map { NumberText.short($0, digits: 5) } ?? "NaN"
          }
      }
    )
  }

  private func attemptsTable() -> TextTable {
    TextTable(
      [
        TextTable.Column("attempt", isNumber: true), TextTable.Column("host"),
        TextTable.Column("started"), TextTable.Column("ended"), TextTable.Column("outcome"),
        TextTable.Column("from step", isNumber: true), TextTable.Column("reason", fit: .wrap),
      ],
      rows: attempts.map { attempt in
        [
          String(attempt.number), "\(attempt.host) (\(attempt.pid))", attempt.startedAt,
          attempt.endedAt ?? "–", attempt.outcome?.rawValue ?? "under way",
          String(attempt.resumedStep), attempt.reason ?? "",
        ]
      }
    )
  }

  private func checkpointsTable() -> TextTable {
    TextTable(
      [
        TextTable.Column("kind"), TextTable.Column("step", isNumber: true),
        TextTable.Column("epoch", isNumber: true), TextTable.Column("size", isNumber: true),
        TextTable.Column("metric", isNumber: true),
      ],
      rows: checkpoints.map { checkpoint in
        [
          checkpoint.kind.rawValue, grouped(checkpoint.step),
          NumberText.short(checkpoint.epoch), bytes(checkpoint.sizeBytes),
          checkpoint.metricValue.map { NumberText.short($0) } ?? "–",
        ]
      }
    )
  }

  // MARK: - For scripts

  /// The members of `runs --json`, and all the rest.
  var json: JSON {
    let tensorObjects = tensors.map { tensor in
      JSON.object([
        ("name", .text(tensor.name)), ("shape", .list(tensor.shape.map { .integer($0) })),
      ])
    }
    return .object(
      run.jsonMembers + [
        ("specification", SpecificationObject(run.specification).json),
        ("tensors", .list(tensorObjects)),
        ("network", network.map(Self.object) ?? .null),
        ("columns", .list((columns?.columns ?? []).map(Self.object))),
        ("attempt_list", .list(attempts.map(\.json))),
        ("checkpoints", .list(checkpoints.map(Self.object))),
        (
          "notes",
          .list(
            notes.map { .object([("text", .text($0.text)), ("created_at", .text($0.createdAt))]) }
          )
        ),
        ("curves", .object(curves.sorted { $0.key < $1.key }.map { ($0, Self.points($1)) })),
      ]
    )
  }

  private static func object(_ network: NetworkOutline) -> JSON {
    func texts(_ words: [String]) -> JSON { .list(words.map { .text($0) }) }
    return .object([
      (
        "inputs",
        .list(
          network.inputs.map { .object([("name", .text($0.name)), ("shape", .text($0.shape))]) }
        )
      ),
      (
        "blocks",
        .list(
          network.blocks.map { block in
            .object([
              ("name", .text(block.name)), ("sources", texts(block.sources)),
              ("adds_sources", .boolean(block.addsSources)), ("states", texts(block.states)),
              ("memories", texts(block.memories)), ("layers", texts(block.layers)),
              ("shape", .text(block.shape)), ("parameter_count", .integer(block.parameterCount)),
              ("weights_of", block.owner.map { .text($0) } ?? .null),
              ("losses", texts(block.losses)),
            ])
          }
        )
      ),
      ("parameter_count", .integer(network.parameterCount)),
    ])
  }

  private static func object(_ column: DataColumn) -> JSON {
    .object([
      ("name", .text(column.name)),
      ("role", .text(column.role)),
      ("kind", .text(column.kind)),
      ("minimum", JSON(column.minimum)),
      ("maximum", JSON(column.maximum)),
      ("category_count", column.categoryCount.map { .integer($0) } ?? .null),
      ("categories", column.categories.map { .list($0.map { .text($0) }) } ?? .null),
      ("missing_share", .real(column.missingShare)),
    ])
  }

  private static func object(_ checkpoint: CheckpointInfo) -> JSON {
    .object([
      ("kind", .text(checkpoint.kind.rawValue)),
      ("step", .integer(checkpoint.step)),
      ("epoch", .real(checkpoint.epoch)),
      ("size_bytes", .integer(checkpoint.sizeBytes)),
      ("metric_value", JSON(checkpoint.metricValue)),
    ])
  }

  private static func points(_ points: [MetricPoint]) -> JSON {
    .list(
      points.map {
        .object([
          ("step", .integer($0.step)), ("epoch", .real($0.epoch)), ("value", JSON($0.value)),
        ])
      }
    )
  }
}
