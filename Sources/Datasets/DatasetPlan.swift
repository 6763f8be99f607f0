// SPDX-License-Identifier: Apache-2.0

import Tensors
import Vocabulary

/// A set under its options: how many examples each part has, what the targets mean, how a text is cut.
struct DatasetPlan: Sendable {
  var description: DatasetDescription
  /// How a text is cut; nil for sets of examples.
  var text: TextLayout?

  /// `set` is needed where the meaning of targets depends on their values, and for texts.
  init(
    _ request: DatasetRequest,
    _ options: DataOptions,
    _ version: Int,
    _ outline: DatasetOutline,
    _ set: DecodedSet? = nil,
    isDrawn: Bool = false,
    notClass: (TargetPlace) -> DatasetError? = { _ in nil }
  ) throws(DatasetError) {
    let meaning = outline.meaning
    try DatasetPlan.check(options, meaning, name: request.name)
    let steps = DatasetPlan.textSteps(meaning, set)
    if steps != nil, options.folds != nil { throw .option(.foldsOfText(name: request.name)) }
    let counts = try PartCounts(
      train: steps.map { max(0, outline.trainRecords - 1) / $0 } ?? outline.trainRecords,
      test: outline.testRecords,
      options: options
    )
    text = try steps.map { steps throws(DatasetError) in
      try DatasetPlan.layout(request, tokens: outline.trainRecords, steps: steps, counts)
    }
    var targets = meaning.targets
    let single = [("task", options.task != nil), ("outliers", options.outliers != nil)]
    if targets.count > 1, let (option, _) = single.first(where: { $0.1 }) {
      throw .option(.names(.severalTargets(option, name: request.name, count: targets.count)))
    }
    targets[0].shape = try resolvedTarget(meaning, options.task, set, request.name, notClass)
    if options.outliers != nil {
      guard case .values = targets[0].shape else { throw .option(.outliers(name: request.name)) }
    }
    var inputs = meaning.inputs
    for index in inputs.indices {
      let array = set?.array("train", "inputs", index)
      inputs[index].hasBytes = !isDrawn && array?.element == .uint8
    }
    var findings = set?.findings ?? []
    // Drawn sets have their classes by rule, and are described before they are drawn; tables warn of their own.
    if !isDrawn, set?.columns.isEmpty != false {
      for index in targets.indices {
        let found = DataFinding.classCounts(targets, index, set, counts, options, request.seed)
        let own = DataFinding.ofClasses(found, targets[index].classNames)
        findings += targets.count == 1 ? own : own.map { .target(targets[index].name, $0) }
        let isListed = found.count <= DatasetDescription.largestClassCount
        targets[index].classCounts = isListed ? found : []
      }
    }
    description = DatasetDescription(
      name: request.name,
      version: version,
      inputs: inputs,
      targets: targets,
      trainCount: counts.train,
      validationCount: counts.validation,
      testCount: counts.test,
      contentSHA256: outline.contentSHA256,
      roundedContentSHA256: set.flatMap {
        $0.contentSHA256 == outline.contentSHA256 ? nil : $0.contentSHA256
      },
      findings: findings + DataFinding.ofNumberedClasses(meaning, targets[0].shape),
      columns: (set?.columns ?? []).map { $0.predicting(targets[0].shape) }
    )
  }

  /// The steps of a text's windows: of a set whose targets are its own next tokens.
  private static func textSteps(_ meaning: DecodedSet.Meaning, _ set: DecodedSet?) -> Int? {
    guard let set, set.array("train", "targets") == nil,
      case .tokens(_, let steps) = meaning.input
    else { return nil }
    return steps
  }

  /// Tokens cannot be standardised; augmentation is for images, and leaves some of each in its frame.
  private static func check(
    _ options: DataOptions,
    _ meaning: DecodedSet.Meaning,
    name: String
  ) throws(DatasetError) {
    if options.standardize != .none, meaning.inputs.allSatisfy({ $0.shape.sizes == nil }) {
      throw .option(.standardizeTokens(name: name))
    }
    guard let augmentation = options.augmentation else { return }
    let images = meaning.inputs.compactMap(\.shape.sizes).filter { $0.count == 3 }
    guard let shape = images.first else {
      throw .option(.augmentation(name: name, meaning.input))
    }
    guard images.count == 1 else {
      throw .option(.names(.severalImages(name: name, count: images.count)))
    }
    let pixels = augmentation.shift + augmentation.cropPadding
    guard pixels < min(shape[1], shape[2]) else {
      throw .option(.augmentationRange(pixels: pixels, height: shape[1], width: shape[2]))
    }
  }

  private static func layout(
    _ request: DatasetRequest,
    tokens: Int,
    steps: Int,
    _ counts: PartCounts
  ) throws(DatasetError) -> TextLayout {
    // An epoch may begin up to `steps` tokens late, and must still hold a window.
    guard counts.train >= 2 else {
      throw .option(.partTooShort(part: .train, windows: counts.train, needed: 2))
    }
    return TextLayout(
      tokens: tokens,
      steps: steps,
      isSequential: request.text("partition") == "sequential",
      validationCount: counts.validation,
      windows: counts.train + counts.validation
    )
  }
}

/// What the targets mean under `task`.
///
/// Whole numbers from 0 are classes where classification is asked for; classes are values where regression is.
private func resolvedTarget(
  _ meaning: DecodedSet.Meaning,
  _ task: DataOptions.Task?,
  _ set: DecodedSet?,
  _ name: String,
  _ notClass: (TargetPlace) -> DatasetError?
) throws(DatasetError) -> TargetShape {
  switch (meaning.target, task) {
  case (.classes, .regression?): return .values([1])
  case (.steps, .regression?):
    // Of arrays, a class at each step is a whole number at each step.
    if let targets = set?.array("train", "targets") {
      return .values(Array(targets.shape.dropFirst()))
    }
    throw .option(.task(wanted: "regression", target: "tokens", name: name))
  case (.values(let shape), .classification?):
    guard shape == [1], let set, let count = try wholeClasses(set, name, notClass) else {
      throw .option(.task(wanted: "classification", target: "real numbers", name: name))
    }
    return .classes(count)
  default: return meaning.target
  }
}

/// One more than the largest target if all are whole numbers from 0.
private func wholeClasses(
  _ set: DecodedSet,
  _ name: String,
  _ notClass: (TargetPlace) -> DatasetError?
) throws(DatasetError) -> Int? {
  var largest: Float = 0
  for part in ["train", "test"] {
    guard let array = set.array(part, "targets") else { continue }
    guard array.element == .float32 else { return nil }
    let values = unsafe UnsafeRawBufferPointer(
      start: set.storage.base + array.offset,
      count: array.byteCount
    )
    for index in 0..<array.count {
      let value = unsafe values.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
      guard value >= 0, value < 0x1p24, value == value.rounded(.down) else {
        let place = TargetPlace(part: part, record: index, value: Double(value))
        throw notClass(place)
          ?? .format(
            path: "\(name) \(part) targets",
            fact: .npyReal(value: Double(value), index: index)
          )
      }
      largest = max(largest, value)
    }
  }
  return Int(largest) + 1
}
