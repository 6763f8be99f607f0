// SPDX-License-Identifier: Apache-2.0

extension NpyArray {
  /// The elements as floats; throws at the first one that is no finite number, or more than a float32 can hold.
  ///
  /// `role` says what the array is, `path` is for the errors.
  func finiteFloats(_ role: String, _ path: String) throws(DatasetError) -> [Float] {
    let floats = floats
    guard let index = floats.firstIndex(where: { !$0.isFinite }) else { return floats }
    var value = Double(floats[index])
    if case .float64(let values) = elements { value = values[index] }
    throw .format(path: path, fact: .npyNotFinite(role: role, value: value, at: place(of: index)))
  }

  /// The index along each axis of an element.
  private func place(of index: Int) -> [Int] {
    var (rest, place) = (index, [Int]())
    for size in shape.reversed() {
      place.insert(rest % size, at: 0)
      rest /= size
    }
    return place
  }
}
