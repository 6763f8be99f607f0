// SPDX-License-Identifier: Apache-2.0

public import Tensors
import Vocabulary

/// Inputs or targets of all examples, row-major, the first axis counting examples.
public enum ExampleValues: Hashable, Sendable {
  /// Brightnesses; they arrive divided by 255.
  case bytes([UInt8])
  /// Real numbers.
  case reals([Float])
  /// Tokens or classes.
  case integers([Int32])
}

extension PreparedData {
  /// `count` training examples that lie in memory, as they are: nothing held out, nothing standardised.
  ///
  /// Integers are for tokens and classes, which are below the sizes that `input` and `target` name. `lengths`, each
  /// 1 … T, say how many steps of a sequence are real; those behind them are zeros.
  public convenience init(
    name: String,
    count: Int,
    input: SignalShape,
    _ inputs: ExampleValues,
    target: TargetShape,
    _ targets: ExampleValues,
    lengths: [Int32]? = nil
  ) {
    var arrays = [
      "train.inputs": PlainArray(inputs, shape: [count] + input.exampleShape),
      "train.targets": PlainArray(targets, shape: [count] + target.exampleShape(of: input)),
    ]
    arrays["train.lengths"] = lengths.map { PlainArray($0, shape: [count]) }
    let set = DecodedCache.inMemory(
      PlainSet(meaning: DecodedSet.Meaning(input: input, target: target), arrays: arrays)
    )
    self.init(
      set: set,
      description: DatasetDescription(
        name: name,
        version: 1,
        input: input,
        target: target,
        trainCount: count,
        validationCount: 0,
        testCount: 0,
        classNames: [],
        vocabulary: [],
        hasLengths: lengths != nil,
        contentSHA256: set.contentSHA256
      ),
      text: nil,
      seed: 0,
      options: DataOptions()
    )
  }
}

extension PlainArray {
  fileprivate init(_ values: ExampleValues, shape: [Int]) {
    switch values {
    case .bytes(let bytes): self.init(bytes, shape: shape)
    case .reals(let numbers): self.init(numbers, shape: shape)
    case .integers(let numbers): self.init(numbers, shape: shape)
    }
  }
}

extension SignalShape {
  fileprivate var exampleShape: [Int] {
    switch self {
    case .values(let shape): shape
    case .tokens(_, let steps): [steps]
    }
  }
}

extension TargetShape {
  /// Classes of tokens are as many as the input has steps.
  fileprivate func exampleShape(of input: SignalShape) -> [Int] {
    switch self {
    case .classes: []
    case .values(let shape): shape
    case .steps: Array(input.exampleShape.prefix(1))
    }
  }
}
