// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Interleaved spirals in the plane, a class each; example i belongs to class i mod `classes`.
///
/// One and a quarter turns out to radius 1; both coordinates get normal noise.
struct Spirals: SingleGenerator {
  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([2]),
      target: .classes(request.integer("classes"))
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let (classes, noise) = (request.integer("classes"), request.real("noise"))
    var values: [Float] = []
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let radius = stream.next(in: 0.05, 1)
      let turns = 1.25 * radius + Double(index % classes) / Double(classes)
      let angle = 2 * Double.pi * turns
      values.append(Float(radius * Elementary.cos(angle) + noise * stream.nextNormal()))
      values.append(Float(radius * Elementary.sin(angle) + noise * stream.nextNormal()))
    }
    let labels = (0..<count).map { Int32($0 % classes) }
    return (PlainArray(values, shape: [count, 2]), PlainArray(labels, shape: [count]))
  }
}
