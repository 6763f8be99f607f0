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
      ],
      rule: .below("low", "high")
    ),
    ComponentDefinition(
      "truncated_normal",
      "Normal with mean 0, drawn again where it leaves ±2 standard deviations.",
      arguments: [
        ArgumentDefinition(
          "sd",
          .real(RealRange(from: 0)),
          "Standard deviation before anything is drawn again."
        )
      ],
      shorthand: "sd"
    ),
    ComponentDefinition(
      "constant",
      "All equal.",
      arguments: [ArgumentDefinition("value", .real(RealRange()), "The value.")],
      shorthand: "value"
    ),
    ComponentDefinition(
      "xavier_uniform",
      "Uniform on ±√(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."
    ),
    ComponentDefinition(
      "xavier_normal",
      "Normal with variance 2 / (fan_in + fan_out) (Glorot & Bengio 2010)."
    ),
    ComponentDefinition(
      "kaiming_uniform",
      "Uniform on ±gain · √(3 / fan) (He et al. 2015).",
      arguments: kaiming
    ),
    ComponentDefinition(
      "kaiming_normal",
      "Normal with standard deviation gain / √fan (He et al. 2015).",
      arguments: kaiming
    ),
    ComponentDefinition(
      "orthogonal",
      "Rows or columns of the matrix, whichever are fewer, are orthogonal (Saxe et al. 2014).",
      arguments: [
        ArgumentDefinition(
          "gain",
          .real(RealRange(from: 0)),
          standard: .real(1),
          "Length of each of them."
        )
      ]
    ),
  ]

  private static let kaiming = [
    ArgumentDefinition(
      "fan",
      .choice(["in", "out"]),
      standard: .text("in"),
      "Whether the inputs of one output or the outputs of one input are counted, a kernel's window with them."
    ),
    ArgumentDefinition(
      "gain",
      .real(RealRange(from: 0)),
      standard: .real(1.414_213_562_373_095_1),
      "√2 for `relu`, 1 for linear layers and `sigmoid`, 5/3 for `tanh`."
    ),
  ]
}
