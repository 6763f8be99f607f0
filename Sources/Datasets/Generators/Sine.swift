// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Windows [T, 1] of noisy sines and the value that follows each.
///
/// Every example has its own phase and a period of 10 … 40 steps; inputs and target get the same noise.
struct Sine: SingleGenerator {
  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([request.integer("steps"), 1]),
      target: .values([1])
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let (steps, noise) = (request.integer("steps"), request.real("noise"))
    var (inputs, targets): ([Float], [Float]) = ([], [])
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let phase = 2 * Double.pi * stream.nextUniform()
      let speed = 2 * Double.pi / stream.next(in: 10, 40)
      let window = (0...steps).map { step in
        Float(Elementary.sin(phase + speed * Double(step)) + noise * stream.nextNormal())
      }
      inputs += window[..<steps]
      targets.append(window[steps])
    }
    return (
      PlainArray(inputs, shape: [count, steps, 1]), PlainArray(targets, shape: [count, 1])
    )
  }
}
