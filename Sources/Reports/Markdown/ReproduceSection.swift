// SPDX-License-Identifier: Apache-2.0

import Codecs
import Diagnostics
import Experiments
import Vocabulary

/// Versions, hashes, commands and the manifest: all one needs to get the same numbers again.
struct ReproduceSection {
  let analysis: Analysis
  let context: ReportContext

  init(_ analysis: Analysis, context: ReportContext) {
    self.analysis = analysis
    self.context = context
  }

  var blocks: [Block] {
    var blocks = [Block.heading(2, "How to reproduce")]
    if !context.commands.isEmpty {
      blocks.append(.code(context.commands.joined(separator: "\n"), language: "sh"))
    }
    return blocks + [
      .table([("What", .left), ("Which", .left)], facts),
      .folded(
        isImported ? "The imported file" : "The manifest",
        [.code(sweep.manifest, language: isImported ? "csv" : "yaml")]
      ),
      .paragraph(
        isImported
          ? "Another program measured these runs; they are shown as they were imported."
          : "Same manifest, same seed, same numerics: the same weights. A run repeated elsewhere must "
            + "show the SHA-256 that stands in the table of runs."
      ),
    ]
  }

  private var sweep: SweepRecord { analysis.snapshot.sweep }

  private var isImported: Bool { analysis.snapshot.runs.allSatisfy(\.isImported) }

  private var facts: [[Inline]] {
    let runs = analysis.snapshot.runs
    var rows: [[Inline]] = [
      ["Sweep", "\(code: sweep.label), planned \(UserText(sweep.createdAt))"],
      ["Plan", .text(planText)],
      ["Planned by", "runexp \(UserText(sweep.version))"],
      ["Report by", "runexp \(UserText(context.version))"],
      [
        "Numerics",
        Set(runs.map(\.numericVersion)).sorted()
          .map { $0 == RunRecord.importedVersion ? "another program's" : "version \($0)" }
          .joined(", "),
      ],
      [
        isImported ? "File SHA-256" : "Manifest SHA-256",
        .code(SHA256.hexadecimal(of: sweep.manifest)),
      ],
    ]
    if !sweep.overrides.isEmpty {
      rows.append(["Overrides", sweep.overrides.map(Inline.code).joined(" ")])
    }
    for digest in Set(runs.compactMap(\.dataSHA256)).sorted() {
      rows.append(["Data SHA-256", "\(code: digest)\(dataNames(digest))"])
    }
    rows += context.machine.enumerated().map { index, line in
      [index == 0 ? "Machine" : "", .verbatim(line)]
    }
    return rows
  }

  private var planText: String {
    let experiment = analysis.experiment
    let method: String
    switch experiment.method {
    case .grid: method = "grid"
    case .random(let runCap, let searchSeed):
      method = "random search, \(counted(runCap, "draw")), search seed \(searchSeed)"
    }
    let last = experiment.seed + experiment.repeats - 1
    let seeds =
      experiment.repeats == 1 ? "seed \(experiment.seed)" : "seeds \(experiment.seed)–\(last)"
    return "\(method), \(count(sweep.cells.count, "cell")), \(seeds), "
      + "\(count(analysis.snapshot.runs.count, "run"))"
  }

  private func dataNames(_ digest: String) -> Inline {
    let names = analysis.snapshot.runs.filter { $0.dataSHA256 == digest }
      .map(\.specification.data.dataset.name)
    return " (\(Set(names).sorted().map(Inline.code).joined(", ")))"
  }

  private func count(_ number: Int, _ word: String) -> String {
    counted(number, word, shown: grouped(number))
  }
}
