// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
public import Vocabulary

/// Everything that decides a run's bits, and nothing else: two runs with the same content are one
/// run.
///
/// The content has the resolved model, initial values, loss, optimizer and loop, the data's
/// content, the seed and the version of the numerics. It does not have names and descriptions,
/// metrics, reports, expectations, checkpoints, the cadence of logging and evaluation (unless early
/// stopping depends on it), jobs and threads, and paths. A file enters by its digest.
public struct RunContent: Hashable, Sendable {
  let json: JSON

  /// The content of one seed of a cell.
  ///
  /// `dataSHA256` is the digest of the data's content (for a generator: of its name, version and
  /// arguments). `initializationSHA256` is the digest of the file in `init.from`, if there is one.
  public init(
    specification: RunSpecification,
    seed: Int,
    dataSHA256: String,
    initializationSHA256: String? = nil,
    numericVersion: Int
  ) {
    precondition(
      (specification.initialization.file == nil) == (initializationSHA256 == nil),
      "an initialization file and its digest come together"
    )
    var content = specification.content.mapValues(JSON.init(content:))
    content["data"]?["dataset"] = JSON(
      content: .component(Self.withoutPaths(specification.data.dataset))
    )
    content["data"]?["sha256"] = .text(dataSHA256)
    // A data seed that follows the run's is the number it comes to.
    if specification.data.followsRunSeed { content["data"]?["seed"] = .integer(seed) }
    content["init"]?["from_sha256"] = initializationSHA256.map { .text($0) }
    content["seed"] = .integer(seed)
    content["numeric_version"] = .integer(numericVersion)
    json = .sorted(content)
  }

  /// The canonical JSON text.
  public var text: String { json.canonical }

  /// The SHA-256 of the text as 64 lower-case hexadecimal digits.
  public var key: String { SHA256.hexadecimal(of: text) }

  /// The component without those arguments that the catalog calls paths, nested ones included.
  private static func withoutPaths(_ dataset: Component) -> Component {
    guard let definition = Catalog.definition(dataset.name, in: .datasets) else { return dataset }
    return Component(
      dataset.name,
      withoutPaths(dataset.arguments, definitions: definition.arguments)
    )
  }

  private static func withoutPaths(
    _ arguments: [String: ArgumentValue],
    definitions: [ArgumentDefinition]
  ) -> [String: ArgumentValue] {
    var kept = arguments
    for definition in definitions {
      switch (definition.kind, arguments[definition.name]) {
      case (.path, _), (.paths, _), (.folder, _), (.list(.path), _): kept[definition.name] = nil
      case (.mapping(let inner), .mapping(let fields)?):
        let left = withoutPaths(fields, definitions: inner)
        kept[definition.name] = left.isEmpty ? nil : .mapping(left)
      default: break
      }
    }
    return kept
  }
}

extension JSON {
  /// A value as it is part of a content: what came later counts only where it says something.
  fileprivate init(content value: ArgumentValue) { self.init(value.withoutStandardAdditions) }
}
