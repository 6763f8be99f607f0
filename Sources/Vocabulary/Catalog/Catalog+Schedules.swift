// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  private static let per = ArgumentDefinition(
    "per",
    .choice(["epoch", "update"]),
    standard: .text("epoch"),
    "What time is counted in; the first epoch or update is at time 0."
  )
  private static let warmUp = [
    ArgumentDefinition(
      "warm_up",
      .integer(0...1_000_000_000),
      standard: .integer(0),
      "Epochs or updates in which the rate first rises linearly to its full height."
    ),
    ArgumentDefinition(
      "warm_up_from",
      .real(RealRange(from: 0, to: 1)),
      standard: .real(1.0 / 3),
      "The share of the rate with which the warm-up begins."
    ),
  ]
  private static let count = 1...1_000_000_000
  private static let end = ArgumentDefinition(
    "end",
    .integer(count),
    standard: ArgumentValue.none,
    "The time at which the last rate is reached; left out, the end of the training as planned."
  )
  private static let positive = RealRange(from: 0, excludingMinimum: true)
  private static let gamma = ArgumentDefinition(
    "gamma",
    .real(positive),
    standard: .real(0.1),
    "What the rate is multiplied by."
  )
  private static let minimum = ArgumentDefinition(
    "minimum",
    .real(RealRange(from: 0)),
    standard: .real(0),
    "The last, smallest rate: a rate, not a share, also for layers with a `learning_rate` of their own."
  )

  /// A schedule whose rate may first be warmed up.
  private static func warmed(
    _ name: String,
    _ summary: String,
    _ arguments: [ArgumentDefinition] = [],
    shorthand: String? = nil
  ) -> ComponentDefinition {
    ComponentDefinition(
      name,
      summary,
      arguments: arguments + [per] + warmUp,
      shorthand: shorthand
    )
  }

  static let schedules: [ComponentDefinition] = [
    warmed("constant", "Always the same rate, after the warm-up if there is one."),
    warmed(
      "step",
      "The rate times `gamma` every `every`, counted from the end of the warm-up.",
      [
        ArgumentDefinition("every", .integer(count), "Epochs or updates between two steps."), gamma,
      ],
      shorthand: "every"
    ),
    warmed(
      "multi_step",
      "The rate times `gamma` at each milestone.",
      [
        ArgumentDefinition(
          "milestones",
          .list(.integer(count)),
          "Times from the start of the training."
        ), gamma,
      ],
      shorthand: "milestones"
    ),
    warmed(
      "exponential",
      "rate · gammaᵗ, t counted from the end of the warm-up.",
      [
        ArgumentDefinition("gamma", .real(positive), "What the rate is multiplied by each time."),
        minimum,
      ],
      shorthand: "gamma"
    ),
    warmed("square_root", "rate / √(t + 1), t counted from the end of the warm-up."),
    warmed(
      "cosine",
      "Half a cosine from the rate to `minimum`, where it stays (Loshchilov & Hutter 2017).",
      [end, minimum]
    ),
    ComponentDefinition(
      "one_cycle",
      "Half a cosine up from rate / divisor, another down to rate / (divisor · final_divisor) (Smith & Topin 2018); the momentum stays as it is.",
      arguments: [
        end,
        ArgumentDefinition(
          "rise",
          .real(RealRange(from: 0, to: 1)),
          standard: .real(0.3),
          "The share of the time in which the rate rises."
        ),
        ArgumentDefinition(
          "divisor",
          .real(positive),
          standard: .real(25),
          "The rate over the one at the beginning."
        ),
        ArgumentDefinition(
          "final_divisor",
          .real(positive),
          standard: .real(10_000),
          "The rate at the beginning over the one at the end."
        ),
        ArgumentDefinition(
          "per",
          .choice(["epoch", "update"]),
          standard: .text("update"),
          "What time is counted in."
        ),
      ]
    ),
  ]
}
