// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The text as one word of a shell's command line: quoted where a shell would see more in it than letters.
  var shellQuoted: String {
    let isPlain =
      !isEmpty
      && allSatisfy { character in
        character.isLetter || character.isNumber || "_-./:,@%+=".contains(character)
      }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
