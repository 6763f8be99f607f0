// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// What a whole cell shows and no single key does. Only planning asks, so that stored runs keep opening.
extension Plan {
  /// What is worth a look in the cells' models, at its layer.
  var modelWarnings: [Diagnostic] {
    cells.flatMap { cell -> [Diagnostic] in
      let model = cell.specification.model
      let backward = model.lastStepsOfBackwardHalves().map { place in
        diagnostic(.lastStepOfBackwardHalf, .warning, at: [.key("model")] + steps(place), in: cell)
      }
      return backward + carriedStates(cell)
    }
  }

  /// Layers that carry their state into a batch that does not continue the one before.
  private func carriedStates(_ cell: Cell) -> [Diagnostic] {
    let dataset = cell.specification.data.dataset
    // Rows that are not shuffled may continue each other as the user has laid them out.
    let partition = dataset.arguments["partition"]?.text
    guard cell.specification.train.shuffle, partition != "sequential" else { return [] }
    let mistake = Mistake.carriedState(isText: partition != nil)
    let carries = { (layer: Component) in layer.arguments["carry_state"]?.boolean == true }
    return cell.specification.model.places(carries).map { place in
      diagnostic(
        mistake,
        .warning,
        at: [.key("model")] + steps(place) + ["carry_state"],
        in: cell
      )
    }
  }

  /// Schedules that do not lower a rate, or never reach it.
  var scheduleMistakes: [Diagnostic] {
    cells.flatMap { cell -> [Diagnostic] in
      let specification = cell.specification
      guard let schedule = specification.optimizer.arguments["schedule"]?.component else {
        return []
      }
      var found: [Diagnostic] = []
      let path: [ManifestStep] = ["optimizer", "schedule"]
      let epochs = specification.train.epochs
      // An end within the warm-up is told where the model is checked.
      if schedule.arguments["per"]?.text == "epoch",
        let warmUp = schedule.arguments["warm_up"]?.integer, warmUp > epochs,
        schedule.arguments["end"]?.integer.map({ $0 > warmUp }) ?? true
      {
        let mistake = Mistake.longWarmUp(warmUp, epochs: epochs)
        found.append(diagnostic(mistake, .error, at: path + ["warm_up"], in: cell))
      }
      guard let minimum = schedule.arguments["minimum"]?.real else { return found }
      if let rate = specification.optimizer.arguments["learning_rate"]?.real, minimum > rate {
        let mistake = Mistake.minimumAboveRate(schedule.name, minimum, rate: rate)
        found.append(diagnostic(mistake, .error, at: path + ["minimum"], in: cell))
      }
      return found + layersBelow(minimum, schedule.name, cell)
    }
  }

  /// Layers whose own rate a schedule would raise.
  private func layersBelow(_ minimum: Double, _ schedule: String, _ cell: Cell) -> [Diagnostic] {
    cell.specification.model.ownRates().filter { $0.rate < minimum }.map { layer in
      diagnostic(
        .minimumAboveRate(schedule, minimum, rate: layer.rate),
        .error,
        at: [.key("model")] + steps(layer.place) + ["learning_rate"],
        in: cell
      )
    }
  }

  private func steps(_ place: [String]) -> [ManifestStep] {
    place.map { Int($0).map(ManifestStep.index) ?? .key($0) }
  }

  private func diagnostic(
    _ mistake: Mistake,
    _ severity: Diagnostic.Severity,
    at path: [ManifestStep],
    in cell: Cell
  ) -> Diagnostic {
    diagnostic(mistake.message, severity: severity, hints: mistake.hints, at: path, in: cell)
  }
}

extension [Component] {
  /// Where layers are that `fits` accepts: indices and keys, such as `2`, `body`, `0`.
  fileprivate func places(_ fits: (Component) -> Bool) -> [[String]] {
    enumerated().flatMap { index, layer -> [[String]] in
      let inner = layer.arguments.sorted { $0.key < $1.key }.flatMap { key, value in
        (value.components ?? []).places(fits).map { [key] + $0 }
          + value.namedLayers.flatMap { name, layers in
            layers.places(fits).map { [key, name] + $0 }
          }
      }
      return ((fits(layer) ? [[]] : []) + inner).map { ["\(index)"] + $0 }
    }
  }

  /// The layers with a learning rate of their own: indices and keys, such as `2`, `body`, `0`.
  fileprivate func ownRates() -> [(place: [String], rate: Double)] {
    enumerated().flatMap { index, layer -> [(place: [String], rate: Double)] in
      let own = layer.arguments["learning_rate"]?.real.map { [(place: [String](), rate: $0)] } ?? []
      let inner = layer.arguments.sorted { $0.key < $1.key }.flatMap { key, value in
        (value.components ?? []).ownRates().map { (place: [key] + $0.place, rate: $0.rate) }
          + value.namedLayers.flatMap { name, layers in
            layers.ownRates().map { (place: [key, name] + $0.place, rate: $0.rate) }
          }
      }
      return (own + inner).map { (place: ["\(index)"] + $0.place, rate: $0.rate) }
    }
  }
}
