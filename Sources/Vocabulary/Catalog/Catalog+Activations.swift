// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

extension Catalog {
  private static let positive = RealRange(from: 0, excludingMinimum: true)

  /// An activation without arguments.
  private static func plain(
    _ name: String,
    _ summary: String,
    passing: LayerFacts.Passing = .none,
    kinks: [Double] = [],
    value: @escaping @Sendable (Double) -> Double,
    slope: @escaping @Sendable (Double) -> Double
  ) -> ComponentDefinition {
    let formula = ActivationFormula(kinks: kinks, value: value, slope: slope)
    return ComponentDefinition(
      name,
      summary,
      facts: .activation(ActivationFacts(passing: passing) { _ in formula })
    )
  }

  static let activations: [ComponentDefinition] = [
    // max and min do not hand on NaN, so formulas compare.
    plain(
      "relu",
      "max(x, 0).",
      kinks: [0],
      value: { $0 <= 0 ? 0 : $0 },
      slope: { $0 > 0 ? 1 : 0 }
    ),
    plain(
      "sigmoid",
      "1 / (1 + exp(-x)).",
      value: Formula.logistic,
      slope: { Formula.logistic($0) * (1 - Formula.logistic($0)) }
    ),
    plain(
      "tanh",
      "The hyperbolic tangent.",
      value: Elementary.tanh,
      slope: { 1 - Elementary.tanh($0) * Elementary.tanh($0) }
    ),
    plain("identity", "x.", passing: .all, value: { $0 }, slope: { _ in 1 }),
    ComponentDefinition(
      "leaky_relu",
      "x above 0, `slope` · x below.",
      arguments: [
        ArgumentDefinition(
          "slope",
          .real(RealRange()),
          standard: .real(0.01),
          "The slope below 0."
        )
      ],
      shorthand: "slope",
      facts: .activation(
        ActivationFacts { component in
          let slope = component["slope"].real ?? 0
          return ActivationFormula(
            kinks: [0],
            value: { $0 > 0 ? $0 : slope * $0 },
            slope: { $0 > 0 ? 1 : slope }
          )
        }
      )
    ),
    ComponentDefinition(
      "elu",
      "x above 0, `alpha` · (exp(x) - 1) below.",
      arguments: [
        ArgumentDefinition(
          "alpha",
          .real(RealRange(from: 0)),
          standard: .real(1),
          "Minus the limit far below 0."
        )
      ],
      shorthand: "alpha",
      facts: .activation(
        ActivationFacts { component in
          let alpha = component["alpha"].real ?? 0
          return ActivationFormula(
            kinks: alpha == 1 ? [] : [0],
            value: { $0 > 0 ? $0 : alpha * Elementary.expMinusOne($0) },
            slope: { $0 > 0 ? 1 : alpha * Elementary.exp($0) }
          )
        }
      )
    ),
    // λ and α of Klambauer et al. (2017), <https://arxiv.org/abs/1706.02515>.
    plain(
      "selu",
      "1.0507 · ELU with `alpha` 1.6733, so that layers keep mean and variance.",
      kinks: [0],
      value: {
        1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * Elementary.expMinusOne($0))
      },
      slope: { 1.0507009873554805 * ($0 > 0 ? 1 : 1.6732632423543772 * Elementary.exp($0)) }
    ),
    ComponentDefinition(
      "gelu",
      "x times the normal distribution function of x.",
      arguments: [
        ArgumentDefinition(
          "approximate",
          .choice(["none", "tanh"]),
          standard: .text("none"),
          "`none` is exact, by the error function; `tanh` the form by the hyperbolic tangent."
        )
      ],
      shorthand: "approximate",
      facts: .activation(
        ActivationFacts { $0["approximate"].text == "none" ? exactGELU : hyperbolicGELU }
      )
    ),
    plain(
      "silu",
      "x · sigmoid(x), also called swish.",
      value: { $0 * Formula.logistic($0) },
      slope: { x in
        let share = Formula.logistic(x)
        return share + x * share * (1 - share)
      }
    ),
    ComponentDefinition(
      "softplus",
      "log(1 + exp(`beta` · x)) / `beta`.",
      arguments: [
        ArgumentDefinition(
          "beta",
          .real(positive),
          standard: .real(1),
          "How sharply it bends."
        ),
        ArgumentDefinition(
          "threshold",
          .real(RealRange(from: 0)),
          standard: .real(20),
          "Where `beta` · x is above it, the result is x."
        ),
      ],
      facts: .activation(
        ActivationFacts { component in
          let (beta, threshold) = (component["beta"].real ?? 1, component["threshold"].real ?? 0)
          return ActivationFormula(
            value: { x in
              guard !(beta * x > threshold) else { return x }
              return Formula.logarithmOfOnePlus(Elementary.exp(beta * x)) / beta
            },
            slope: { beta * $0 > threshold ? 1 : Formula.logistic(beta * $0) }
          )
        }
      )
    ),
    plain(
      "hard_sigmoid",
      "x / 6 + 1/2, limited to 0 … 1.",
      kinks: [-3, 3],
      value: { $0 <= -3 ? 0 : $0 >= 3 ? 1 : ($0 + 3) / 6 },
      slope: { $0 > -3 && $0 <= 3 ? 1.0 / 6 : 0 }
    ),
    ComponentDefinition(
      "softmax",
      "exp(x) divided by its sum over the last axis; not before a loss that takes logits.",
      facts: .layer(LayerFacts(backwardWalk: .goesOn))
    ),
  ]

  private static let exactGELU = ActivationFormula(
    value: { $0 * Formula.normalShare($0) },
    slope: { Formula.normalShare($0) + $0 * Formula.normalDensity($0) }
  )

  /// Φ(x) by the logistic function of 2 √(2/π) (x + 0.044715 x³).
  private static let hyperbolicGELU: ActivationFormula = {
    let root = 2 * (2 / Double.pi).squareRoot()
    return ActivationFormula(
      value: { $0 * Formula.logistic(root * ($0 + 0.044715 * $0 * $0 * $0)) },
      slope: { x in
        let share = Formula.logistic(root * (x + 0.044715 * x * x * x))
        return share + x * share * (1 - share) * root * (1 + 3 * 0.044715 * x * x)
      }
    )
  }()
}
