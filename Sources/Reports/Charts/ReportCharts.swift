// SPDX-License-Identifier: Apache-2.0

/// Draws the pictures of a report.
struct ReportCharts {
  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  func files() throws -> [ReportChart] { [] }
}
