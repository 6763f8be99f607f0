// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  static let losses: [ComponentDefinition] = [
    ComponentDefinition(
      "cross_entropy",
      "Softmax cross-entropy of logits, the mean per example or token."
    ),
    ComponentDefinition(
      "mse",
      "Squared error, the mean over all elements; classes become one-hot targets."
    ),
    ComponentDefinition("half_mse", "Half of `mse`."),
  ]

  static let laterLosses = ["binary_cross_entropy", "mae", "huber", "hinge"]
}
