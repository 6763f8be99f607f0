// SPDX-License-Identifier: Apache-2.0

import Experiments

/// How the cells of one group look in every picture: which panel, which label in it, which colour.
struct ChartCells {
  /// More lines than this in one panel cannot be told apart.
  static let seriesLimit = 6

  /// More cells than this are not drawn as curves: the best ones are.
  static let curveLimit = 24
  /// More rows than this are not drawn in a dot chart.
  static let rowLimit = 60

  struct Entry {
    var cell: ComparedCell
    /// Name of the panel; nil if all stand in one.
    var panel: String?
    /// Name inside the panel.
    var label: String
    var color: Int
    /// What the table says of it: `winner`, `may be best`, or nothing.
    var mark: String
  }

  /// In plan order, those of one panel next to each other.
  let entries: [Entry]

  init(_ cells: [ComparedCell], marks: [String], _ experiment: Experiment) {
    let parameter = Self.panelParameter(cells.map(\.cell), experiment)
    let panels = cells.map { cell in parameter.map { panelName($0, cell.cell) } }
    let labels = parameter.map { parameter in
      innerLabels(cells, panels, without: parameter, experiment)
    }
    var order: [String?] = []
    for panel in panels where !order.contains(panel) { order.append(panel) }
    var known: [String] = []
    var entries: [Entry] = []
    for (index, cell) in cells.enumerated() {
      let label = labels?[index] ?? cell.label
      if !known.contains(label) { known.append(label) }
      entries.append(
        Entry(
          cell: cell,
          panel: panels[index],
          label: label,
          color: known.firstIndex(of: label) ?? 0,
          mark: marks[index]
        )
      )
    }
    self.entries = order.flatMap { panel in entries.filter { $0.panel == panel } }
  }

  /// The panels, each with its entries; one without a name if none is needed.
  var panels: [(name: String?, entries: [Entry])] {
    var names: [String?] = []
    for entry in entries where !names.contains(entry.panel) { names.append(entry.panel) }
    return names.map { name in (name, entries.filter { $0.panel == name }) }
  }

  /// The parameter whose values become panels: the report's columns or rows, else whichever leaves the fewest lines in
  /// a panel; nil if one panel is enough.
  private static func panelParameter(_ cells: [Cell], _ experiment: Experiment) -> String? {
    guard cells.count > seriesLimit else { return nil }
    let varying = varyingParameters(cells, experiment)
    let named = [experiment.report.columns, experiment.report.rows].compactMap(\.self)
    let candidates = named.filter(varying.contains) + varying.filter { !named.contains($0) }
    func largest(_ name: String) -> Int {
      let counts = Dictionary(grouping: cells) { $0.assignment[name] }.mapValues(\.count)
      return counts.values.max() ?? 0
    }
    return candidates.first { largest($0) <= seriesLimit }
      ?? candidates.min { largest($0) < largest($1) }
  }
}

private func panelName(_ parameter: String, _ cell: Cell) -> String {
  guard let value = cell.assignment[parameter] else { return "no \(parameter)" }
  if case .text(let word) = value { return word }
  return "\(parameter) \(value)"
}

/// Labels without the panel's parameter; a cell that is alone in what is left is called by its panel.
private func innerLabels(
  _ cells: [ComparedCell],
  _ panels: [String?],
  without parameter: String,
  _ experiment: Experiment
) -> [String] {
  var reduced = experiment
  reduced.tune.append(parameter)
  let names = varyingParameters(cells.map(\.cell), reduced)
  return zip(cells, panels).map { cell, panel in
    let parts = names.compactMap { name in
      cell.cell.assignment[name].map { labelPart(name, $0) }
    }
    return parts.isEmpty ? panel ?? cell.label : parts.joined(separator: " · ")
  }
}
