// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// What the body makes of the input, plus the input (He et al. 2016, <https://arxiv.org/abs/1512.03385>, eq. 1) or what
/// the shortcut makes of it (eq. 2).
public final class Residual: Layer {
  /// The body's shape.
  public let output: SignalShape
  private let body: Sequential
  private let shortcut: Sequential?

  /// A block on values of shape `input`; throws unless both ways end in the same shape.
  public init(input: SignalShape, body: Sequential, shortcut: Sequential?) throws(LayerError) {
    let other = shortcut?.output ?? input
    guard body.output.sizes != nil, body.output == other else {
      throw LayerError(
        Residual.self,
        shortcut == nil
          ? .bodyAndInput(body.output, other) : .bodyAndShortcut(body.output, other)
      )
    }
    output = body.output
    self.body = body
    self.shortcut = shortcut
  }

  /// The body, then the shortcut.
  public var children: [Sequential] { [body] + (shortcut.map { [$0] } ?? []) }

  /// body(x) + shortcut(x).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    self(input, pass, activation: .identity)
  }

  /// The same with an activation behind it.
  func callAsFunction(_ input: Signal, _ pass: Pass, activation: Activation) -> Signal {
    let changed = body(input, pass)
    let other = shortcut?(input, pass) ?? values(input)
    return .values(pass.tape.add(changed, other, activation: activation))
  }
}
