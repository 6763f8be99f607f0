// SPDX-License-Identifier: Apache-2.0

/// Lengths [N] of the sequences of an input, each 0 … T.
func sequenceLengths(
  _ array: NpyArray,
  _ path: String,
  inputs: NpyArray,
  _ inputPath: String
) throws(DatasetError) -> [Int] {
  let isSequence =
    if case .integers = inputs.elements { inputs.shape.count == 2 } else { inputs.shape.count == 3 }
  return try sequenceLengths(
    array,
    path,
    inputs: inputs,
    inputPath,
    role: "inputs",
    isSequence: isSequence,
    expected: "[N, T, D], or [N, T] of integers"
  )
}

/// Lengths [N] of the sequences of an input or a target, each 0 … T; refused where these are no sequences.
func sequenceLengths(
  _ array: NpyArray,
  _ path: String,
  inputs: NpyArray,
  _ inputPath: String,
  role: String,
  isSequence: Bool,
  expected: String
) throws(DatasetError) -> [Int] {
  guard isSequence else {
    throw .format(
      path: inputPath,
      fact: .npyRank(
        role: "\(role) that have lengths",
        expected: expected,
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
  if let index = lengths.firstIndex(where: { !(0...inputs.shape[1]).contains($0) }) {
    throw .format(
      path: path,
      fact: .npyInteger(
        role: "lengths",
        value: lengths[index],
        index: index,
        expected: "0 … \(inputs.shape[1])"
      )
    )
  }
  return lengths
}
