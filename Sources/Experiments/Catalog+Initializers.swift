// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  static let initializers: [ComponentDefinition] = [
    ComponentDefinition("default", "PyTorch's default of the layer."),
    ComponentDefinition("zeros", "All zero."),
    ComponentDefinition(
      "normal",
      "Normal with mean 0.",
      arguments: [
        ArgumentDefinition("sd", .real(RealRange(from: 0)), "Standard deviation.")
      ],
      shorthand: "sd"
    ),
    ComponentDefinition(
      "uniform",
      "Uniform on [low, high).",
      arguments: [
        ArgumentDefinition("low", .real(RealRange()), "Lower end."),
        ArgumentDefinition("high", .real(RealRange()), "Upper end, above `low`."),
      ]
    ),
    ComponentDefinition(
      "xavier_uniform",
      "Uniform on ±√(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."
    ),
  ]

  static let laterInitializers = [
    "xavier_normal", "kaiming_uniform", "kaiming_normal", "constant", "orthogonal",
  ]
}
