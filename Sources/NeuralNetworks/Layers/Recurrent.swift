// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A recurrent layer over a whole sequence: [N, T, D] or one-hot tokens [N, T] → hidden states [N, T, hiddenSize].
public final class Recurrent: StatefulLayer, InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  /// The state carried to the next batch; always nil unless the layer carries its state.
  public var state: RecurrentState?
  /// Whether the last state, detached, starts the next batch.
  public let carriesState: Bool
  private let cell: RecurrentCell
  private let weights: [Parameter]
  private let hiddenSize: Int

  /// A layer with PyTorch's tensors `path.weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`.
  public init(
    path: String,
    input: SignalShape,
    cell: RecurrentCell,
    hiddenSize: Int,
    carriesState: Bool,
    hasBias: Bool = true
  ) throws(LayerError) {
    let (steps, inputs): (Int, Int)
    switch input {
    case .values(let sizes) where sizes.count == 2: (steps, inputs) = (sizes[0], sizes[1])
    case .tokens(let vocabulary, let count): (steps, inputs) = (count, vocabulary)
    case .values:
      throw LayerError(
        "`\(cell)` needs a sequence [steps, features] or tokens, got \(input)",
        hint: "`rows_as_sequence` reads an image row by row"
      )
    }
    output = .values([steps, hiddenSize])
    let rows = cell.gates * hiddenSize
    var weights = [
      Parameter(name: "\(path).weight_ih_l0", shape: [rows, inputs]),
      Parameter(name: "\(path).weight_hh_l0", shape: [rows, hiddenSize]),
    ]
    if hasBias {
      weights += ["bias_ih_l0", "bias_hh_l0"].map {
        Parameter(name: "\(path).\($0)", shape: [rows])
      }
    }
    self.weights = weights
    self.cell = cell
    self.hiddenSize = hiddenSize
    self.carriesState = carriesState
  }

  /// Both weights, then both biases; all uniform on ±1/√hiddenSize by default.
  public var parameters: [LayerParameter] {
    let standard = LayerParameter.Standard.uniform(bound: 1 / Double(hiddenSize).squareRoot())
    return withOwnInitializers(
      weights.map { parameter in
        parameter.shape.rank == 2
          ? .weight(
            parameter,
            fanIn: parameter.shape[1],
            fanOut: parameter.shape[0],
            standard: standard
          )
          : .bias(parameter, fanIn: hiddenSize, standard: standard)
      }
    )
  }

  /// The hidden states of all steps.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let tape = pass.tape
    let bound = RecurrentWeights(
      inputWeight: tape.parameter(weights[0]),
      hiddenWeight: tape.parameter(weights[1]),
      inputBias: weights.count > 2 ? tape.parameter(weights[2]) : nil,
      hiddenBias: weights.count > 2 ? tape.parameter(weights[3]) : nil
    )
    if carriesState, state == nil { state = RecurrentState(hidden: []) }
    switch input {
    case .values(let x): return .values(tape.recurrent(x, cell, bound, state: &state))
    case .tokens(let tokens): return .values(tape.recurrent(tokens, cell, bound, state: &state))
    }
  }
}
