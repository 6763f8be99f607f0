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
      let backward = model.parts.flatMap { part in
        part.layers.lastStepsOfBackwardHalves().map { place in
          diagnostic(
            .lastStepOfBackwardHalf,
            .warning,
            at: [.key("model")] + steps(part.place.steps + place),
            in: cell
          )
        }
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
    let carrying = cell.specification.model.facts { layer in
      layer.arguments["carry_state"]?.boolean == true ? true : nil
    }
    return carrying.map { place, _ in
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

  /// Blocks with one of several losses whose names hide a column of `runs`.
  var headMistakes: [Diagnostic] {
    cells.flatMap { cell -> [Diagnostic] in
      let losses = cell.specification.losses
      guard losses.count > 1 else { return [] }
      return losses.enumerated().compactMap { index, term in
        guard let block = term.block, ["best", "best_epoch", "last"].contains(block) else {
          return nil
        }
        let place: [ManifestStep] = ["loss", .index(index), "of"]
        return diagnostic(.hidingHead(block), .error, at: place, in: cell)
      }
    }
  }

  /// Layers whose own rate a schedule would raise.
  private func layersBelow(_ minimum: Double, _ schedule: String, _ cell: Cell) -> [Diagnostic] {
    let rates = cell.specification.model.facts { $0.arguments["learning_rate"]?.real }
    return rates.filter { $0.fact < minimum }.map { place, rate in
      diagnostic(
        .minimumAboveRate(schedule, minimum, rate: rate),
        .error,
        at: [.key("model")] + steps(place) + ["learning_rate"],
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

extension ModelSpecification {
  /// What `fact` tells of each layer, inner ones included, with the layer's place below `model`.
  fileprivate func facts<Fact>(
    _ fact: (Component) -> Fact?
  ) -> [(place: [String], fact: Fact)] {
    parts.flatMap { part in
      part.layers.facts(fact).map { (place: part.place.steps + $0.place, fact: $0.fact) }
    }
  }
}

extension [Component] {
  /// What `fact` tells of each layer, inner ones included, with the layer's place: indices and keys, such as `2`, `body`, `0`.
  fileprivate func facts<Fact>(
    _ fact: (Component) -> Fact?
  ) -> [(place: [String], fact: Fact)] {
    enumerated().flatMap { index, layer -> [(place: [String], fact: Fact)] in
      let own = fact(layer).map { [(place: [String](), fact: $0)] } ?? []
      let inner = layer.arguments.sorted { $0.key < $1.key }.flatMap { key, value in
        (value.components ?? []).facts(fact).map { (place: [key] + $0.place, fact: $0.fact) }
          + value.namedLayers.flatMap { name, layers in
            layers.facts(fact).map { (place: [key, name] + $0.place, fact: $0.fact) }
          }
      }
      return (own + inner).map { (place: ["\(index)"] + $0.place, fact: $0.fact) }
    }
  }
}
