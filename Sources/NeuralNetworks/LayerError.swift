// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A layer that cannot be made: which one, and the fact that is in the way.
///
/// Whoever reads it says it in the words of its own readers; `description` says it in those of Swift.
public struct LayerError: Error, Hashable, Sendable {
  /// The layer's type, such as `Dense`.
  public let layer: String
  /// What is in the way.
  public let misfit: LayerMisfit

  /// A layer of this type that cannot be made.
  public init(_ layer: any Layer.Type, _ misfit: LayerMisfit) {
    self.layer = "\(layer)"
    self.misfit = misfit
  }
}

/// Why a layer does not fit what comes before it, or its own numbers each other.
public enum LayerMisfit: Hashable, Sendable {
  /// The layer takes another kind of input.
  case input(SignalShape, needs: LayerInput)
  /// The window is larger than its input, padding included.
  case window(Extent, input: Extent)
  /// The window is longer than its sequence, padding included.
  case sequenceWindow(Int, steps: Int)
  /// A causal window has a padding of its own.
  case causalPadding
  /// The padding is more than half the window.
  case padding(Extent, window: Extent)
  /// The padding takes all of a result.
  case nothingLeft(padding: Extent, of: Extent)
  /// A state cannot be carried on in both directions.
  case carriedStateOfBothDirections
  /// A first value of the forget gate's bias, where there is no bias.
  case forgetBiasWithoutBias
  /// The heads do not divide the features of a step.
  case heads(Int, width: Int)
  /// Neither one nor two nor three sizes to reshape to.
  case sizeCount([Int])
  /// A size to reshape to is below 1 and not the only −1.
  case openSizes([Int])
  /// The sizes to reshape to need another number of values than the input has.
  case valueCount(needed: ValueCount, sizes: [Int], input: SignalShape)
  /// The body ends in another shape than the input that is added to it.
  case bodyAndInput(SignalShape, SignalShape)
  /// The body ends in another shape than the shortcut that is added to it.
  case bodyAndShortcut(SignalShape, SignalShape)
  /// A branch ends in tokens.
  case tokens(SignalShape, branch: String)
  /// Two branches that are added end in different shapes.
  case sum(BranchEnd, BranchEnd)
  /// Two branches that are put side by side differ in more than the axis along which they are.
  case concatenation(BranchEnd, BranchEnd, alongChannels: Bool)

  /// Height and width in pixels.
  public struct Extent: Hashable, Sendable, CustomStringConvertible {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int

    init(_ size: (Int, Int)) { (height, width) = size }

    /// As in `3×5`.
    public var description: String { "\(height)×\(width)" }
  }

  /// How many values sizes ask for.
  public enum ValueCount: Hashable, Sendable {
    /// Just so many.
    case exactly(Int)
    /// Any multiple, since one size is open.
    case multiple(of: Int)
  }

  /// A branch and what it gives.
  public struct BranchEnd: Hashable, Sendable {
    /// The branch's name.
    public let name: String
    /// What it gives.
    public let shape: SignalShape
  }
}

/// What a layer takes.
public enum LayerInput: Hashable, Sendable, CustomStringConvertible {
  /// Values of any shape.
  case values
  /// [D] or [T, D].
  case vectorOrSequence
  /// [T, D].
  case sequence
  /// [T, D], or tokens.
  case sequenceOrTokens
  /// [T, 2 · H], the forward half and the reverse one.
  case directions
  /// [C, H, W].
  case image
  /// Tokens.
  case tokens

  /// As in `a sequence [steps, features]`.
  public var description: String {
    switch self {
    case .values: "values"
    case .vectorOrSequence: "a vector or a sequence"
    case .sequence: "a sequence [steps, features]"
    case .sequenceOrTokens: "a sequence [steps, features] or tokens"
    case .directions: "a sequence [steps, forward | reverse]"
    case .image: "an image [channels, height, width]"
    case .tokens: "tokens"
    }
  }
}

extension LayerError: CustomStringConvertible {
  /// The layer's type and what is in the way, as in `Dense needs a vector or a sequence, got an image [3, 10, 8]`.
  public var description: String { "\(layer) \(misfit)" }
}

extension LayerMisfit: CustomStringConvertible {
  /// What follows the layer's name.
  public var description: String {
    switch self {
    case .input(let input, let kind): "needs \(kind), got \(input)"
    case .window(let window, let input):
      "has a window of \(window), larger than its padded input of \(input)"
    case .sequenceWindow(let window, let steps):
      "has a window of \(window) steps, longer than its padded sequence of \(steps)"
    case .causalPadding: "is causal, which is a padding of its own"
    case .padding(let padding, let window):
      "has a padding of \(padding), more than half its window of \(window)"
    case .nothingLeft(let padding, let whole):
      "has a padding of \(padding), which leaves nothing of \(whole)"
    case .carriedStateOfBothDirections: "cannot carry a state on in both directions"
    case .forgetBiasWithoutBias: "has a forget bias but no bias"
    case .heads(let heads, let width): "has \(heads) heads, which do not divide \(width) features"
    case .sizeCount(let sizes): "takes one to three sizes, got \(sizes)"
    case .openSizes(let sizes): "takes sizes of at least 1, one of which may be -1, got \(sizes)"
    case .valueCount(let needed, let sizes, let input): "to \(sizes) needs \(needed), got \(input)"
    case .bodyAndInput(let body, let other):
      "adds equal shapes, but its body gives \(body) and its input is \(other)"
    case .bodyAndShortcut(let body, let other):
      "adds equal shapes, but its body gives \(body) and its shortcut \(other)"
    case .tokens(let shape, let branch): "needs values, but branch \(branch) gives \(shape)"
    case .sum(let one, let other): "adds equal shapes, but \(one) and \(other)"
    case .concatenation(let one, let other, let alongChannels):
      "joins what differs in \(alongChannels ? "channels" : "the last axis") only, but \(one) and \(other)"
    }
  }
}

extension LayerMisfit.ValueCount: CustomStringConvertible {
  /// As in `a multiple of 21 values`.
  public var description: String {
    switch self {
    case .exactly(let count): "\(count) values"
    case .multiple(let count): "a multiple of \(count) values"
    }
  }
}

extension LayerMisfit.BranchEnd: CustomStringConvertible {
  /// As in `branch a gives [3]`.
  public var description: String { "branch \(name) gives \(shape)" }
}
