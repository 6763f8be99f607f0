// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Points of the square from −1 to 1 whose class says whether exactly one coordinate is negative: XOR of two signs.
///
/// Examples go round the four quadrants, so that example i belongs to class i mod 2. The class is that of the point
/// before normal noise is added to both coordinates.
struct ExclusiveOr: SingleGenerator {
  /// Signs of x and y, neighbours in one coordinate only.
  private static let quadrants: [(Double, Double)] = [(1, 1), (-1, 1), (-1, -1), (1, -1)]

  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(input: .values([2]), target: .classes(2))
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let noise = request.real("noise")
    var values: [Float] = []
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let signs = Self.quadrants[index % 4]
      values.append(Float(signs.0 * stream.nextUniform() + noise * stream.nextNormal()))
      values.append(Float(signs.1 * stream.nextUniform() + noise * stream.nextNormal()))
    }
    let labels = (0..<count).map { Int32($0 % 2) }
    return (PlainArray(values, shape: [count, 2]), PlainArray(labels, shape: [count]))
  }
}
