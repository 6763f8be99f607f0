// SPDX-License-Identifier: Apache-2.0

public import Datasets
public import Experiments

extension RunSpecification {
  /// The numeric version of a run of this specification on data of this description.
  public func numericVersion(for description: DatasetDescription) -> Int {
    guard case .values(let shape) = description.input else {
      return numericVersion(inputShape: nil)
    }
    return numericVersion(inputShape: shape)
  }
}
