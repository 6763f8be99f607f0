// SPDX-License-Identifier: Apache-2.0

public import Codecs

/// A picture that can be made of plain values.
public protocol Chart: Sendable {
  /// What the chart shows, in bold; may be empty.
  var title: String { get set }
  /// More words below the title; may be empty.
  var subtitle: String { get set }
  /// Small text below; may be empty.
  var footnote: String { get set }

  /// The picture, before it has a format.
  func drawing() -> Drawing

  /// Whether colours may be replaced by near ones to make the file small; true for drawings.
  var allowsFewerColors: Bool { get }
}

extension Chart {
  /// Drawings survive 256 colours.
  public var allowsFewerColors: Bool { true }

  /// The same without title, subtitle and footnote; what explains marks inside stays, as do legends and axes.
  public func untitled() -> Self {
    var chart = self
    (chart.title, chart.subtitle, chart.footnote) = ("", "", "")
    return chart
  }

  /// The picture, at two pixels a point.
  public func image() -> PNGImage { drawing().image() }

  /// The bytes of a PNG file whose texts are `provenance`, by key.
  ///
  /// Equal charts give equal bytes on one machine. Keys are PNG keywords (1 to 79 Latin-1 characters), else throws
  /// `PNGError.badKeyword`.
  public func png(provenance: [String: String] = [:]) throws(PNGError) -> [UInt8] {
    let text = provenance.sorted { $0.key < $1.key }.map { PNGText($0.key, $0.value) }
    func encoded(_ picture: PNGImage) throws(PNGError) -> [UInt8] {
      try PNG.encode(picture, text: text, pixelsPerInch: Drawing.pixelsPerInch)
    }
    let picture = image()
    guard allowsFewerColors else { return try encoded(picture) }
    let bytes = try encoded(picture.quantized())
    // A report is read over slow lines and kept in a repository: crowded charts get coarser edges. Fewer than 64
    // colours would mix up the series.
    return bytes.count <= 90_000 ? bytes : try encoded(picture.quantized(limit: 64))
  }
}
