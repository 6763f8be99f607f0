// SPDX-License-Identifier: Apache-2.0

/// A text of the user's own as tokens: UTF-8, characters or words.
///
/// Characters are Unicode scalars, so that the tokens depend on no version of Unicode's tables of graphemes; line ends
/// CRLF and CR become LF, a byte order mark is left out. Words are what stands between white space. The vocabulary is
/// that of the whole file, `<unk>` first, then by falling frequency, equal ones by first appearance, as for The Time
/// Machine; the text is cut into windows like that one.
struct TextDataset: DatasetSource {
  var version: Int { 1 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let path = request.text("train")
    let text = try scalars(path)
    var builder = CorpusBuilder()
    if request.text("tokens") == "word" {
      for word in text.split(whereSeparator: \.properties.isWhitespace) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: word)
        builder.append(Array(String(view).utf8))
      }
    } else {
      for scalar in text { builder.append(Array(String(scalar).utf8)) }
    }
    let hasLimit = request.arguments["max_tokens"] != nil
    return try builder.corpus.set(
      steps: request.integer("steps"),
      limit: hasLimit ? request.integer("max_tokens") : nil,
      path: path
    )
  }

  private func scalars(_ path: String) throws(DatasetError) -> [Unicode.Scalar] {
    var bytes = try fileBytes(path)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let fact = DatasetError.FormatFact.notUTF8(
        offset: firstInvalidByte(bytes),
        encoding: TextEncoding(bytes)
      )
      throw .format(path: path, fact: fact)
    }
    if let wide = TextEncoding.wide(bytes) {
      let offset = bytes.firstIndex(of: 0) ?? 0
      throw .format(path: path, fact: .notUTF8(offset: offset, encoding: wide))
    }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(bytes.count)
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if !(afterReturn && scalar == "\n") { result.append(scalar == "\r" ? "\n" : scalar) }
      afterReturn = scalar == "\r"
    }
    return result
  }
}

/// Where the first byte lies that is no UTF-8.
private func firstInvalidByte(_ bytes: [UInt8]) -> Int {
  var decoder = UTF8()
  var iterator = bytes.makeIterator()
  var offset = 0
  while case .scalarValue(let scalar) = decoder.decode(&iterator) {
    offset += UTF8.width(scalar)
  }
  return offset
}
