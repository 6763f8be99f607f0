// SPDX-License-Identifier: Apache-2.0

/// What is known of a component beside its words and arguments, by its family.
///
/// Whoever needs such a fact asks the definition, so that nobody keeps a table of names.
public enum ComponentFacts: Sendable {
  /// Nothing besides.
  case none
  /// Of an activation that acts on each value by itself.
  case activation(ActivationFacts)
  /// Of a layer.
  case layer(LayerFacts)
  /// Of a data set.
  case dataset(DatasetFacts)
  /// Of a loss.
  case loss(LossFacts)
  /// Of a metric.
  case metric(MetricFacts)
}

/// Which targets a loss or a metric is defined on.
public enum TargetNeed: Sendable {
  /// All.
  case any
  /// One class for each example or each step.
  case classes
  /// One class for each step.
  case tokens
  /// One class for each step of a sequence of its own.
  case sequences
  /// Real numbers.
  case values
}

extension ComponentDefinition {
  /// What is known of an activation that acts on each value by itself; nil for other components.
  public var activation: ActivationFacts? {
    if case .activation(let facts) = facts { facts } else { nil }
  }

  /// What is known of a layer or of an activation as one; nil for other components.
  public var layer: LayerFacts? {
    switch facts {
    case .layer(let facts): facts
    case .activation(let facts): facts.layer
    case .none, .dataset, .loss, .metric: nil
    }
  }

  /// What is known of a data set; nil for other components.
  public var dataset: DatasetFacts? { if case .dataset(let facts) = facts { facts } else { nil } }

  /// What is known of a loss; nil for other components.
  public var loss: LossFacts? { if case .loss(let facts) = facts { facts } else { nil } }

  /// What is known of a metric; nil for other components.
  public var metric: MetricFacts? { if case .metric(let facts) = facts { facts } else { nil } }
}

extension Catalog {
  /// What is known of the layer `name`, which may be an activation; nil if no layer is called so.
  public static func layer(_ name: String) -> LayerFacts? {
    definition(name, in: .layers)?.layer ?? definition(name, in: .activations)?.layer
  }

  /// What is known of the data set `name`; nil if no data set is called so.
  public static func dataset(_ name: String) -> DatasetFacts? {
    definition(name, in: .datasets)?.dataset
  }

  /// What is known of the loss `name`; nil if no loss is called so.
  public static func loss(_ name: String) -> LossFacts? {
    definition(name, in: .losses)?.loss
  }
}
