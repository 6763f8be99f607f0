// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Plotting
import Vocabulary

/// The test images that a run gets most wrong, side by side.
struct ErrorPictures {
  let errors: [WorstError]
  /// Names of the classes; empty for numbers.
  let classNames: [String]

  /// Nil without an error whose picture is stored.
  init?(_ errors: [WorstError], classNames: [String]) {
    let whole = errors.filter {
      [1, 3].contains($0.channels) && $0.pixels.count == $0.channels * $0.height * $0.width
        && !$0.pixels.isEmpty
    }
    guard !whole.isEmpty else { return nil }
    self.errors = whole
    self.classNames = classNames
  }

  private func name(_ index: Int) -> String {
    classNames.indices.contains(index) ? classNames[index] : "\(index)"
  }

  /// The pixels with the channels together, as pictures have them.
  static func image(_ error: WorstError) -> PNGImage {
    let area = error.height * error.width
    return PNGImage(
      width: error.width,
      height: error.height,
      format: error.channels == 1 ? .gray8 : .rgb8,
      pixels: (0..<area).flatMap { place in
        (0..<error.channels).map { error.pixels[$0 * area + place] }
      }
    )
  }

  func picture(of run: RunRecord, label: String, subtitle: String) -> ReportCharts.Picture {
    let words = errors.map { "\(name($0.target)), not \(name($0.prediction))" }
    return ReportCharts.Picture(
      chart: ImageGrid(
        title: "The worst errors of \(label)",
        subtitle: subtitle,
        tiles: errors.map { error in
          ImageGrid.Tile(
            Self.image(error),
            caption: name(error.target),
            "not \(name(error.prediction))"
          )
        },
        columns: 5,
        tileSize: 112,
        footnote: "Test images with the largest loss among those taken for another class, seed "
          + "\(run.seed), worst first: what it is, and what it was taken for."
      ),
      alternative: "Test images that \(label), seed \(run.seed), gets most wrong: "
        + words.joined(separator: "; "),
      runs: [run]
    )
  }
}
