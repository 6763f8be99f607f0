// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// y = Σ wᵢ xᵢ + b + ε with standard normal xᵢ: linear regression whose answer is known.
///
/// "Dive into Deep Learning", section 3.2; the sum is taken in Double, in the order of the features.
struct LinearModel: SingleGenerator {
  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([request.reals("weights").count]),
      target: .values([1])
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    linearExamples(request, part: part, count: count, weights: request.reals("weights"))
  }
}

/// y = b + Σ w xᵢ + ε with many standard normal inputs of one small weight and few examples: what weight decay is for.
///
/// "Dive into Deep Learning", 1st edition, section 4.5 (2nd edition, 3.7).
struct HighDimensionalLinearModel: SingleGenerator {
  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([request.integer("inputs")]),
      target: .values([1])
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let weights = [Double](repeating: request.real("weight"), count: request.integer("inputs"))
    return linearExamples(request, part: part, count: count, weights: weights)
  }
}

/// Standard normal inputs [count, D], and targets [count, 1] with the request's `bias` and `noise`.
private func linearExamples(
  _ request: DatasetRequest,
  part: String,
  count: Int,
  weights: [Double]
) -> (inputs: PlainArray, targets: PlainArray) {
  let (bias, noise) = (request.real("bias"), request.real("noise"))
  var (inputs, targets): ([Float], [Float]) = ([], [])
  inputs.reserveCapacity(count * weights.count)
  for index in 0..<count {
    var stream = exampleStream(request, part: part, index: index)
    var sum = 0.0
    for weight in weights {
      // The target belongs to the input as it is stored.
      let value = Float(stream.nextNormal())
      inputs.append(value)
      sum += weight * Double(value)
    }
    targets.append(Float(sum + bias + noise * stream.nextNormal()))
  }
  return (
    PlainArray(inputs, shape: [count, weights.count]), PlainArray(targets, shape: [count, 1])
  )
}
