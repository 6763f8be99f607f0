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
    guard isLimited(specification), case .values(let shape) = data.description.target else {
      return
    }
    for part in [DataPart.train, .validation, .test] where data.count(part) > 0 {
      let order = data.order(part, batchSize: nil, shuffle: false)
      let targets = values(data, part, order.ids[...], size: shape.reduce(1, *))
      guard let wrong = targets.first(where: { $0 < 0 || $0 > 1 }) else { continue }
      throw ModelError(
        layer: nil,
        message:
          "`binary_cross_entropy` needs targets in 0 … 1, but one of part `\(part.rawValue)` is \(wrong)",
        hint: "use `loss: mse`"
      )
    }
  }

  private static func values(
    _ data: PreparedData,
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    size: Int
  ) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: ids.count * size) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      unsafe MemoryFill.current?.write(to: UnsafeMutableRawBufferPointer(buffer))
      unsafe ids.withUnsafeBufferPointer { ids in
        unsafe data.gatherValues(part, ids: ids, into: base)
      }
      count = ids.count * size
    }
  }
}
