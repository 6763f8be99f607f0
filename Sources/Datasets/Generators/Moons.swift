// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Two interleaved half circles of radius 1 in the plane, a class each; example i belongs to class i mod 2.
///
/// The upper one is centred at (0, 0), the lower one at (1, 0.5), as in scikit-learn's `make_moons`; places on the
/// halves are drawn evenly, both coordinates get normal noise.
struct Moons: SingleGenerator {
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
      let angle = Double.pi * stream.nextUniform()
      let (x, y) = (Elementary.cos(angle), Elementary.sin(angle))
      let isLower = index % 2 == 1
      values.append(Float((isLower ? 1 - x : x) + noise * stream.nextNormal()))
      values.append(Float((isLower ? 0.5 - y : y) + noise * stream.nextNormal()))
    }
    let labels = (0..<count).map { Int32($0 % 2) }
    return (PlainArray(values, shape: [count, 2]), PlainArray(labels, shape: [count]))
  }
}
