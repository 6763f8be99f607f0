// SPDX-License-Identifier: Apache-2.0

public import Tensors
import Vocabulary

/// An input or a target of all examples, row-major, the first axis counting examples.
public enum ExampleValues: Hashable, Sendable {
  /// Brightnesses; they arrive divided by 255.
  case bytes([UInt8])
  /// Real numbers.
  case reals([Float])
  /// Tokens or classes.
  case integers([Int32])
}

/// One input of examples in memory.
public struct InputValues: Hashable, Sendable {
  /// What it is.
  public var description: InputDescription
  /// Its values or tokens [count, …].
  public var values: ExampleValues
  /// How many steps of each sequence are real, each 0 … T; nil if all are.
  public var lengths: [Int32]?

  /// An input; tokens are below the vocabulary's size.
  public init(_ description: InputDescription, _ values: ExampleValues, lengths: [Int32]? = nil) {
    self.description = description
    self.values = values
    self.lengths = lengths
  }
}

/// One target of examples in memory.
public struct TargetValues: Hashable, Sendable {
  /// What it is.
  public var description: TargetDescription
  /// Its values or classes [count, …].
  public var values: ExampleValues
  /// How many steps of each sequence of its own are real, each 0 … T; nil if all are, or if it has the input's steps.
  public var lengths: [Int32]?

  /// A target; classes are below their number.
  public init(_ description: TargetDescription, _ values: ExampleValues, lengths: [Int32]? = nil) {
    self.description = description
    self.values = values
    self.lengths = lengths
  }
}

extension PreparedData {
  /// `count` training examples that lie in memory, as they are: nothing held out, nothing standardised.
  ///
  /// Integers are for tokens and classes, which are below the sizes that `input` and `target` name. `lengths`, each
  /// 0 … T, say how many steps of a sequence are real; those behind them become zeros.
  public convenience init(
    name: String,
    count: Int,
    input: SignalShape,
    _ inputs: ExampleValues,
    target: TargetShape,
    _ targets: ExampleValues,
    lengths: [Int32]? = nil
  ) {
    self.init(
      name: name,
      count: count,
      inputs: [InputValues(InputDescription(input), inputs, lengths: lengths)],
      targets: [TargetValues(TargetDescription(target), targets)]
    )
  }

  /// `count` training examples with these inputs and targets, the principal ones first.
  ///
  /// Whether they have lengths follows from the lengths that are given. Inputs behind a length become zeros.
  public convenience init(
    name: String,
    count: Int,
    inputs: [InputValues],
    targets: [TargetValues]
  ) {
    var plain = PlainSet(
      meaning: DecodedSet.Meaning(
        inputs: inputs.map(\.description),
        targets: targets.map(\.description)
      ),
      arrays: [:]
    )
    for (index, input) in inputs.enumerated() {
      var values = input.values
      if let lengths = input.lengths { values.clear(behind: lengths, input.description.steps ?? 1) }
      let shape = [count] + input.description.shape.exampleShape
      plain.arrays[arrayName("train", "inputs", index)] = PlainArray(values, shape: shape)
      plain.store(input.lengths?.map { Int($0) }, part: "train", index: index)
    }
    for (index, target) in targets.enumerated() {
      let shape = [count] + target.description.shape.exampleShape(of: inputs[0].description.shape)
      plain.arrays[arrayName("train", "targets", index)] = PlainArray(target.values, shape: shape)
      plain.store(
        target.lengths?.map { Int($0) },
        part: "train",
        role: "target_lengths",
        index: index
      )
    }
    let set = DecodedCache.inMemory(plain)
    self.init(
      set: set,
      description: DatasetDescription(
        name: name,
        version: 1,
        inputs: set.meaning.inputs,
        targets: set.meaning.targets,
        trainCount: count,
        validationCount: 0,
        testCount: 0,
        contentSHA256: set.contentSHA256
      ),
      text: nil,
      seed: 0,
      options: DataOptions()
    )
  }
}

extension ExampleValues {
  /// Makes zeros of the rows of `steps` steps behind `lengths`.
  fileprivate mutating func clear(behind lengths: [Int32], _ steps: Int) {
    func cleared<Value>(_ values: [Value], _ zero: Value) -> [Value] {
      let width = values.count / max(1, lengths.count * steps)
      return values.indices.map { index in
        let (example, step) = (index / (steps * width), index / width % steps)
        return step < lengths[example] ? values[index] : zero
      }
    }
    switch self {
    case .bytes(let bytes): self = .bytes(cleared(bytes, 0))
    case .reals(let numbers): self = .reals(cleared(numbers, 0))
    case .integers(let numbers): self = .integers(cleared(numbers, 0))
    }
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
  /// The shape of one example as it is stored.
  var exampleShape: [Int] {
    switch self {
    case .values(let shape): shape
    case .tokens(_, let steps): [steps]
    }
  }
}

extension TargetShape {
  /// The shape of one example as it is stored; classes at the steps of `input` are as many as these.
  func exampleShape(of input: SignalShape) -> [Int] {
    switch self {
    case .classes: []
    case .values(let shape): shape
    case .steps: Array(input.exampleShape.prefix(1))
    case .sequence(_, let steps): [steps]
    }
  }
}
