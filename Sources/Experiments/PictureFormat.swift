// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What kind of file a report's pictures are.
public enum PictureFormat: String, Hashable, Codable, Sendable, CaseIterable, Comparable {
  /// Pixels, two a CSS point.
  case png
  /// Shapes, for pages and for editing.
  case svg
  /// Shapes on one page, for LaTeX and slides.
  case pdf

  /// In the order in which they are listed everywhere.
  public static func < (left: Self, right: Self) -> Bool {
    let order = allCases
    return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
  }
}
