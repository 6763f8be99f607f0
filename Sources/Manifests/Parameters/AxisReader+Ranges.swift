// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

extension AxisReader {
  /// An axis of `min`, `max` or of a distribution's moments.
  func numeric(
    _ keys: [String: SourceNode],
    _ entry: SourceEntry,
    label: String
  ) -> Axis? {
    guard let form = form(keys, entry, label: label) else { return nil }
    refuseKeys(keys, besides: form.keys, form: form.rawValue, label: label)
    guard let distribution = distribution(form, keys, entry, label: label) else { return nil }
    var axis = Axis(
      name: entry.key,
      place: entry.keyPlace,
      origin: .drawn(distribution),
      isLogarithmic: form.isLogarithmic
    )
    if let node = keys["points"] {
      guard let count = reader.integer(node, 2...100_000, label: "\(label).points") else {
        return nil
      }
      axis.origin = .listed(points(distribution, count, at: entry.value), probabilities: nil)
    } else if !isRandom {
      findings.report(.gridNeedsPoints(label), at: entry.keyPlace)
      return nil
    }
    return axis
  }

  private func points(
    _ distribution: Distribution,
    _ count: Int,
    at node: SourceNode
  ) -> [SourceNode] {
    var seen: Set<Double> = []
    return distribution.points(count).filter { seen.insert($0).inserted }
      .map { SourceNode(text: number($0), at: node.place) }
  }

  /// The form that `distribution`, `scale` and the ends' own form say.
  private func form(
    _ keys: [String: SourceNode],
    _ entry: SourceEntry,
    label: String
  ) -> Distribution.Form? {
    let scaleNode = keys["scale"]
    let scale = scaleNode.map { reader.choice($0, of: ["linear", "log"], label: "\(label).scale") }
    if case .some(.none) = scale { return nil }
    if let word = keys["distribution"] {
      guard let form = form(word, label: label) else { return nil }
      if let scaleNode, scale == "log", !form.isLogarithmic {
        findings.report(.unfitKey("scale", label, form: form.rawValue), at: scaleNode)
        return nil
      }
      return form
    }
    if keys["mu"] != nil || keys["sigma"] != nil { return .normal }
    if keys["q"] != nil { return scale == "log" ? .qLogUniformValues : .qUniform }
    if scale == "log" { return .logUniformValues }
    guard keys["min"] != nil || keys["max"] != nil else {
      findings.report(.axisWithoutValues(label), at: entry.keyPlace)
      return nil
    }
    let ends = [keys["min"], keys["max"]].compactMap { $0?.text.flatMap(Scalars.plainInteger) }
    return ends.count == 2 && keys["points"] == nil ? .intUniform : .uniform
  }

  private func form(_ word: SourceNode, label: String) -> Distribution.Form? {
    let label = "\(label).distribution"
    guard let name = reader.choice(word, of: Distribution.allNames, label: label) else {
      return nil
    }
    guard let form = Distribution.Form(rawValue: name) else {
      findings.report(.categoricalWithoutValues(label), at: word)
      return nil
    }
    return form
  }

  private func distribution(
    _ form: Distribution.Form,
    _ keys: [String: SourceNode],
    _ entry: SourceEntry,
    label: String
  ) -> Distribution? {
    func real(_ key: String, _ range: RealRange, standard: Double?) -> Double? {
      guard let node = keys[key] else {
        if standard == nil { findings.report(.missingKey(key, in: label), at: entry.keyPlace) }
        return standard
      }
      return reader.real(node, range, label: "\(label).\(key)")
    }
    let positive = RealRange(from: 0, excludingMinimum: true)
    let quantum = real("q", positive, standard: 1)
    if form.isNormal {
      guard let mu = real("mu", RealRange(), standard: 0),
        let sigma = real("sigma", positive, standard: 1), let quantum
      else { return nil }
      return Distribution(form: form, first: mu, second: sigma, quantum: quantum)
    }
    let range = form.isLogarithmic ? positive : RealRange()
    let low = real("min", range, standard: nil)
    let high = real("max", range, standard: nil)
    guard let low, let high, let quantum else { return nil }
    guard low < high else {
      let mistake = Mistake.reversedEnds("\(label).max", "\(label).min", high: high, low: low)
      findings.report(mistake, at: keys["max"] ?? entry.value)
      return nil
    }
    if form == .intUniform, low != low.rounded() || high != high.rounded() || high - low > 1e15 {
      findings.report(.unevenEnds(label), at: entry.value)
      return nil
    }
    return Distribution(form: form, first: low, second: high, quantum: quantum)
  }
}
