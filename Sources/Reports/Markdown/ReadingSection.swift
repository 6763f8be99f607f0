// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// The last part of a report: what its sentences rest on, for a reader who does not know the rules.
///
/// A report may lie anywhere, so its sentences link to this part of the same page and never to a file. It is not folded,
/// because not every browser opens a folded part when a link leads into it.
struct ReadingSection {
  let topics: [ReportTopic]

  /// Of those topics that the sentences of the page link to, in the order of the documentation.
  init(_ topics: [ReportTopic]) {
    self.topics = ReportTopic.allCases.filter(topics.contains)
  }

  /// Empty if nothing is explained.
  var blocks: [Block] {
    guard !topics.isEmpty else { return [] }
    return [.heading(2, "How to read this report")]
      + topics.map { topic in
        .paragraph(
          """
          \(.anchor(topic.place))\(strong: "\(words: topic.title).") \(topic.explanation) The formula stands in \
          \(code: "docs/statistics.md#\(topic.rawValue)") of runexp.
          """
        )
      }
  }
}

extension Statement {
  /// The sentence as a paragraph, with a link to its explanation.
  var block: Block { .paragraph(topic.map { "\(text) \($0.link)" } ?? text) }
}
