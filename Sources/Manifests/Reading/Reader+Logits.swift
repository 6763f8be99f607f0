// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

extension Reader {
  /// Checks the last layer of a list that does something; of branches each one's.
  func checkEnd(of layers: SourceNode) {
    let items = layers.items ?? []
    guard let last = items.last(where: { !isPassing($0) }) ?? items.last else { return }
    checkLast(last)
    guard head(of: last)?.text == "branches" else { return }
    for entry in argument("paths", of: last)?.entries ?? [] { checkEnd(of: entry.value) }
  }

  /// Whether a layer hands on what it gets, in another form at most.
  private func isPassing(_ layer: SourceNode) -> Bool {
    guard let facts = head(of: layer)?.text.flatMap(Catalog.layer) else { return false }
    return facts.passes != .none
  }

  private func checkLast(_ layer: SourceNode) {
    guard let loss, let refused = Catalog.loss(loss)?.replaces else { return }
    let own = argument("activation", of: layer).flatMap(head)
    for node in [head(of: layer), own].compactMap({ $0 }) {
      guard let name = node.text, refused.contains(name) else { continue }
      findings.report(.appliedTwice(name, before: loss), at: node)
    }
  }

  /// The node that holds a component's name, in any of its forms.
  private func head(of component: SourceNode) -> SourceNode? {
    guard let component = quietly(component) else { return nil }
    if component.text != nil { return component }
    if let name = component["name"] { return quietly(name) }
    guard let entries = component.entries, entries.count == 1 else { return nil }
    return SourceNode(text: entries[0].key, at: entries[0].keyPlace)
  }

  private func argument(_ key: String, of layer: SourceNode) -> SourceNode? {
    if layer["name"] != nil { return layer[key].flatMap(quietly) }
    guard let entries = layer.entries, entries.count == 1 else { return nil }
    return quietly(entries[0].value)?[key].flatMap(quietly)
  }

  /// The node with its parameter put in; what is wrong with that is reported where the node is read.
  func quietly(_ node: SourceNode) -> SourceNode? { scope.resolve(node, Findings()) }
}
