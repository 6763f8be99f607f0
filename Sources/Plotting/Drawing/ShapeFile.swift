// SPDX-License-Identifier: Apache-2.0

import CCairo

/// What Cairo has written so far.
private final class ByteSink {
  var bytes: [UInt8] = []
}

extension Drawing {
  /// The texts that a file of shapes stores beside the picture.
  public struct Words: Hashable, Sendable {
    /// What the picture shows, in one line.
    public var title: String
    /// A description for people who cannot see the picture.
    public var description: String
    /// Further facts by key, such as the program and the runs.
    public var facts: [String: String]

    /// Texts; invisible characters are written as numbers.
    public init(title: String = "", description: String = "", facts: [String: String] = [:]) {
      self.title = title
      self.description = description
      self.facts = facts
    }

    /// `key: value`, by key.
    var lines: [String] {
      facts.sorted { $0.key < $1.key }.map { TextBlock.cleaned("\($0.key): \($0.value)") }
    }
  }

  /// The picture as an SVG; its text is drawn as shapes, so it looks the same on machines with
  /// other fonts.
  ///
  /// Equal drawings give equal bytes on one machine.
  public func svg(_ words: Words = Words()) -> [UInt8] {
    let written = shapes { sink, width, height in
      let surface = cairo_svg_surface_create_for_stream(write, sink, width, height)
      cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
      return (surface, 1)
    }
    return SVGText(String(decoding: written, as: UTF8.self)).finished(words)
  }

  /// The picture as a PDF of one page; its text can be searched.
  ///
  /// Equal drawings give equal bytes on one machine.
  public func pdf(_ words: Words = Words()) -> [UInt8] {
    // PDF counts 72 points to the inch.
    let scale = 72 / Self.pointsPerInch
    return shapes { sink, width, height in
      let surface = cairo_pdf_surface_create_for_stream(write, sink, width * scale, height * scale)
      // Later ones may pack the title away where simple programs do not look.
      cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4)
      func set(_ entry: cairo_pdf_metadata_t, _ text: String) {
        cairo_pdf_surface_set_metadata(surface, entry, TextBlock.cleaned(text))
      }
      set(CAIRO_PDF_METADATA_TITLE, words.title)
      set(CAIRO_PDF_METADATA_SUBJECT, words.description)
      set(CAIRO_PDF_METADATA_KEYWORDS, words.lines.joined(separator: "; "))
      set(CAIRO_PDF_METADATA_CREATOR, words.facts["Software"] ?? "")
      // The time of writing would make every file another one.
      set(CAIRO_PDF_METADATA_CREATE_DATE, "")
      return (surface, scale)
    }
  }

  /// The bytes that a surface writes while this picture is drawn on it.
  private func shapes(
    _ surface: (UnsafeMutableRawPointer, Double, Double) -> (OpaquePointer?, scale: Double)
  ) -> [UInt8] {
    let sink = ByteSink()
    // The canvas ends, and with it the surface, before the sink does.
    withExtendedLifetime(sink) {
      let pointer = Unmanaged.passUnretained(sink).toOpaque()
      let (surface, scale) = surface(pointer, width.rounded(.up), height.rounded(.up))
      let canvas = Canvas(width: width, height: height, surface: surface, scale: scale)
      draw(on: canvas)
      cairo_surface_finish(surface)
    }
    return sink.bytes
  }
}

/// Takes what Cairo writes; the closure is a `ByteSink`.
private let write: cairo_write_func_t = { closure, bytes, count in
  guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
  Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue().bytes
    .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
  return CAIRO_STATUS_SUCCESS
}
