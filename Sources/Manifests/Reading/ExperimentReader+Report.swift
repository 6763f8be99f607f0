// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

extension ExperimentReader {
  /// What the report shows, defaults filled in.
  func report(metric: MetricSelection) -> ReportOptions {
    guard let node = root["report"] else { return options(metric, [:]) }
    if node.scalar != nil, !node.isNull { return options(metric, ["metric": node]) }
    let keys = reader.fixed(node, ManifestKeys.report, owner: Owner("report"))
    return options(metric, keys ?? [:])
  }

  private func options(_ metric: MetricSelection, _ keys: [String: SourceNode]) -> ReportOptions {
    let named = keys["metric"].flatMap {
      reader.metricName($0, label: "report.metric", parts: parts)
    }
    let name = named?.description ?? standardMetric(metric)
    let rows = axis("rows", keys)
    let columns = axis("columns", keys)
    if let rows, rows == columns, let node = keys["columns"] {
      findings.report(.rowsAreColumns(rows), at: node)
    }
    let curves = keys["curves"].flatMap { self.curves($0) }
    return ReportOptions(
      metric: name,
      rows: rows,
      columns: columns,
      curves: curves ?? standardCurves(name),
      looks: reader.value("looks", of: ManifestKeys.report, in: keys, owner: "report")?.integer,
      formats: keys["format"].flatMap(formats),
      titles: hasTitles(keys)
    )
  }

  /// Nil where the standard was spelt out, so that it makes no new plan.
  private func hasTitles(_ keys: [String: SourceNode]) -> Bool? {
    let value = reader.value("titles", of: ManifestKeys.report, in: keys, owner: "report")
    return value?.boolean == false ? false : nil
  }

  /// Each format once, in the order in which reports name them; nil for PNG alone.
  private func formats(_ node: SourceNode) -> [PictureFormat]? {
    let label = "report.format"
    let words = PictureFormat.allCases.map(\.rawValue)
    guard let node = reader.resolve(node) else { return nil }
    guard let items = node.items else {
      if let text = node.text, text.contains(",") {
        findings.report(.joinedWords(label, words: words, got: text), at: node)
        return nil
      }
      return reader.choice(node, of: words, label: label).flatMap(PictureFormat.init)
        .flatMap { $0 == .png ? nil : [$0] }
    }
    guard !items.isEmpty else {
      findings.report(.emptyList(label), at: node)
      return nil
    }
    var formats: [PictureFormat] = []
    for item in items {
      let word = reader.choice(item, of: words, label: label)
      guard let format = word.flatMap(PictureFormat.init) else { continue }
      if formats.contains(format) {
        findings.report(.repeatedWord(label, format.rawValue), at: item)
      }
      formats.append(format)
    }
    return formats == [.png] ? nil : formats.sorted()
  }

  private func standardMetric(_ metric: MetricSelection) -> String {
    guard parts.withoutTest == nil else { return metric.name }
    return hasClasses ? "test.accuracy" : "test.loss"
  }

  private func standardCurves(_ metric: String) -> [String] {
    guard let name = MetricName(metric) else { return ["train.loss"] }
    let part: MetricName.Part =
      parts.hasValidation ? .val : parts.withoutTest == nil ? .test : .train
    let curve = "\(part.rawValue).\(name.quantity)"
    return curve == "train.loss" || MetricName(curve) == nil
      ? ["train.loss"] : ["train.loss", curve]
  }

  private func curves(_ node: SourceNode) -> [String]? {
    let label = "report.curves"
    guard let items = reader.items(node, expected: "a list of metrics", label: label) else {
      return nil
    }
    return items.compactMap { reader.metricName($0, label: label, parts: parts)?.description }
  }

  /// A parameter of the table that is not tuned away.
  private func axis(_ key: String, _ keys: [String: SourceNode]) -> String? {
    guard let node = keys[key], let name = reader.text(node, label: "report.\(key)"),
      parameters.isDeclared(name, in: "report.\(key)", at: node.place)
    else { return nil }
    let tuned = root["tune"]?.items?.compactMap(\.text) ?? []
    guard !tuned.contains(name) else {
      findings.report(.tunedAway(name, in: "report.\(key)"), at: node)
      return nil
    }
    return name
  }

  // MARK: - References

  func references(metric: String) -> [ReferenceValue] {
    guard let node = root["reference"],
      let items = reader.items(node, expected: "a list of mappings", label: "reference")
    else { return [] }
    return items.compactMap { reference($0, metric: metric) }
  }

  private func reference(_ node: SourceNode, metric: String) -> ReferenceValue? {
    guard let keys = reader.fixed(node, ManifestKeys.reference, owner: Owner("reference")) else {
      return nil
    }
    func read(_ key: String) -> ArgumentValue? {
      reader.value(key, of: ManifestKeys.reference, in: keys, owner: "reference")
    }
    let label = read("label")?.text
    let value = read("value")?.real
    let source = read("source")?.text
    let name = keys["metric"].flatMap {
      reader.metricName($0, label: "reference.metric", parts: parts)?.description
    }
    guard let label, let value else { return nil }
    // Without a known name of its own it would be held against another metric's range.
    if let node = keys["value"], keys["metric"] == nil || name != nil {
      MetricRangeCheck(name ?? metric, findings)?.accepts(value, label: "reference.value", at: node)
    }
    return ReferenceValue(label: label, metric: name ?? metric, value: value, source: source)
  }
}
