// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Batch normalisation: each channel of images [N, C, H, W], each feature of vectors [N, D] and of sequences [N, T, D]
/// gets mean 0 and variance 1 over the batch, then a learned factor and term.
///
/// While training, mean and biased variance are the batch's, and the running ones move towards its mean and unbiased
/// variance by the share `momentum`, as in PyTorch; else the running ones are used. A batch with a single value for each
/// channel, such as one example left over at the end of an epoch of vectors, is normalised by the running statistics and
/// leaves them alone, where PyTorch gives up.
public final class BatchNorm: InitializableLayer {
  /// The input's shape.
  public let output: SignalShape
  /// The layer's own initializer of its factor.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its term.
  public var biasInitializer: Initializer?
  /// Values of one channel in one example.
  public let valuesPerChannel: Int
  private let weight: Parameter
  private let bias: Parameter
  private let running: RunningStatistics
  private let momentum: Double
  private let epsilon: Double

  /// A layer named `path` for values of shape `input`; throws on tokens. `momentum` in [0, 1], `epsilon` > 0.
  public init(
    path: LayerPath,
    input: SignalShape,
    momentum: Double = 0.1,
    epsilon: Double = 1e-5
  ) throws(LayerError) {
    guard let sizes = input.sizes, let last = sizes.last else {
      throw LayerError(BatchNorm.self, .input(input, needs: .values))
    }
    let channels = sizes.count == 3 ? sizes[0] : last
    output = input
    valuesPerChannel = sizes.reduce(1, *) / max(1, channels)
    weight = path.tensor("weight", [channels])
    bias = path.tensor("bias", [channels])
    running = RunningStatistics(
      mean: path.tensor("running_mean", [channels]),
      variance: path.tensor("running_var", [channels], initialValue: 1)
    )
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Factor, then term, one for each channel.
  public var parameters: [LayerParameter] { withOwnInitializers([.gain(weight), .shift(bias)]) }

  /// Running mean, then running variance.
  public var buffers: [Parameter] { [running.mean, running.variance] }

  /// (x − mean) / √(variance + epsilon) · weight + bias.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    self(input, pass, FusedEnd())
  }

  /// The same with what follows.
  func callAsFunction(_ input: Signal, _ pass: Pass, _ end: FusedEnd) -> Signal {
    .values(
      pass.tape.batchNorm(
        values(input),
        normalization(pass, rectifies: end.rectifies),
        pooling: end.pooling
      )
    )
  }

  /// The layer in a pass, with ReLU behind it if it `rectifies`.
  func normalization(_ pass: Pass, rectifies: Bool) -> BatchNormalization {
    BatchNormalization(
      weight: pass.tape.parameter(weight),
      bias: pass.tape.parameter(bias),
      running: running,
      momentum: momentum,
      epsilon: epsilon,
      rectifies: rectifies
    )
  }
}
