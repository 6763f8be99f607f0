// SPDX-License-Identifier: Apache-2.0

import Codecs
import Foundation
import Plotting
import Testing

@testable import Reports

/// The pictures of docs/statistics.md; `RUNEXP_WRITE_DOCS=1 swift test --filter GeneratedFileTests` draws them anew.
///
/// Fonts differ between machines, so that pixels are not compared. Each file holds a digest of the labels and numbers that are drawn.
@Suite struct GeneratedFileTests {
  private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs")
  private static let isWriting = ProcessInfo.processInfo.environment["RUNEXP_WRITE_DOCS"] == "1"
  private static let keyword = "runexp:numbers"

  @Test func `each picture of the page of statistics shows the present numbers`() throws {
    let page = try String(
      contentsOf: Self.docs.appendingPathComponent("statistics.md"),
      encoding: .utf8
    )
    let plain = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(StatisticsPicture.all.count == 10)
    for picture in StatisticsPicture.all {
      let file = Self.docs.appendingPathComponent("images/\(picture.file)")
      let digest = SHA256.hexadecimal(of: picture.numbers)
      if Self.isWriting {
        let bytes = try picture.chart.png(provenance: [Self.keyword: digest])
        try Data(bytes).write(to: file)
      }
      let bytes = [UInt8](try Data(contentsOf: file))
      #expect(bytes.count < 40_000, "\(picture.file): \(bytes.count) bytes")
      let texts = try PNG.text(of: bytes)
      #expect(texts.first { $0.keyword == Self.keyword }?.text == digest, "\(picture.file)")
      let isShown = page.contains("(images/\(picture.file))")
      let isTold = plain.contains(picture.example)
      #expect(isShown && isTold, "\(picture.file): \(picture.example)")
    }
  }

  @Test func `every explanation of a report names a section of the page`() throws {
    let page = try String(
      contentsOf: Self.docs.appendingPathComponent("statistics.md"),
      encoding: .utf8
    )
    let anchors = page.split(separator: "\n").filter { $0.hasPrefix("##") }.map { heading in
      heading.drop { $0 == "#" }.dropFirst().lowercased().filter {
        $0.isLetter || $0.isNumber || $0 == " " || $0 == "-"
      }.replacing(" ", with: "-")
    }
    for topic in ReportTopic.allCases {
      #expect(anchors.contains(topic.rawValue), "\(topic.rawValue)")
    }
  }
}
