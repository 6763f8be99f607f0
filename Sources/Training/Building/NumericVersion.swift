// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
import Tensors
package import Vocabulary

extension RunSpecification {
  /// The numeric version of a run of this specification on data of this description.
  package func numericVersion(for description: DatasetDescription) -> Int {
    guard case .values(let shape) = description.input else {
      return numericVersion(inputShape: nil)
    }
    return numericVersion(inputShape: shape)
  }
}
