// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct CollapseTests {
  @Test func `a seed with the loss of a constant prediction has collapsed if another one learned`()
  {
    #expect(Collapse.seeds([0: 0.3, 1: 2.29, 2: 0.4], constant: 2.3026) == [1])
    // None learned: the cell cannot, which is another finding.
    #expect(Collapse.seeds([0: 2.2, 1: 2.29, 2: 2.3], constant: 2.3026) == [])
    // Between half and nine tenths nothing is said.
    #expect(Collapse.seeds([0: 0.3, 1: 2.0, 2: 1.5], constant: 2.3026) == [])
    #expect(Collapse.seeds([0: 0.3, 1: 2.29], constant: 0) == [])
  }

  private let cells: [SeededValues] = [
    [0: 0.90, 1: 0.91, 2: 0.905, 3: 0.902, 4: 0.10],
    [0: 0.88, 1: 0.89, 2: 0.886, 3: 0.884, 4: 0.885],
  ]

  @Test func `a seed far to the worse side of its cell has collapsed`() {
    #expect(Collapse.seeds(cells, goal: .maximize, resolution: 0) == [[4], []])
    // A lower number is better here.
    #expect(Collapse.seeds(cells, goal: .minimize, resolution: 0) == [[], []])
    // Steps as coarse as that make no scale.
    #expect(Collapse.seeds(cells, goal: .maximize, resolution: 0.2) == [[], []])
  }

  @Test func `the tail of a cell that spreads more than its neighbours is no collapse`() {
    let cells: [SeededValues] = [
      [0: 0.70, 1: 0.66, 2: 0.73, 3: 0.61, 4: 0.52],
      [0: 0.950, 1: 0.951, 2: 0.9505, 3: 0.9502, 4: 0.9507],
      [0: 0.960, 1: 0.961, 2: 0.9605, 3: 0.9602, 4: 0.9607],
    ]
    #expect(Collapse.seeds(cells, goal: .maximize, resolution: 0) == [[], [], []])
  }

  /// 104.0 among 99 to 102 is no network that learned nothing.
  @Test func `a seed that is hardly worse than the median has not collapsed`() {
    let cells: [SeededValues] = [
      [0: 104.0, 1: 99.3, 2: 99.4, 3: 99.2, 4: 99.5],
      [0: 99.1, 1: 99.2, 2: 99.3, 3: 99.2, 4: 99.4],
    ]
    #expect(Collapse.seeds(cells, goal: .minimize, resolution: 0) == [[], []])
    var far = cells
    far[0][0] = 110
    #expect(Collapse.seeds(far, goal: .minimize, resolution: 0) == [[0], []])
    let logarithms = cells.map { $0.mapValues { $0 / 100 } }
    #expect(
      Collapse.seeds(logarithms, goal: .minimize, resolution: 0, scale: .logarithmic) == [[], []]
    )
    far = logarithms
    far[0][0] = 1.1
    #expect(
      Collapse.seeds(far, goal: .minimize, resolution: 0, scale: .logarithmic) == [[0], []]
    )
  }

  @Test func `a cell at 1e30 hides no collapse of another one`() {
    let given = cells + [[0: 1e30, 1: 1.1e30, 2: 1.2e30]]
    let found = Collapse.seeds(given, goal: .maximize, resolutions: [0, 0, 6e22])
    #expect(found[0] == [4])
  }

  @Test func `too few distances make no scale`() {
    let few = cells.map { $0.filter { $0.key > 1 } }
    #expect(Collapse.seeds(few, goal: .maximize, resolution: 0) == [[], []])
    #expect(Collapse.seeds([], goal: .maximize, resolution: 0) == [])
    #expect(
      Collapse.seeds([[0: 1, 1: 1, 2: 1], [:]], goal: .maximize, resolution: 0) == [[], []]
    )
  }
}
