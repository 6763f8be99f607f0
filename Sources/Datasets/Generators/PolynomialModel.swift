// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// y = 5 + 1.2 x − 3.4 x²/2! + 5.6 x³/3! + ε with standard normal x; the inputs are xⁱ/i! for i = 1 … `degree`.
///
/// "Dive into Deep Learning", 1st edition, section 4.4. The book's feature x⁰ is left out: the bias of a dense layer
/// stands for it. `degree` 1 underfits, 3 fits, 19 gives the book's twenty features.
struct PolynomialModel: SingleGenerator {
  /// Coefficients of xⁱ/i!.
  private static let coefficients = [5, 1.2, -3.4, 5.6]

  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([request.integer("degree")]),
      target: .values([1])
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let (degree, noise) = (request.integer("degree"), request.real("noise"))
    var (inputs, targets): ([Float], [Float]) = ([], [])
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let x = stream.nextNormal()
      var (term, y) = (1.0, Self.coefficients[0])
      for power in 1...max(degree, Self.coefficients.count - 1) {
        // xⁱ/i! = xⁱ⁻¹/(i − 1)! · x/i: neither power nor factorial overflows.
        term *= x / Double(power)
        if power <= degree { inputs.append(Float(term)) }
        if power < Self.coefficients.count { y += Self.coefficients[power] * term }
      }
      targets.append(Float(y + noise * stream.nextNormal()))
    }
    return (PlainArray(inputs, shape: [count, degree]), PlainArray(targets, shape: [count, 1]))
  }
}
