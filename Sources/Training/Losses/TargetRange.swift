// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
import Tensors
package import Vocabulary

/// The range that a loss asks of real targets.
package enum TargetRange {
  /// Whether the loss is not defined on all real numbers.
  package static func isLimited(_ specification: RunSpecification) -> Bool {
    specification.losses.contains { range(of: $0.loss) != nil }
  }

  private static func range(of loss: Component) -> RealRange? {
    Catalog.loss(loss.name)?.targetRange
  }

  /// Throws `ModelError` where a loss meets a real target outside its range; NaN is left to the loss.
  package static func check(
    _ specification: RunSpecification,
    _ data: PreparedData
  ) throws(ModelError) {
    for (index, term) in specification.losses.enumerated() {
      guard let range = range(of: term.loss),
        case .target(let target) = try ModelBuilder.target(of: term, data.description, at: index),
        case .values = data.description.targets[target].shape
      else { continue }
      let (low, high) = (Float(range.minimum), Float(range.maximum))
      for part in [DataPart.train, .validation, .test] where data.count(part) > 0 {
        let targets = data.targetValues(part, target: target)
        guard let wrong = targets.first(where: { $0 < low || $0 > high }) else { continue }
        throw ModelError(
          .target(wrong, in: part, loss: term.loss.name, range: Int(low)...Int(high))
        )
      }
    }
  }
}

extension PreparedData {
  /// All real targets of a part, example by example, the principal ones unless `target` says which; empty for a part
  /// without examples.
  func targetValues(_ part: DataPart, target: Int = 0) -> [Float] {
    guard count(part) > 0, case .values(let shape) = description.targets[target].shape else {
      return []
    }
    let ids = order(part, batchSize: nil, shuffle: false).ids
    return unsafe [Float](unsafeUninitializedCapacity: ids.count * shape.reduce(1, *)) {
      buffer,
      count in
      guard let base = buffer.baseAddress else { return }
      unsafe MemoryFill.current?.write(to: UnsafeMutableRawBufferPointer(buffer))
      unsafe ids.withUnsafeBufferPointer { ids in
        unsafe gatherValues(part, target: target, ids: ids, into: base)
      }
      count = ids.count * shape.reduce(1, *)
    }
  }
}
