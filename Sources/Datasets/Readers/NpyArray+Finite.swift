// SPDX-License-Identifier: Apache-2.0

extension NpyArray {
  /// The elements as real numbers of this shape; throws at the first one that is no finite number, or beyond the range of
  /// float32.
  ///
  /// `role` says what the array is, `path` is for the errors.
  func finiteReals(_ role: String, _ path: String, shape: [Int]) throws(DatasetError) -> PlainArray
  {
    if let exactReals {
      try check(exactReals.firstIndex { !Float($0).isFinite }, role, path) { exactReals[$0] }
      return PlainArray(exactReals, shape: shape)
    }
    let floats = floats
    try check(floats.firstIndex { !$0.isFinite }, role, path) { Double(floats[$0]) }
    return PlainArray(floats, shape: shape)
  }

  private func check(
    _ index: Int?,
    _ role: String,
    _ path: String,
    _ value: (Int) -> Double
  ) throws(DatasetError) {
    guard let index else { return }
    let fact = DatasetError.FormatFact.npyNotFinite(
      role: role,
      value: value(index),
      at: place(of: index)
    )
    throw .format(path: path, fact: fact)
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
