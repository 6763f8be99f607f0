// SPDX-License-Identifier: Apache-2.0

@testable import Reports

// Tests state whole sentences; Markdown is the form in which every mark can be seen.

extension Analysis {
  /// The answer of a group, as Markdown.
  func answer(_ group: ComparisonGroup) -> [String] { statements(group).map { $0.text.markdown() } }
}

extension FactorAnswer {
  /// The sentences of a parameter, as Markdown.
  func markdown(of factor: Int) -> [String] { sentences(of: factor).map { $0.markdown() } }
}
