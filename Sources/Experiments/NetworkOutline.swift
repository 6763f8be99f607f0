// SPDX-License-Identifier: Apache-2.0

/// A network of blocks in words, captured when a run ends: enough to draw it, without a tensor.
public struct NetworkOutline: Hashable, Codable, Sendable {
  /// An input of the data.
  public struct Input: Hashable, Codable, Sendable {
    /// Its name.
    public var name: String
    /// Its shape for one example, such as `[1, 28, 28]`.
    public var shape: String

    /// An input.
    public init(name: String, shape: String) {
      self.name = name
      self.shape = shape
    }
  }

  /// A block.
  public struct Block: Hashable, Codable, Sendable {
    /// Its name.
    public var name: String
    /// The inputs and blocks that its first layer reads.
    public var sources: [String]
    /// Whether several sources are added; otherwise they stand side by side.
    public var addsSources: Bool
    /// The blocks with whose last states its recurrent layers begin.
    public var states: [String]
    /// The blocks whose steps its layers look at.
    public var memories: [String]
    /// Its layers in short, first to last.
    public var layers: [String]
    /// The shape of its result for one example.
    public var shape: String
    /// Trained values of its layers, those that it shares with others included.
    public var parameterCount: Int
    /// The block whose weights it uses; nil if it has its own.
    public var owner: String?
    /// The losses that are taken of its result, such as `mse to input`.
    public var losses: [String]

    /// A block.
    public init(
      name: String,
      sources: [String],
      addsSources: Bool = false,
      states: [String] = [],
      memories: [String] = [],
      layers: [String] = [],
      shape: String,
      parameterCount: Int = 0,
      owner: String? = nil,
      losses: [String] = []
    ) {
      self.name = name
      self.sources = sources
      self.addsSources = addsSources
      self.states = states
      self.memories = memories
      self.layers = layers
      self.shape = shape
      self.parameterCount = parameterCount
      self.owner = owner
      self.losses = losses
    }

    private enum CodingKeys: String, CodingKey {
      case name, sources, states, memories, layers, shape, losses
      case addsSources = "adds_sources"
      case parameterCount = "parameter_count"
      case owner = "weights_of"
    }
  }

  /// The inputs that are read.
  public var inputs: [Input]
  /// The blocks in the order in which they are computed.
  public var blocks: [Block]
  /// Trained values of the network; shared ones count once.
  public var parameterCount: Int

  /// An outline.
  public init(inputs: [Input], blocks: [Block], parameterCount: Int) {
    self.inputs = inputs
    self.blocks = blocks
    self.parameterCount = parameterCount
  }

  private enum CodingKeys: String, CodingKey {
    case inputs, blocks
    case parameterCount = "parameter_count"
  }
}

extension CaptureKind<NetworkOutline> {
  /// The blocks of a run's network; absent for a list of layers.
  public static var network: Self { Self("network") }
}
