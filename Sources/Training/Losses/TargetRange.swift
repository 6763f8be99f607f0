// SPDX-License-Identifier: Apache-2.0

public import Datasets
public import Experiments
import Tensors

/// The range that a loss asks of real targets.
public enum TargetRange {
  /// Whether the loss is not defined on all real numbers.
  public static func isLimited(_ specification: RunSpecification) -> Bool {
    specification.loss.name == "binary_cross_entropy"
  }

  /// Throws `ModelError` where `binary_cross_entropy` meets a real target outside 0 … 1; NaN is left to the loss.
  public static func check(
    _ specification: RunSpecification,
    _ data: PreparedData
  ) throws(ModelError) {
    guard isLimited(specification), case .values = data.description.target else {
      return
    }
    for part in [DataPart.train, .validation, .test] where data.count(part) > 0 {
      let targets = data.targetValues(part)
      guard let wrong = targets.first(where: { $0 < 0 || $0 > 1 }) else { continue }
      throw ModelError(
        layer: nil,
        message:
          "`binary_cross_entropy` needs targets in 0 … 1, but one of part `\(part.rawValue)` is \(wrong)",
        hint: "use `loss: mse`"
      )
    }
  }
}

extension PreparedData {
  /// All real targets of a part, example by example; empty for a part without examples.
  func targetValues(_ part: DataPart) -> [Float] {
    guard count(part) > 0, case .values(let shape) = description.target else { return [] }
    let ids = order(part, batchSize: nil, shuffle: false).ids
    return unsafe [Float](unsafeUninitializedCapacity: ids.count * shape.reduce(1, *)) {
      buffer,
      count in
      guard let base = buffer.baseAddress else { return }
      unsafe MemoryFill.current?.write(to: UnsafeMutableRawBufferPointer(buffer))
      unsafe ids.withUnsafeBufferPointer { ids in
        unsafe gatherValues(part, ids: ids, into: base)
      }
      count = ids.count * shape.reduce(1, *)
    }
  }
}
