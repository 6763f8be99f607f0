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
  private let arrays: PartArrays
  let text: TextLayout?
  let trainIDs: [Int32]
  let validationIDs: [Int32]
  let inputScaling: Scaling?
  let targetScaling: Scaling?
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
    arrays = PartArrays(set)
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
    (inputScaling, targetScaling) = preparation.scalings(arrays, storage, trainIDs, description)
    outliers = preparation.outliers(arrays, storage, trainIDs, description)
    sources = RowSources(arrays, storage, (inputScaling, targetScaling), outliers, description)
    black = blackOfChannels(description.input, inputScaling)
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
    (inputScaling, targetScaling) =
      data.foldCount == 1
      ? (data.inputScaling, data.targetScaling)
      : preparation.scalings(arrays, storage, trainIDs, description)
    outliers =
      data.foldCount == 1
      ? data.outliers : preparation.outliers(arrays, storage, trainIDs, description)
    sources =
      data.foldCount == 1
      ? data.sources
      : RowSources(
        arrays,
        storage,
        (inputScaling, targetScaling),
        outliers,
        description,
        copies: data.foldCount
      )
    black = blackOfChannels(description.input, inputScaling)
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
    inputScaling = data.inputScaling
    targetScaling = data.targetScaling
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
  /// The inputs' array of a part.
  func inputArray(_ part: DataPart) -> StoredArray {
    required(part == .test ? arrays.testInputs : arrays.trainInputs, part, "inputs")
  }

  /// The targets' array of a part; a text's is that of its inputs.
  func targetArray(_ part: DataPart) -> StoredArray {
    if text != nil { return inputArray(part) }
    return required(part == .test ? arrays.testTargets : arrays.trainTargets, part, "targets")
  }

  /// Where a part's real inputs are read.
  func inputSource(_ part: DataPart) -> RowSource {
    required(part == .test ? sources.testInputs : sources.trainInputs, part, "inputs")
  }

  /// Where a part's real targets are read.
  func targetSource(_ part: DataPart) -> RowSource {
    required(part == .test ? sources.testTargets : sources.trainTargets, part, "targets")
  }

  /// The lengths' array of a part; nil if all steps are real.
  func lengthArray(_ part: DataPart) -> StoredArray? {
    part == .test ? arrays.testLengths : arrays.trainLengths
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
    _ arrays: PartArrays,
    _ storage: ByteStorage,
    _ ids: [Int32],
    _ description: DatasetDescription
  ) -> (inputs: Scaling?, targets: Scaling?) {
    var scalings: (inputs: Scaling?, targets: Scaling?) = (nil, nil)
    // Without standardising all that is seen of numbers is their float32, also where missing ones are filled in.
    let exactInputs = standardize == .none ? nil : arrays.exactTrainInputs
    if !columns.isEmpty, let array = arrays.trainInputs {
      scalings.inputs = Scaling(
        fitting: exactInputs ?? array,
        of: storage,
        ids: ids,
        columns: columns,
        standardizes: standardize != .none
      )
    } else if case .values(let shape) = description.input, standardize != .none,
      let array = arrays.trainInputs
    {
      scalings.inputs = Scaling(
        fitting: exactInputs ?? array,
        of: storage,
        ids: ids,
        shape: shape,
        lengths: arrays.trainLengths
      )
    }
    if case .values(let shape) = description.target, standardize == .both,
      let array = arrays.trainTargets
    {
      scalings.targets = Scaling(
        fitting: arrays.exactTrainTargets ?? array,
        of: storage,
        ids: ids,
        shape: shape,
        lengths: description.hasTargetsOfRealSteps ? arrays.trainLengths : nil
      )
    }
    return scalings
  }
}

extension Preparation {
  /// The errors in the targets of the training examples `ids`.
  fileprivate func outliers(
    _ arrays: PartArrays,
    _ storage: ByteStorage,
    _ ids: [Int32],
    _ description: DatasetDescription
  ) -> TargetErrors? {
    guard let outliers, case .values(let shape) = description.target,
      let array = arrays.trainTargets
    else { return nil }
    let spread = Scaling.spread(
      of: array,
      in: storage,
      ids: ids,
      shape: shape,
      lengths: description.hasTargetsOfRealSteps ? arrays.trainLengths : nil
    )
    return TargetErrors(outliers, ids: ids, spread: spread, seed: seed)
  }
}

/// The arrays by part and role, looked up once.
private struct PartArrays: Sendable {
  var trainInputs: StoredArray?
  var trainTargets: StoredArray?
  var testInputs: StoredArray?
  var testTargets: StoredArray?
  var trainLengths: StoredArray?
  var testLengths: StoredArray?
  var exactTrainInputs: StoredArray?
  var exactTrainTargets: StoredArray?
  var exactTestInputs: StoredArray?
  var exactTestTargets: StoredArray?

  init(_ set: DecodedSet) {
    trainInputs = set.array("train", "inputs")
    trainTargets = set.array("train", "targets")
    testInputs = set.array("test", "inputs")
    testTargets = set.array("test", "targets")
    trainLengths = set.array("train", "lengths")
    testLengths = set.array("test", "lengths")
    exactTrainInputs = set.array("train", "exact_inputs")
    exactTrainTargets = set.array("train", "exact_targets")
    exactTestInputs = set.array("test", "exact_inputs")
    exactTestTargets = set.array("test", "exact_targets")
  }
}

/// Where real inputs and targets of each part are read; nil where a part has none, or has tokens or classes.
private struct RowSources: Sendable {
  var trainInputs: RowSource?
  var trainTargets: RowSource?
  var testInputs: RowSource?
  var testTargets: RowSource?

  init(
    _ arrays: PartArrays,
    _ storage: ByteStorage,
    _ scalings: (inputs: Scaling?, targets: Scaling?),
    _ outliers: TargetErrors?,
    _ description: DatasetDescription,
    copies: Int = 1
  ) {
    let trainRows = description.trainCount + description.validationCount
    func source(
      _ array: StoredArray?,
      _ exact: StoredArray?,
      _ scaling: Scaling?,
      rows: Int,
      errors: TargetErrors? = nil
    ) -> RowSource? {
      array.map {
        RowSource($0, exact: exact, storage, scaling, rows: rows, copies: copies, errors: errors)
      }
    }
    if case .values = description.input {
      trainInputs = source(
        arrays.trainInputs,
        arrays.exactTrainInputs,
        scalings.inputs,
        rows: trainRows
      )
      testInputs = source(
        arrays.testInputs,
        arrays.exactTestInputs,
        scalings.inputs,
        rows: description.testCount
      )
    }
    if case .values = description.target {
      trainTargets = source(
        arrays.trainTargets,
        arrays.exactTrainTargets,
        scalings.targets,
        rows: trainRows,
        errors: outliers
      )
      testTargets = source(
        arrays.testTargets,
        arrays.exactTestTargets,
        scalings.targets,
        rows: description.testCount
      )
    }
  }
}

/// What 0 becomes in each channel of images; empty for other inputs.
private func blackOfChannels(_ input: SignalShape, _ scaling: Scaling?) -> [Float] {
  guard case .values(let shape) = input, shape.count == 3 else { return [] }
  return (0..<shape[0]).map { channel in
    scaling?.standardized(0, at: channel * shape[1] * shape[2]) ?? 0
  }
}

extension PartCounts {
  init(train: Int, validation: Int) {
    (self.train, self.validation, test) = (train, validation, 0)
  }
}
