// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
package import NeuralNetworks
package import Vocabulary

/// What a run measures.
package enum MeasuredQuantities {
  /// The quantities that runs of a specification have points of, in whatever part.
  package static func all(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ model: Network
  ) throws(ModelError) -> Set<String> {
    var all: Set<String> = ["samples_per_second"]
    for part in [MetricName.Part.train, .test] {
      all.formUnion(try SupervisedProgram.quantities(specification, description, model, part))
    }
    return all
  }
}
