// SPDX-License-Identifier: Apache-2.0

public import Codecs
internal import Diagnostics

/// A picture that is made from plain values.
public protocol Chart: Sendable {
  /// What the chart shows, in bold; may be empty.
  var title: String { get set }
  /// More words below the title; may be empty.
  var subtitle: String { get set }
  /// Small text below; may be empty.
  var footnote: String { get set }

  /// The picture, independent of a file format.
  func drawing() -> Drawing

  /// Whether similar colours may be merged to make the file smaller; true for drawings.
  var allowsFewerColors: Bool { get }
}

extension Chart {
  /// A drawing still looks right with 256 colours.
  public var allowsFewerColors: Bool { true }

  /// The same chart without title, subtitle and footnote.
  ///
  /// Legends, axes and the explanations of marks stay.
  public func untitled() -> Self {
    var chart = self
    (chart.title, chart.subtitle, chart.footnote) = ("", "", "")
    return chart
  }

  /// The picture, with two pixels per point.
  public func image() -> PNGImage { drawing().image() }

  /// The bytes of a PNG file with the texts of `provenance`, by key; invisible characters are
  /// written as numbers.
  ///
  /// Equal charts give equal bytes on one machine. A key must be a PNG keyword (1 to 79 Latin-1
  /// characters); any other throws `PNGError.badKeyword`.
  public func png(provenance: [String: String] = [:]) throws(PNGError) -> [UInt8] {
    let text = provenance.sorted { $0.key < $1.key }.map { PNGText($0.key, visible($0.value)) }
    let resolution = Drawing.pixelsPerInch
    guard allowsFewerColors else {
      return try PNG.encode(image(), text: text, pixelsPerInch: resolution)
    }
    let found = drawing().colors()
    // A report is read over slow lines and kept in a repository: crowded charts get coarser edges. 135,000
    // changes take about 90 kB with 256 colours. Fewer than 64 would mix up the series.
    let limit = found.changes > 135_000 ? 64 : 256
    let colors = found.reduced(to: limit)
    return try PNG.encode(found, colours: colors, text: text, pixelsPerInch: resolution)
  }
}
