// SPDX-License-Identifier: Apache-2.0

import Codecs
import Diagnostics
import Experiments
import Plotting
import Vocabulary

/// The filters of a network's first convolution as small images.
struct FilterPictures {
  /// More filters are left out.
  static let limit = 64

  let filters: FilterBank

  /// Nil unless the filters have the channels of a picture, one or three, and finite weights.
  init?(_ filters: FilterBank) {
    guard [1, 3].contains(filters.channels), filters.count > 0,
      filters.values.count == filters.count * filters.size,
      filters.values.allSatisfy(\.isFinite)
    else { return nil }
    self.filters = filters
  }

  /// One image for each filter: middle grey is zero, light positive, scaled by its largest weight.
  var images: [PNGImage] {
    (0..<min(Self.limit, filters.count)).map { index in
      let start = index * filters.size
      let weights = Array(filters.values[start..<(start + filters.size)])
      let largest = weights.map(abs).max() ?? 0
      let area = filters.height * filters.width
      var pixels: [UInt8] = []
      for place in 0..<area {
        for channel in 0..<filters.channels {
          let share = largest > 0 ? Double(weights[channel * area + place] / largest) : 0
          pixels.append(UInt8((127.5 + 127.5 * share).rounded()))
        }
      }
      return PNGImage(
        width: filters.width,
        height: filters.height,
        format: filters.channels == 1 ? .gray8 : .rgb8,
        pixels: pixels
      )
    }
  }

  /// The images side by side.
  func picture(of run: RunRecord, label: String, subtitle: String) -> ReportCharts.Picture {
    let shown = images
    let rest = filters.count - shown.count
    return ReportCharts.Picture(
      chart: ImageGrid(
        title: "What the first convolution of \(label) looks for",
        subtitle: subtitle,
        tiles: shown.map { ImageGrid.Tile($0) },
        tileSize: 44,
        footnote: "Its weights after training, seed \(run.seed), each filter scaled by its largest "
          + "weight: grey is zero, light positive."
          + (rest > 0 ? " \(rest) more are left out." : "")
      ),
      alternative:
        "\(counted(shown.count, "filter")) of \(filters.height) × \(filters.width) weights of the "
        + "first convolution of \(label), seed \(run.seed)",
      runs: [run]
    )
  }
}
