// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  private static let positive = RealRange(from: 0, excludingMinimum: true)

  private static let squaredError = ComponentFacts.loss(
    LossFacts(of: .any, predictsTargets: true)
  )

  static let losses: [ComponentDefinition] = [
    ComponentDefinition(
      "cross_entropy",
      "Softmax cross-entropy of logits, the mean per example or token.",
      arguments: [
        ArgumentDefinition(
          "label_smoothing",
          .real(RealRange(from: 0, to: 1)),
          standard: .real(0),
          isAddition: true,
          "Share of each target that is spread over all classes, as in PyTorch."
        ),
        ArgumentDefinition(
          "class_weights",
          .list(.real(RealRange(from: 0))),
          standard: ArgumentValue.none,
          isAddition: true,
          "A factor for each class; the mean is divided by the sum of the examples' factors."
        ),
      ],
      facts: .loss(LossFacts(of: .classes, replacing: ["softmax"]))
    ),
    ComponentDefinition(
      "binary_cross_entropy",
      "Binary cross-entropy of logits, the mean over all elements: targets in 0 … 1, two classes with one"
        + " unit, or classes as one-hot targets.",
      facts: .loss(
        LossFacts(of: .any, in: RealRange(from: 0, to: 1), replacing: ["sigmoid", "softmax"])
      )
    ),
    ComponentDefinition(
      "mse",
      "Squared error, the mean over all elements; classes become one-hot targets.",
      facts: squaredError
    ),
    ComponentDefinition(
      "half_mse",
      "Half of `mse`.",
      facts: squaredError
    ),
    ComponentDefinition(
      "mae",
      "Absolute error, the mean over all elements of real targets.",
      facts: .loss(LossFacts(of: .values, predictsTargets: true))
    ),
    ComponentDefinition(
      "huber",
      "Half the squared error up to a distance of `delta`, linear beyond; on real targets.",
      arguments: [
        ArgumentDefinition(
          "delta",
          .real(positive),
          standard: .real(1),
          "Where the parabola becomes a line."
        )
      ],
      shorthand: "delta",
      facts: .loss(LossFacts(of: .values, predictsTargets: true))
    ),
    ComponentDefinition(
      "hinge",
      "How far other classes' scores come within `margin` of the target's, over the number of classes.",
      arguments: [
        ArgumentDefinition(
          "margin",
          .real(positive),
          standard: .real(1),
          "The distance that is enough."
        )
      ],
      shorthand: "margin",
      facts: .loss(LossFacts(of: .classes))
    ),
  ]
}
