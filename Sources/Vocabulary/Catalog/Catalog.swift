// SPDX-License-Identifier: Apache-2.0

/// Every component this version knows, by family: the one source for the parser, the schema, the documentation's
/// completeness test and the builders' tests.
public enum Catalog {
  /// A family of components.
  public enum Family: String, Sendable, CaseIterable {
    /// Elements of `model`.
    case layers
    /// Elementwise functions; each is also a layer.
    case activations
    /// Values of `loss`.
    case losses
    /// Values of `optimizer`.
    case optimizers
    /// Values of `optimizer.schedule`.
    case schedules
    /// Values of `init.weights` and `init.biases`.
    case initializers
    /// Values of `data.dataset`.
    case datasets
    /// Elements of `metrics`.
    case metrics
  }

  /// The definitions of a family, in documentation order.
  public static func definitions(_ family: Family) -> [ComponentDefinition] {
    switch family {
    case .layers: layers
    case .activations: activations
    case .losses: losses
    case .optimizers: optimizers
    case .schedules: schedules
    case .initializers: initializers
    case .datasets: datasets
    case .metrics: metrics
    }
  }

  /// The definition of `name` in a family, or nil.
  public static func definition(_ name: String, in family: Family) -> ComponentDefinition? {
    definitions(family).first { $0.name == name }
  }
}
