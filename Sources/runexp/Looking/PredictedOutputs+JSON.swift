// SPDX-License-Identifier: Apache-2.0

import Experiments
import Training
import Vocabulary
import Workbench

extension PredictedOutputs {
  /// An object for each example.
  var lines: [JSON] {
    (0..<values.shape[0]).map { index in
      let example = values.example(index)
      var members: [(String, JSON)] = [
        ("index", .integer(index)),
        ("output", Self.nested(Array(example), values.shape.dropFirst())),
      ]
      if predictor.isClassification { members += classes(example) }
      return .object(members)
    }
  }

  /// One class, or one for each step of a sequence.
  private func classes(_ example: ArraySlice<Float>) -> [(String, JSON)] {
    let count = values.shape.last ?? 1
    let rows = stride(from: example.startIndex, to: example.endIndex, by: count)
      .map { example[$0..<$0 + count] }
    let classes = rows.map { JSON.integer(predictor.predictedClass($0)) }
    let probabilities = rows.map { row in
      predictor.probabilities(row).map { JSON.list($0.map { .real($0) }) } ?? JSON.null
    }
    let isSequence = values.shape.count > 2
    return [
      ("class", isSequence ? .list(classes) : classes[0]),
      ("probabilities", isSequence ? .list(probabilities) : probabilities[0]),
    ]
  }

  private static func nested(_ values: [Float], _ shape: ArraySlice<Int>) -> JSON {
    guard shape.count > 1 else { return .list(values.map { JSON($0) }) }
    let size = shape.dropFirst().reduce(1, *)
    return .list(
      stride(from: 0, to: values.count, by: max(1, size)).map { start in
        nested(Array(values[start..<start + size]), shape.dropFirst())
      }
    )
  }
}
