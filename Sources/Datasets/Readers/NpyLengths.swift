// SPDX-License-Identifier: Apache-2.0

/// Lengths [N] of sequences, each 1 … T.
func sequenceLengths(
  _ array: NpyArray,
  _ path: String,
  inputs: NpyArray,
  _ inputPath: String
) throws(DatasetError) -> [Int] {
  let isSequence =
    if case .integers = inputs.elements { inputs.shape.count == 2 } else { inputs.shape.count == 3 }
  guard isSequence else {
    throw .format(
      path: inputPath,
      fact: .npyRank(
        role: "inputs that have lengths",
        expected: "[N, T, D], or [N, T] of integers",
        shape: inputs.shape
      )
    )
  }
  guard case .integers(let lengths) = array.elements else {
    throw .format(path: path, fact: .npyLengthType(array.elements.name))
  }
  guard array.shape.count == 1 else {
    throw .format(path: path, fact: .npyRank(role: "lengths", expected: "[N]", shape: array.shape))
  }
  guard lengths.count == inputs.shape[0] else {
    throw .countMismatch(
      path: inputPath,
      count: inputs.shape[0],
      other: path,
      otherCount: lengths.count
    )
  }
  if let index = lengths.firstIndex(where: { !(1...inputs.shape[1]).contains($0) }) {
    throw .format(
      path: path,
      fact: .npyInteger(
        role: "lengths",
        value: lengths[index],
        index: index,
        expected: "1 … \(inputs.shape[1])"
      )
    )
  }
  return lengths
}
