// SPDX-License-Identifier: Apache-2.0

package import Storage

/// The database's file was moved, deleted or replaced while it was open.
package struct DisplacedDatabase: Error {
  /// The path that led to it.
  package let path: String
  package let displacement: Displacement
  /// Where its data are now; nil where they could not be saved.
  package let place: String?
  /// Why they could not be saved.
  package let failure: (any Error)?
}

extension RunStore {
  /// Makes the data of a displaced database reachable and throws where they are; does nothing where it is in its place.
  package func keepReachable() throws {
    guard let displacement = displacement() else { return }
    let place: String
    do { place = try rescue() } catch {
      throw DisplacedDatabase(
        path: path,
        displacement: displacement,
        place: nil,
        failure: error
      )
    }
    throw DisplacedDatabase(path: path, displacement: displacement, place: place, failure: nil)
  }
}
