// SPDX-License-Identifier: Apache-2.0

/// What a file that is called a table really is, recognised by its first bytes.
public enum FileLook: Hashable, Sendable {
  /// An Excel workbook; older workbooks are no zip files.
  case excel
  /// A spreadsheet of LibreOffice.
  case openDocument
  case zip
  /// Another compressed file, and the program that expands it.
  case compressed(String, program: String)
  case parquet
  /// Arrow's own format, which pandas calls Feather.
  case arrow
  case pickle
  case json
  /// A web page or another document with tags.
  case html
  case xml
  case npy
  case hdf5
  case sqlite
  /// Another known kind, with its name.
  case other(String)

  /// Nil for bytes that may be a text of fields.
  init?(_ bytes: [UInt8]) {
    if let found = Self.signatures.first(where: { bytes.starts(with: $0.bytes) }) {
      self = found.look == .zip ? Self.insideZip(bytes) : found.look
    } else if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
      self = .pickle
    } else if let look = Self.marked(bytes) {
      self = look
    } else {
      return nil
    }
  }

  private static let signatures: [(bytes: [UInt8], look: FileLook)] = [
    ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .excel),
    ([0x1F, 0x8B], .compressed("gzip", program: "gunzip")),
    ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41], .compressed("bzip2", program: "bunzip2")),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .compressed("xz", program: "unxz")),
    ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd", program: "unzstd")),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .compressed("7z", program: "7z x")),
    (Array("PAR1".utf8), .parquet), (Array("ARROW1".utf8), .arrow), (Array("FEA1".utf8), .arrow),
    ([0x93] + Array("NUMPY".utf8), .npy), ([0x89] + Array("HDF\r\n".utf8), .hdf5),
    (Array("SQLite format 3\0".utf8), .sqlite), (Array("%PDF-".utf8), .other("PDF")),
    ([0x89] + Array("PNG\r\n".utf8), .other("PNG")), ([0xFF, 0xD8, 0xFF], .other("JPEG")),
    (Array("RDX2\n".utf8), .other("R data")), (Array("RDX3\n".utf8), .other("R data")),
  ]

  /// Workbooks are zip files whose parts have known names.
  private static func insideZip(_ bytes: [UInt8]) -> FileLook {
    let start = bytes.prefix(4096)
    func holds(_ text: String) -> Bool { start.firstRange(of: Array(text.utf8)) != nil }
    if holds("opendocument.spreadsheet") { return .openDocument }
    return holds("[Content_Types].xml") || holds("xl/") ? .excel : .zip
  }

  /// JSON, HTML and XML, which are texts: by more than their first sign, for a column may be called `[x]`.
  private static func marked(_ bytes: [UInt8]) -> FileLook? {
    let spaces: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let text = bytes.prefix(4096).drop { [0xEF, 0xBB, 0xBF].contains($0) }
    let signs = text.lazy.filter { !spaces.contains($0) }.prefix(2)
    let begin = String(decoding: Array(signs), as: UTF8.self)
    if ["{\"", "[{", "[["].contains(begin) || begin == "[\"" { return .json }
    guard begin.first == "<" else { return nil }
    let tags = String(decoding: text.drop { spaces.contains($0) }.prefix(20), as: UTF8.self)
      .lowercased()
    if tags.hasPrefix("<!doctype html") || tags.hasPrefix("<html") || tags.hasPrefix("<table") {
      return .html
    }
    return tags.hasPrefix("<?xml") ? .xml : nil
  }
}

extension FileLook {
  var sentence: String { "this is \(name), not a text of fields as CSV is" }

  private var name: String {
    switch self {
    case .excel: "an Excel file"
    case .openDocument: "a spreadsheet of LibreOffice"
    case .zip: "a zip file"
    case .compressed("xz", _): "an xz file"
    case .compressed(let name, _): "a \(name) file"
    case .parquet: "a parquet file"
    case .arrow: "an Arrow (Feather) file"
    case .pickle: "a pickle file"
    case .json: "a JSON file"
    case .html: "an HTML file"
    case .xml: "an XML file"
    case .npy: "an npy file"
    case .hdf5: "an HDF5 file"
    case .sqlite: "an SQLite database"
    case .other(let name): "a \(name) file"
    }
  }

  var hints: [String] {
    switch self {
    case .excel:
      ["save the sheet as CSV UTF-8 in Excel, or translate it in Python: \(Self.pandas("excel"))"]
    case .openDocument:
      [
        "save the sheet as Text CSV in LibreOffice, or translate it in Python: \(Self.pandas("excel"))"
      ]
    case .zip: ["`unzip` takes the table out of it"]
    case .compressed(_, let program): ["`\(program)` expands it"]
    case .parquet: ["translate it in Python: \(Self.pandas("parquet"))"]
    case .arrow: ["translate it in Python: \(Self.pandas("feather"))"]
    case .pickle: ["if it holds a table, translate it in Python: \(Self.pandas("pickle"))"]
    case .json: ["if it holds records, translate it in Python: \(Self.pandas("json"))"]
    case .html:
      ["a page came in place of the file: download the file itself; or export the table as CSV"]
    case .npy: ["`dataset: npy` reads arrays"]
    case .xml, .hdf5, .sqlite, .other: ["export the table as CSV"]
    }
  }

  private static func pandas(_ kind: String) -> String {
    "`pandas.read_\(kind)(path).to_csv(\"data.csv\", index=False)`"
  }
}
