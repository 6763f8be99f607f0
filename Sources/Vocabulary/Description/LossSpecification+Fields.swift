// SPDX-License-Identifier: Apache-2.0

extension LossSpecification: Described {
  package static let blank = LossSpecification(Component(""))

  /// The keys of one of several losses.
  package static let fields: [Field<LossSpecification>] = [
    Field(
      "loss",
      \.loss,
      .argument(.component(.losses)),
      required: true,
      "What is minimised."
    ),
    Field(
      "of",
      \.block,
      .argument(.block),
      leftOut: "the only block that no other reads",
      "The block whose result it is taken of."
    ),
    Field(
      "target",
      \.target,
      .argument(.text),
      leftOut: "the data's first target",
      "The target that the result is held against, or the input that it is to give back, by name."
    ),
    Field(
      "weight",
      \.weight,
      .argument(.real(RealRange(from: 0))),
      "What the loss is multiplied by in the sum."
    ),
  ]
}

/// One loss as such, several as a list of their keys.
struct Losses: Setting {
  let values: [LossSpecification]

  var argument: ArgumentValue {
    if values.count == 1, values[0].isPlain { return .component(values[0].loss) }
    return values.argument
  }

  static func setting(_ argument: ArgumentValue) -> Losses? {
    if let loss = argument.component { return Losses(values: [LossSpecification(loss)]) }
    return [LossSpecification].setting(argument).map { Losses(values: $0) }
  }
}
