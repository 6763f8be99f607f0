// SPDX-License-Identifier: Apache-2.0

/// Checks every `${p}` of the sections in which parameters are put in.
struct ReferenceCheck {
  let root: [String: SourceNode]
  let declared: [String]
  let findings: Findings
  private(set) var used: Set<String> = []

  init(root: [String: SourceNode], declared: [String], findings: Findings) {
    self.root = root
    self.declared = declared
    self.findings = findings
    for (name, alternatives) in alternatives where root[name] == nil && root[alternatives] != nil {
      used.insert(name)
    }
    for section in SpecificationReader.sections {
      if let node = root[section] { visit(node, path: section) }
    }
  }

  private mutating func visit(_ node: SourceNode, path: String) {
    switch node.content {
    case .scalar(let scalar):
      for name in references(in: scalar.text) {
        visit(name, isAlone: scalar.text == "${\(name)}", path: path, at: node)
      }
    case .mapping(let entries):
      for entry in entries { visit(entry.value, path: "\(path).\(entry.key)") }
    case .sequence(let items):
      for item in items { visit(item, path: path) }
    }
  }

  private mutating func visit(_ name: String, isAlone: Bool, path: String, at node: SourceNode) {
    if name == "seed" {
      if path != "data.seed" || !isAlone { findings.report(.seedOutsideData, at: node.place) }
    } else if declared.contains(name) {
      used.insert(name)
    } else {
      // Whoever wrote `${ p }` or `${2*p}` did not forget p.
      used.formUnion(ReferenceName(name).words)
      findings.report(.undeclaredParameter(name, declared: declared), at: node.place)
    }
  }

  /// Reports parameters that no section uses.
  func reportUnused(_ axes: [Axis]) {
    for axis in axes where !used.contains(axis.name) {
      findings.report(.unusedParameter(axis.name), at: axis.place)
    }
  }
}
