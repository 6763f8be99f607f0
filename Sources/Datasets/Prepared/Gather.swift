// SPDX-License-Identifier: Apache-2.0

import Tensors

/// What an example's values may become: Float for training, Double where they are scaled first.
protocol ExampleValue: BinaryFloatingPoint {
  /// Bytes as the exact quotient by 255, rounded to Float.
  static func copyUnits(
    _ bytes: UnsafePointer<UInt8>,
    to output: UnsafeMutablePointer<Self>,
    count: Int
  )
}

extension Float: ExampleValue {
  static func copyUnits(
    _ bytes: UnsafePointer<UInt8>,
    to output: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    unsafe bytesToUnitFloats(bytes, into: output, count: count)
  }
}

extension Double: ExampleValue {
  static func copyUnits(
    _ bytes: UnsafePointer<UInt8>,
    to output: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    for index in 0..<count { unsafe output[index] = Double(Float(bytes[index]) / 255) }
  }
}

/// Copies one example's values: bytes become quotients by 255, all else the number nearest to what is stored.
///
/// Both kinds of `Value` have code of their own, in debug builds as well: these loops feed the training.
@_specialize(where Value == Float)
@_specialize(where Value == Double)
func copyValues<Value: ExampleValue>(
  _ array: StoredArray,
  _ storage: ByteStorage,
  _ id: Int32,
  to output: UnsafeMutablePointer<Value>
) {
  let count = array.stride
  let base = unsafe storage.base + array.offset
  let start = Int(id) &* count
  switch array.element {
  case .uint8:
    let input = unsafe (base + start).assumingMemoryBound(to: UInt8.self)
    unsafe Value.copyUnits(input, to: output, count: count)
  case .float32:
    let input = unsafe base.assumingMemoryBound(to: Float.self) + start
    unsafe convert(input, to: output, count: count) { Value($0) }
  case .float64:
    let input = unsafe base.assumingMemoryBound(to: Double.self) + start
    unsafe convert(input, to: output, count: count) { Value($0) }
  case .int32:
    let input = unsafe base.assumingMemoryBound(to: Int32.self) + start
    unsafe convert(input, to: output, count: count) { Value(Int($0)) }
  }
}

/// Numbers of the same type are copied as they are, bit by bit.
@inline(__always)
private func convert<Stored, Value>(
  _ input: UnsafePointer<Stored>,
  to output: UnsafeMutablePointer<Value>,
  count: Int,
  _ value: (Stored) -> Value
) {
  if Stored.self == Value.self {
    let size = count * MemoryLayout<Value>.stride
    unsafe UnsafeMutableRawPointer(output).copyMemory(from: input, byteCount: size)
    return
  }
  for index in 0..<count { unsafe output[index] = value(unsafe input[index]) }
}

/// The real steps of an example.
func realSteps(_ lengths: StoredArray, _ storage: ByteStorage, _ id: Int32) -> Int {
  let base = unsafe (storage.base + lengths.offset).assumingMemoryBound(to: Int32.self)
  return Int(unsafe base[Int(id)])
}

extension PreparedData {
  /// Copies real values of `ids` of an input, the principal one unless `input` says which, standardised
  /// if the options say so: [n, D], [n, T, D] or [n, C, H, W], row-major.
  ///
  /// Bytes of images are divided by 255 exactly, then rounded to float32. All values behind a
  /// sequence's length are 0, standardised or not. `inputs` must have room for n times the shape's
  /// elements. With `draws`, images are changed by the data's augmentation; each image has its own
  /// draw, which depends on its id.
  public func gather(
    _ part: DataPart,
    input index: Int = 0,
    ids: UnsafeBufferPointer<Int32>,
    inputs: UnsafeMutablePointer<Float>,
    draws: AugmentationDraws? = nil
  ) {
    unsafe inputSource(part, index).gather(ids, inputs)
    unsafe clear(part, index, ids, inputs)
    guard let draws, let augmentation, case .values(let shape) = description.inputs[index].shape,
      shape.count == 3
    else { return }
    let image = ImageLayout(shape)
    for row in 0..<ids.count {
      let variation = unsafe draws.variation(of: ids[row], augmentation)
      unsafe image.vary(inputs + row &* image.count, variation, black: black)
    }
  }

  /// Copies real values of `ids` of a target, the principal one unless `target` says which,
  /// standardised if the options say so: [n] times the target's shape.
  ///
  /// Targets of the training part have the errors of `outliers`. If `task: regression` turned
  /// classes into values, the values are the class numbers.
  public func gatherValues(
    _ part: DataPart,
    target index: Int = 0,
    ids: UnsafeBufferPointer<Int32>,
    into targets: UnsafeMutablePointer<Float>
  ) {
    unsafe targetSource(part, index).gather(ids, targets)
    // Standardised targets have their errors already.
    guard part == .train, targetScalings[index] == nil, let outliers else { return }
    unsafe outliers.add(to: targets, ids)
  }

  /// Copies the number of real steps of each of `ids` of an input: [n], each 0 … T; only for an input
  /// with lengths.
  public func gatherLengths(
    _ part: DataPart,
    input index: Int = 0,
    ids: UnsafeBufferPointer<Int32>,
    into lengths: UnsafeMutablePointer<Int32>
  ) {
    unsafe gatherLengths(lengthArray(part, index), ids, lengths)
  }

  /// Copies how many steps of each of `ids` have a real target: [n], each 0 … T; only for a target of
  /// which `description.hasRealSteps(target:)` holds.
  ///
  /// A target's own sequence has its own lengths. Targets at the steps of the principal input have
  /// the lengths of that input.
  public func gatherTargetLengths(
    _ part: DataPart,
    target index: Int = 0,
    ids: UnsafeBufferPointer<Int32>,
    into lengths: UnsafeMutablePointer<Int32>
  ) {
    let own = targetLengthArray(part, index)
    unsafe gatherLengths(own ?? lengthArray(part), ids, lengths)
  }

  private func gatherLengths(
    _ array: StoredArray?,
    _ ids: UnsafeBufferPointer<Int32>,
    _ lengths: UnsafeMutablePointer<Int32>
  ) {
    guard let array else {
      preconditionFailure("`\(description.name)` has sequences of one length")
    }
    for row in 0..<ids.count {
      unsafe lengths[row] = Int32(realSteps(array, storage, ids[row]))
    }
  }

  /// Copies tokens of `ids` of an input: [n, T].
  ///
  /// Behind a sequence's length they are `<pad>`, or 0 in data that have no such token.
  public func gatherTokens(
    _ part: DataPart,
    input index: Int = 0,
    ids: UnsafeBufferPointer<Int32>,
    into tokens: UnsafeMutablePointer<Int32>
  ) {
    unsafe gatherIntegers(inputArray(part, index), ids, tokens, shift: 0)
  }

  /// Copies classes of `ids` of a target: [n], or [n, T] if each step has a class.
  public func gatherClasses(
    _ part: DataPart,
    target index: Int = 0,
    ids: UnsafeBufferPointer<Int32>,
    into classes: UnsafeMutablePointer<Int32>
  ) {
    unsafe gatherIntegers(targetArray(part, index), ids, classes, shift: text == nil ? 0 : 1)
  }

  /// Writes zeros behind the lengths of rows [n, T, …] of an input.
  private func clear(
    _ part: DataPart,
    _ index: Int,
    _ ids: UnsafeBufferPointer<Int32>,
    _ rows: UnsafeMutablePointer<Float>
  ) {
    guard let lengths = lengthArray(part, index) else { return }
    let inputs = inputArray(part, index)
    let (size, width) = (inputs.stride, inputs.stride / inputs.shape[1])
    for row in 0..<ids.count {
      let real = width * realSteps(lengths, storage, unsafe ids[row])
      unsafe (rows + (row * size + real)).update(repeating: 0, count: size - real)
    }
  }

  /// A text's window is `steps` tokens from the id, its targets those one further on.
  private func gatherIntegers(
    _ array: StoredArray,
    _ ids: UnsafeBufferPointer<Int32>,
    _ output: UnsafeMutablePointer<Int32>,
    shift: Int
  ) {
    let base = unsafe storage.base + array.offset
    let count = text?.steps ?? array.stride
    guard array.element == .int32 else {
      let input = unsafe base.assumingMemoryBound(to: Float.self)
      for row in 0..<ids.count { unsafe output[row] = Int32(input[Int(ids[row])]) }
      return
    }
    let spacing = text == nil ? count : 1
    let input = unsafe base.assumingMemoryBound(to: Int32.self) + shift
    for row in 0..<ids.count {
      let start = unsafe input + Int(ids[row]) &* spacing
      unsafe (output + row &* count).update(from: start, count: count)
    }
  }
}
