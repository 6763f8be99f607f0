// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Storage

extension RunStore {
  /// Where the database was moved, deleted or replaced while it was open: makes its data reachable, says where they are,
  /// and throws the exit code for storage that refuses writes.
  func keepReachable() throws {
    guard let displacement = displacement() else { return }
    let place: String
    do { place = try rescue() } catch {
      Terminal.say("error: \(sentence(displacement)), and its data could not be saved: \(error)")
      throw Exit.storageRefuses
    }
    Terminal.say(
      Diagnostic(
        "\(sentence(displacement)): all that it held is in `\(place)`",
        hints: ["`--db \(place.shellQuoted)` goes on from there, or move it back first"]
      ).rendered
    )
    throw Exit.storageRefuses
  }

  private func sentence(_ displacement: Displacement) -> String {
    let fate =
      switch displacement {
      case .moved: "was moved"
      case .deleted: "was deleted"
      case .replaced: "was replaced by another file"
      }
    return "the database `\(path)` \(fate) while it was in use"
  }
}
