// SPDX-License-Identifier: Apache-2.0

public import Codecs

/// A picture that can be made of plain values.
public protocol Chart: Sendable {
  /// The picture, before it has a format.
  func drawing() -> Drawing

  /// Whether colours may be replaced by near ones to make the file small; true for drawings.
  var allowsFewerColors: Bool { get }
}

extension Chart {
  /// Drawings survive 256 colours.
  public var allowsFewerColors: Bool { true }

  /// The picture, at two pixels a point.
  public func image() -> PNGImage { drawing().image() }

  /// The bytes of a PNG file whose texts are `provenance`, by key.
  ///
  /// Equal charts give equal bytes on one machine. Keys are PNG keywords (1 to 79 Latin-1 characters), else throws
  /// `PNGError.badKeyword`.
  public func png(provenance: [String: String] = [:]) throws(PNGError) -> [UInt8] {
    let text = provenance.sorted { $0.key < $1.key }.map { PNGText($0.key, $0.value) }
    let picture = image()
    guard allowsFewerColors else { return try PNG.encode(picture, text: text) }
    let bytes = try PNG.encode(picture.quantized(), text: text)
    // A report is read over slow lines and kept in a repository: crowded charts get coarser edges. Fewer than 64
    // colours would mix up the series.
    return bytes.count <= 90_000 ? bytes : try PNG.encode(picture.quantized(limit: 64), text: text)
  }
}
