// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The text as one word of a shell's command line: quoted where a shell would see more in it than letters.
  package var shellQuoted: String {
    let isPlain =
      !isEmpty
      && allSatisfy { character in
        character.isLetter || character.isNumber || "_-./:,@%+=".contains(character)
      }
    if isPlain { return self }
    // Scalar by scalar: with an accent behind it, a quotation mark is another character, but the same byte.
    return "'" + unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
