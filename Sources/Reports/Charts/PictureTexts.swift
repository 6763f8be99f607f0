// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// The texts of users in a report's pictures, for the check whether there are fonts for them.
public enum PictureTexts {
  /// The texts of a plan; `classNames` are those of its data, as far as they are known.
  public static func all(
    _ experiment: Experiment,
    _ cells: [Cell],
    classNames: [String]
  ) -> [String] {
    let values = cells.flatMap { $0.assignment.sorted { $0.key < $1.key } }.flatMap { name, value in
      if case .text(let text) = value { [name, text] } else { [name] }
    }
    let metrics = [experiment.report.metric] + experiment.report.curves
    return unique(
      [experiment.title ?? experiment.name] + values + metrics + experiment.references.map(\.label)
        + classNames
    )
  }

  /// The texts of a report.
  public static func all(_ snapshot: SweepSnapshot) -> [String] {
    let names = snapshot.captures[.classNames].sorted { $0.key < $1.key }.flatMap(\.value)
    let maps = snapshot.captures[.attention].sorted { $0.key < $1.key }.flatMap(\.value)
    let tokens = maps.flatMap { $0.rows + $0.columns }
    return all(snapshot.sweep.experiment, snapshot.sweep.cells, classNames: unique(names + tokens))
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
