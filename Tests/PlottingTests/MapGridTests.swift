// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@testable import Plotting

/// Maps of numbers from 0 to 1.
@Suite struct MapGridTests {
  private func grid(_ count: Int = 2, side: Int = 3, label: String = "token") -> MapGrid {
    let words = (0..<side).map { "\(label) \($0)" }
    let values = (0..<side).map { row in (0..<side).map { $0 == row ? 1.0 : 0.0 } }
    return MapGrid(
      title: "Maps",
      subtitle: "of nothing",
      maps: (0..<count).map {
        MapGrid.Map(title: "map \($0)", rows: words, columns: words, values: values)
      },
      valueLabel: "weight"
    )
  }

  private func count(_ color: UInt32, in grid: MapGrid) -> Int {
    let image = grid.image()
    return stride(from: 0, to: image.pixels.count, by: 3).count { place in
      UInt32(image.pixels[place]) << 16 | UInt32(image.pixels[place + 1]) << 8
        | UInt32(image.pixels[place + 2]) == color
    }
  }

  @Test func `equal maps give equal bytes`() throws {
    #expect(try grid().png() == grid().png())
    #expect(grid().drawing().svg() == grid().drawing().svg())
  }

  @Test func `dark is 1, light is 0, and what is no number is grey`() {
    // A cell of 16 points has 30 × 30 pixels inside its edges.
    #expect(count(0x00224e, in: grid(1, side: 4)) >= 4 * 800)
    #expect(count(0xfee838, in: grid(1, side: 4)) >= 12 * 800)
    var broken = grid(1, side: 4)
    // Edges of letters may have it, too.
    #expect(count(0xe4e4e4, in: broken) < 200)
    broken.maps[0].values[1] = [.nan]
    #expect(count(0xe4e4e4, in: broken) >= 4 * 800)
  }

  @Test(arguments: [0, 1, 5, 12])
  func `maps stand beside each other while there is room`(number: Int) {
    let image = grid(number).image()
    #expect(image.width <= 1440)
    #expect(image.height < 400 + 500 * number)
  }

  @Test func `a large map makes the picture wider, long words do not`() {
    #expect(grid(1, side: 40).image().width > 2 * 40 * 13)
    let long = String(repeating: "very long ", count: 30)
    #expect(grid(1, label: long).image().width <= 1440)
  }
}
