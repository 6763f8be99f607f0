// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// How the cells of one group look in every picture: which panel, which label in it, which colour.
struct ChartCells {
  /// More lines than this in one panel cannot be told apart, unless they have an order that colours can show.
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
    /// Its place from 0 to 1 among many lines that differ in one number alone; nil for lines without order.
    var shade: Double?
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
    let shades = Self.shades(cells.map(\.cell), besides: parameter, experiment)
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
          shade: shades[index],
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
  /// a panel; nil if one panel is enough. Numbers drawn from a range have a panel for each cell, so they are none.
  private static func panelParameter(_ cells: [Cell], _ experiment: Experiment) -> String? {
    guard !fit(cells, experiment) else { return nil }
    let varying = varyingParameters(cells, experiment)
      .filter { !isDrawn($0, cells, experiment) }
    let named = [experiment.report.columns, experiment.report.rows].compactMap(\.self)
    let candidates = named.filter(varying.contains) + varying.filter { !named.contains($0) }
    func panels(_ name: String) -> [[Cell]] {
      Array(Dictionary(grouping: cells) { $0.assignment[name] }.values)
    }
    return candidates.first { panels($0).allSatisfy { fit($0, experiment) } }
      ?? candidates.min { a, b in
        (panels(a).map(\.count).max() ?? 0) < (panels(b).map(\.count).max() ?? 0)
      }
  }

  /// Whether cells can be told apart in one panel: they are few, or differ in one number alone.
  private static func fit(_ cells: [Cell], _ experiment: Experiment) -> Bool {
    cells.count <= seriesLimit
      || (cells.count <= curveLimit && orderingNumber(cells, besides: nil, experiment) != nil)
  }

  /// The listed number that alone tells cells apart, besides a parameter of panels.
  private static func orderingNumber(
    _ cells: [Cell],
    besides panel: String?,
    _ experiment: Experiment
  ) -> String? {
    let names = varyingParameters(cells, experiment).filter { $0 != panel }
    guard names.count == 1, !isDrawn(names[0], cells, experiment),
      cells.allSatisfy({ $0.assignment[names[0]]?.number != nil })
    else { return nil }
    return names[0]
  }

  /// The places of many numbers among each other; nil for each cell where colours tell enough.
  private static func shades(
    _ cells: [Cell],
    besides panel: String?,
    _ experiment: Experiment
  ) -> [Double?] {
    guard let name = orderingNumber(cells, besides: panel, experiment) else {
      return cells.map { _ in nil }
    }
    let numbers = cells.compactMap { $0.assignment[name]?.number }
    let sorted = Set(numbers).sorted()
    guard sorted.count > seriesLimit else { return cells.map { _ in nil } }
    return numbers.map { number in
      sorted.firstIndex(of: number).map { Double($0) / Double(sorted.count - 1) }
    }
  }
}

/// Whether a parameter's numbers were drawn from a range, so that hardly two cells share one.
func isDrawn(_ name: String, _ cells: [Cell], _ experiment: Experiment) -> Bool {
  guard let parameter = experiment.parameters.first(where: { $0.name == name }) else {
    return false
  }
  return cells.contains { cell in
    cell.assignment[name].map { $0.number != nil && !parameter.values.contains($0) } ?? false
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
