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
  public init(_ layer: Any.Type, _ misfit: LayerMisfit) {
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
  /// A recurrent layer cannot begin with the state that it is given.
  case firstState(FirstStateMisfit)
  /// The embedding whose weight is to be the layer's has another shape.
  case tied([Int], of: String, needed: [Int])
  /// A walk that looks at another block before each step goes forwards, from batch to batch anew.
  case attentiveWalk(isBidirectional: Bool)
  /// What another block gives is no sequence to attend to.
  case memory(SignalShape, of: String)
  /// A causal mask between two sequences, which have no steps in common.
  case causalMemory
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

/// Why a recurrent layer cannot begin with a state.
public enum FirstStateMisfit: Hashable, Sendable {
  /// Its hidden state has another size.
  case size(Int, of: String, needed: Int)
  /// There are more or fewer layers.
  case layers(Int, of: String, needed: Int)
  /// An LSTM needs a cell, which the other layer does not have.
  case noCell(of: String)
  /// The other layer is an LSTM, and this one has no cell.
  case surplusCell(of: String)
  /// The layer also walks from the end.
  case bothDirections
  /// The layer carries a state of its own.
  case carriedState

  init?(_ state: StateReference, for cell: RecurrentCell, size: Int, _ options: Recurrent.Options) {
    let name = state.block.name
    if options.isBidirectional {
      self = .bothDirections
    } else if options.carriesState {
      self = .carriedState
    } else if cell == .lstm, state.kind == .hidden {
      self = .noCell(of: name)
    } else if cell != .lstm, state.kind == .hiddenAndCell {
      self = .surplusCell(of: name)
    } else if state.kind != .vector, state.layers != options.layers {
      self = .layers(state.layers, of: name, needed: options.layers)
    } else if state.size != size {
      self = .size(state.size, of: name, needed: size)
    } else {
      return nil
    }
  }
}

extension FirstStateMisfit: CustomStringConvertible {
  /// What follows the layer's name.
  public var description: String {
    switch self {
    case .size(let size, let name, let needed):
      "needs a state of \(needed) values, and \(name) gives \(size)"
    case .layers(let layers, let name, let needed):
      "needs states of \(needed) layers, and \(name) gives those of \(layers)"
    case .noCell(let name): "needs a cell, and \(name) gives none"
    case .surplusCell(let name): "has no cell, and \(name) gives one"
    case .bothDirections: "walks in both directions and cannot begin with a given state"
    case .carriedState: "carries its own state and cannot begin with a given one"
    }
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
    case .firstState(let misfit): "\(misfit)"
    case .tied(let shape, let name, let needed):
      "needs a weight of \(needed), and the embedding of \(name) has \(shape)"
    case .attentiveWalk(isBidirectional: true): "cannot look at another block in both directions"
    case .attentiveWalk: "cannot look at another block and carry a state on"
    case .memory(let shape, let name): "attends to a sequence, and \(name) gives \(shape)"
    case .causalMemory: "cannot be causal over the steps of another sequence"
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
