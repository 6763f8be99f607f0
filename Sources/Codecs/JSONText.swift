// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Codable values as JSON text with sorted keys.
package enum JSONText {
  /// The text, in one line.
  package static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value that a text stands for; throws a `DecodingError` if it is not of that type.
  package static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
