// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors
internal import Vocabulary

/// A data set that is ready for training, after limits, split and standardisation.
///
/// Examples have ids. `order` says which ids a batch holds, and the `gather` functions copy them
/// into the caller's memory without allocating. It is safe to use from several threads.
public final class PreparedData: Sendable {
  /// The facts about the data.
  public let description: DatasetDescription
  let storage: ByteStorage
  private let arrays: SetArrays
  let text: TextLayout?
  let trainIDs: [Int32]
  let validationIDs: [Int32]
  /// What is done to each input and target; nil for those that stay as they are.
  let inputScalings: [Scaling?]
  let targetScalings: [Scaling?]
  let outliers: TargetErrors?
  private let sources: RowSources
  /// What black pixels of each channel are once they are standardised; empty unless the inputs are images.
  let black: [Float]
  let augmentation: Augmentation?
  private let preparation: Preparation

  init(
    set: DecodedSet,
    description: DatasetDescription,
    text: TextLayout?,
    seed: Int,
    options: DataOptions
  ) {
    self.description = description
    storage = set.storage
    arrays = SetArrays(set)
    self.text = text
    preparation = Preparation(
      columns: set.meaning.columns,
      standardize: options.standardize,
      folds: options.folds,
      outliers: options.outliers,
      seed: seed
    )
    augmentation = options.augmentation
    let counts = (description.trainCount, description.validationCount)
    (trainIDs, validationIDs) =
      if text != nil { ([], []) } else if let folds = options.folds {
        foldIDs(total: counts.0 + counts.1, fold: 0, of: folds, seed: seed)
      } else {
        splitIDs(PartCounts(train: counts.0, validation: counts.1), seed: seed)
      }
    let scalings = preparation.scalings(arrays, storage, trainIDs, description)
    (inputScalings, targetScalings) = scalings
    outliers = preparation.outliers(arrays, storage, trainIDs, description)
    sources = RowSources(arrays, storage, scalings, outliers, description)
    black = blackOfChannels(description, inputScalings)
  }

  /// The number of folds of cross-validation; 1 without cross-validation.
  public var foldCount: Int { preparation.folds ?? 1 }

  /// The same data with fold `index` of cross-validation held out; the scaling follows from the
  /// other folds.
  public func fold(_ index: Int) -> PreparedData { PreparedData(self, fold: index) }

  private init(_ data: PreparedData, fold index: Int) {
    precondition((0..<data.foldCount).contains(index), "fold \(index) of \(data.foldCount)")
    let total = data.trainIDs.count + data.validationIDs.count
    (trainIDs, validationIDs) =
      data.foldCount == 1
      ? (data.trainIDs, data.validationIDs)
      : foldIDs(total: total, fold: index, of: data.foldCount, seed: data.preparation.seed)
    var description = data.description
    if data.text == nil {
      (description.trainCount, description.validationCount) = (trainIDs.count, validationIDs.count)
    }
    self.description = description
    (storage, arrays, text) = (data.storage, data.arrays, data.text)
    (preparation, augmentation) = (data.preparation, data.augmentation)
    let scalings =
      data.foldCount == 1
      ? (data.inputScalings, data.targetScalings)
      : preparation.scalings(arrays, storage, trainIDs, description)
    (inputScalings, targetScalings) = scalings
    outliers =
      data.foldCount == 1
      ? data.outliers : preparation.outliers(arrays, storage, trainIDs, description)
    sources =
      data.foldCount == 1
      ? data.sources
      : RowSources(
        arrays,
        storage,
        scalings,
        outliers,
        description,
        copies: data.foldCount
      )
    black = blackOfChannels(description, inputScalings)
  }

  /// The same data with only the first `count` training examples; not for texts, which have their
  /// own rules.
  public func prefix(_ count: Int) -> PreparedData { PreparedData(self, prefix: count) }

  private init(_ data: PreparedData, prefix count: Int) {
    precondition(data.text == nil, "prefix: `\(data.description.name)` is a text")
    trainIDs = Array(data.trainIDs.prefix(count))
    var description = data.description
    description.trainCount = trainIDs.count
    self.description = description
    storage = data.storage
    arrays = data.arrays
    text = nil
    validationIDs = data.validationIDs
    inputScalings = data.inputScalings
    targetScalings = data.targetScalings
    outliers = data.outliers
    (sources, black) = (data.sources, data.black)
    (preparation, augmentation) = (data.preparation, data.augmentation)
  }

  /// The number of examples of a part; windows for a text.
  public func count(_ part: DataPart) -> Int { description.count(part) }

  /// The batches of one epoch.
  ///
  /// A `batchSize` of nil puts all examples into one batch. With `shuffle`, the order depends only
  /// on `seed` (the run's) and `epoch`. Without it, examples are in file order, as evaluation
  /// needs. The last, smaller batch is kept, except when training on a text: the partitions of the
  /// book leave out what does not fill a batch.
  public func order(
    _ part: DataPart,
    batchSize: Int?,
    shuffle: Bool,
    seed: Int = 0,
    epoch: Int = 0
  ) -> BatchOrder {
    precondition(batchSize ?? 1 > 0, "order: batch size \(batchSize ?? 0)")
    let stream = RandomStream(seed: seed, purpose: .shuffle, step: UInt64(epoch))
    if let text {
      guard part == .train else { return text.evaluationOrder(part, batchSize: batchSize) }
      return text.trainingOrder(batchSize: batchSize, stream: shuffle ? stream : nil)
    }
    let ids = ids(part)
    let size = batchSize ?? ids.count
    guard shuffle else { return BatchOrder(ids: ids, batchSize: size) }
    var drawn = stream
    return BatchOrder(ids: drawn.permutation(ids.count).map { ids[Int($0)] }, batchSize: size)
  }

  /// The ids of a part in file order; windows of a text start from its first token.
  public func ids(_ part: DataPart) -> [Int32] {
    if let text {
      let first = Int32(text.tokens(part).lowerBound)
      return (0..<Int32(text.windows(part))).map { first + $0 * Int32(text.steps) }
    }
    switch part {
    case .train: return trainIDs
    case .validation: return validationIDs
    case .test: return (0..<Int32(description.testCount)).map { $0 }
    }
  }
}

extension PreparedData {
  /// An input's array of a part.
  func inputArray(_ part: DataPart, _ index: Int = 0) -> StoredArray {
    required(arrays[part].inputs[index].values, part, "inputs")
  }

  /// A target's array of a part; a text's is that of its inputs.
  func targetArray(_ part: DataPart, _ index: Int = 0) -> StoredArray {
    if text != nil { return inputArray(part) }
    return required(arrays[part].targets[index].values, part, "targets")
  }

  /// Where a part's real inputs are read.
  func inputSource(_ part: DataPart, _ index: Int = 0) -> RowSource {
    let inputs = part == .test ? sources.testInputs : sources.trainInputs
    return required(inputs[index], part, "inputs")
  }

  /// Where a part's real targets are read.
  func targetSource(_ part: DataPart, _ index: Int = 0) -> RowSource {
    let targets = part == .test ? sources.testTargets : sources.trainTargets
    return required(targets[index], part, "targets")
  }

  /// The lengths' array of an input of a part; nil if all steps are real.
  func lengthArray(_ part: DataPart, _ index: Int = 0) -> StoredArray? {
    arrays[part].inputs[index].lengths
  }

  /// The array of a target's own lengths; nil if it has none.
  func targetLengthArray(_ part: DataPart, _ index: Int = 0) -> StoredArray? {
    arrays[part].targets[index].lengths
  }

  private func required<Found>(_ array: Found?, _ part: DataPart, _ role: String) -> Found {
    guard let array else {
      preconditionFailure("`\(description.name)` has no \(part.rawValue) \(role)")
    }
    return array
  }
}

/// How the arrays become what is trained on.
private struct Preparation: Sendable {
  var columns: [InputColumn]
  var standardize: DataOptions.Standardization
  var folds: Int?
  var outliers: Outliers?
  var seed: Int

  /// What is done to inputs and targets, fitted to the examples `ids` of the training part.
  func scalings(
    _ arrays: SetArrays,
    _ storage: ByteStorage,
    _ ids: [Int32],
    _ description: DatasetDescription
  ) -> (inputs: [Scaling?], targets: [Scaling?]) {
    (
      zip(arrays.train.inputs, description.inputs).map { arrays, input in
        scaling(arrays, input, storage, ids)
      },
      description.targets.indices.map { index in
        scaling(arrays, target: index, storage, ids, description)
      }
    )
  }

  private func scaling(
    _ arrays: SignalArrays,
    _ input: InputDescription,
    _ storage: ByteStorage,
    _ ids: [Int32]
  ) -> Scaling? {
    guard let array = arrays.values else { return nil }
    // Without standardising all that is seen of numbers is their float32, also where missing ones are filled in.
    let exact = standardize == .none ? nil : arrays.exact
    if !columns.isEmpty {
      return Scaling(
        fitting: exact ?? array,
        of: storage,
        ids: ids,
        columns: columns,
        standardizes: standardize != .none
      )
    }
    guard case .values(let shape) = input.shape, standardize != .none else { return nil }
    return Scaling(
      fitting: exact ?? array,
      of: storage,
      ids: ids,
      shape: shape,
      lengths: arrays.lengths
    )
  }

  private func scaling(
    _ arrays: SetArrays,
    target index: Int,
    _ storage: ByteStorage,
    _ ids: [Int32],
    _ description: DatasetDescription
  ) -> Scaling? {
    let target = arrays.train.targets[index]
    guard case .values(let shape) = description.targets[index].shape, standardize == .both,
      let array = target.values
    else { return nil }
    return Scaling(
      fitting: target.exact ?? array,
      of: storage,
      ids: ids,
      shape: shape,
      lengths: description.hasRealSteps(target: index) ? arrays.train.inputs[0].lengths : nil
    )
  }

  /// The errors in the targets of the training examples `ids`.
  func outliers(
    _ arrays: SetArrays,
    _ storage: ByteStorage,
    _ ids: [Int32],
    _ description: DatasetDescription
  ) -> TargetErrors? {
    guard let outliers, case .values(let shape) = description.target,
      let array = arrays.train.targets[0].values
    else { return nil }
    let spread = Scaling.spread(
      of: array,
      in: storage,
      ids: ids,
      shape: shape,
      lengths: description.hasTargetsOfRealSteps ? arrays.train.inputs[0].lengths : nil
    )
    return TargetErrors(outliers, ids: ids, spread: spread, seed: seed)
  }
}

/// The arrays of one input or target of a part.
private struct SignalArrays: Sendable {
  /// Nil where the part has none.
  var values: StoredArray?
  /// The same numbers where float32 rounds some.
  var exact: StoredArray?
  /// How many steps of each sequence are real; nil where all are.
  var lengths: StoredArray?
}

/// The arrays by part, looked up once.
private struct SetArrays: Sendable {
  struct Part: Sendable {
    var inputs: [SignalArrays]
    var targets: [SignalArrays]
  }

  var train: Part
  var test: Part

  init(_ set: DecodedSet) {
    func arrays(_ part: String, _ role: String, _ lengths: String, _ index: Int) -> SignalArrays {
      SignalArrays(
        values: set.array(part, role, index),
        exact: set.array(part, "exact_\(role)", index),
        lengths: set.array(part, lengths, index)
      )
    }
    func part(_ name: String) -> Part {
      Part(
        inputs: set.meaning.inputs.indices.map { arrays(name, "inputs", "lengths", $0) },
        targets: set.meaning.targets.indices.map { arrays(name, "targets", "target_lengths", $0) }
      )
    }
    (train, test) = (part("train"), part("test"))
  }

  /// Validation examples lie among the training examples.
  subscript(part: DataPart) -> Part { part == .test ? test : train }
}

/// Where real inputs and targets of each part are read; nil where a part has none, or has tokens or classes.
private struct RowSources: Sendable {
  var trainInputs: [RowSource?]
  var trainTargets: [RowSource?]
  var testInputs: [RowSource?]
  var testTargets: [RowSource?]

  init(
    _ arrays: SetArrays,
    _ storage: ByteStorage,
    _ scalings: (inputs: [Scaling?], targets: [Scaling?]),
    _ outliers: TargetErrors?,
    _ description: DatasetDescription,
    copies: Int = 1
  ) {
    func source(
      _ arrays: SignalArrays,
      _ scaling: Scaling?,
      rows: Int,
      errors: TargetErrors? = nil
    ) -> RowSource? {
      arrays.values.map { array in
        RowSource(
          array,
          exact: arrays.exact,
          storage,
          scaling,
          rows: rows,
          copies: copies,
          errors: errors
        )
      }
    }
    func inputs(_ part: SetArrays.Part, rows: Int) -> [RowSource?] {
      description.inputs.indices.map { index in
        guard case .values = description.inputs[index].shape else { return nil }
        return source(part.inputs[index], scalings.inputs[index], rows: rows)
      }
    }
    func targets(_ part: SetArrays.Part, rows: Int, errors: TargetErrors? = nil) -> [RowSource?] {
      description.targets.indices.map { index in
        guard case .values = description.targets[index].shape else { return nil }
        return source(part.targets[index], scalings.targets[index], rows: rows, errors: errors)
      }
    }
    let trainRows = description.trainCount + description.validationCount
    trainInputs = inputs(arrays.train, rows: trainRows)
    testInputs = inputs(arrays.test, rows: description.testCount)
    trainTargets = targets(arrays.train, rows: trainRows, errors: outliers)
    testTargets = targets(arrays.test, rows: description.testCount)
  }
}

/// What 0 becomes in each channel of the images among the inputs; empty if there are none.
private func blackOfChannels(_ description: DatasetDescription, _ scalings: [Scaling?]) -> [Float] {
  for (input, scaling) in zip(description.inputs, scalings) {
    guard case .values(let shape) = input.shape, shape.count == 3 else { continue }
    return (0..<shape[0]).map { channel in
      scaling?.standardized(0, at: channel * shape[1] * shape[2]) ?? 0
    }
  }
  return []
}

extension PartCounts {
  init(train: Int, validation: Int) {
    (self.train, self.validation, test) = (train, validation, 0)
  }
}
