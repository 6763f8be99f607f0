// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
import Tensors
package import Vocabulary

/// The range that a loss asks of real targets.
package enum TargetRange {
  /// Whether the loss is not defined on all real numbers.
  package static func isLimited(_ specification: RunSpecification) -> Bool {
    range(of: specification.loss) != nil
  }

  private static func range(of loss: Component) -> RealRange? {
    Catalog.loss(loss.name)?.targetRange
  }

  /// Throws `ModelError` where a loss meets a real target outside its range; NaN is left to the loss.
  package static func check(
    _ specification: RunSpecification,
    _ data: PreparedData
  ) throws(ModelError) {
    guard let range = range(of: specification.loss), case .values = data.description.target
    else { return }
    let (low, high) = (Float(range.minimum), Float(range.maximum))
    for part in [DataPart.train, .validation, .test] where data.count(part) > 0 {
      let targets = data.targetValues(part)
      guard let wrong = targets.first(where: { $0 < low || $0 > high }) else { continue }
      throw ModelError(
        .target(wrong, in: part, loss: specification.loss.name, range: Int(low)...Int(high))
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
