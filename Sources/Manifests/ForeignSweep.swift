// SPDX-License-Identifier: Apache-2.0

public import Diagnostics

/// The search and the parameters of a Weights & Biases sweep configuration, as far as a manifest
/// has them, too.
public struct ForeignSweep: Hashable, Sendable {
  /// One parameter with its axis as one line of YAML, as the file has it.
  public struct Parameter: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The axis, such as `{ values: [16, 32] }`.
    public var axis: String
  }

  /// `grid`, `random` or `bayes`, as the file has it.
  public var method: String?
  /// The number of draws.
  public var runCap: Int?
  /// The metric's name, as the file has it.
  public var metric: String?
  /// `minimize` or `maximize`, as the file has it.
  public var goal: String?
  /// The parameters, in their order.
  public var parameters: [Parameter]
  /// Keys that have no meaning for this program, such as `program` and `command`.
  public var otherKeys: [String]

  /// Reads such a file; throws if it is not a YAML mapping with `parameters`.
  public init(_ text: String, file: String) throws(DiagnosticList) {
    let findings = Findings()
    let root = Document.read(text, file: file, findings: findings)
    guard let root, findings.isClean else { throw DiagnosticList(findings.errors) }
    guard let axes = root["parameters"]?.entries, !axes.isEmpty else {
      throw DiagnosticList([
        Diagnostic(
          "`\(file)` has no `parameters`, so it is no sweep configuration",
          hints: ["a manifest of runexp is used as it is: `runexp plan \(file)`"]
        )
      ])
    }
    method = root["method"]?.text
    runCap = root["run_cap"]?.text.flatMap { Int($0) }
    metric = root["metric"]?["name"]?.text
    goal = root["metric"]?["goal"]?.text
    parameters = axes.map { Parameter(name: $0.key, axis: $0.value.flow) }
    let known = ["method", "run_cap", "metric", "parameters"]
    otherKeys = (root.entries ?? []).map(\.key).filter { !known.contains($0) }
  }
}

extension SourceNode {
  /// The node as YAML in one line; text stays quoted where it was.
  fileprivate var flow: String {
    switch content {
    case .scalar(let scalar):
      guard scalar.isQuoted else { return Standin.undone(scalar.text) }
      let escaped = scalar.text.flatMap { character -> [Character] in
        switch character {
        case "\"", "\\": ["\\", character]
        case _ where character.isNewline: [" "]
        default: [character]
        }
      }
      return "\"" + String(escaped) + "\""
    case .sequence(let items): return "[" + items.map(\.flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      return "{ " + entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + " }"
    }
  }
}
