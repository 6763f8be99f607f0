// SPDX-License-Identifier: Apache-2.0

import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// The bits of tiny trainings, each with the numeric version that its runs have.
@Suite struct GoldenHashTests {
  static let hashes: [(name: String, version: Int, sha256: String)] = [
    ("mlp", 3, "4dec35d63a0e4942498e365779ba2d7239b971a9937fbbbf963f387ca77bb77b"),
    ("cnn", 3, "60bc9ea117c7b7887f117890b5795ca01ac24868c83de629aa6790dec9cbf679"),
    ("lstm", 3, "fcdb883e67b3a727804928e0caca5b6af965d5504cbb09b22c0526358ee7984d"),
    ("gru", 3, "e64eb3eb239907ccbac7f3136092d4ccae37455ef2b1f58bcc9b340203458b25"),
    ("rnn", 3, "1b90945aa2fbdc48e83878caff7d398fe7c9deba0807b3aab286d6a5ba2722ae"),
    ("embedding", 3, "a9937255c4bc1230f12e2b08c1741355dac9e8f10af210e1318a0015d1f0a321"),
    ("spirals", 5, "d006f6aa2ea728bec1c54c05ce094709f9c24de7295224bed6cbb21e31d1b96c"),
    ("average pool", 3, "2a353bd290fa3bc37da6fb9e55149dc165abe63024782cc599f2ddd0e44e7408"),
    ("rows", 3, "25d6a60c094d17203f10c6950cfbaa60f12b80da77ee5ac7644643060a5e0b58"),
    ("carried", 3, "ada1ec2de63c6952334d84693b65adb8deca7ed2b6727f39513593a7a71768c6"),
    ("tiles", 3, "0d8e5f5f61935d3ab591758afc02305a8ae4af2300cd4c7751cf8d5178bc9542"),
    ("normed", 3, "4d8388b7555068b15b4b647d2d29b3d1dbf69f67f9d3670926b9e9179f967ce3"),
    ("residual", 3, "48056bd31d3df8c2a3831d12a75d6140ddaa36e6607bbe2874c8bf8d12a44e51"),
    ("branches", 3, "2d65c78d1f089983290708c39dff5bff0c88a43a74f37f000e5913ba8ba89cef"),
    ("stacked", 3, "5ce0d5c8f5b538592c449e80f73977eccfbacbb6f13361dbb9528be2518d370b"),
    ("lengths", 5, "6b111739e2d56bef0628c93749af347816eb87c2daefd65711d7a782b8c86d53"),
    ("both ends", 3, "847b9243b8daa90baf0614a05ee7117c2e8490effb948eecbc92d4a47cbd5b29"),
    ("strided", 4, "0d252acb5949d058dd0ae700ddbc714e7d2324af765658ffbc09d477a0e827b9"),
    ("attention", 3, "f396ccbc04daa6c2f2ce97610171deb2b20b9233830a37af3875e10fe890fb69"),
    ("translated", 3, "efdd596af9d577915355cc0a18b1cd65524f230e29c1cf8407ee4768024ecbf3"),
    ("enlarged", 3, "8a3c4329c636dff74b10435ffb14144df58636296503c32365e916e98dcf2391"),
    ("two heads", 3, "bdf2c7ee4b67244cf00a5850dd41dad7084070da8f8622fea4ac7f6e6b760d9a"),
    ("functions", 5, "629c7414a4c29341b01f0309c693a926da8832eb91840063bdb105b46042007e"),
    ("robust", 3, "ddc08e1bb35d614dbf9cade9fc6698f5baf458d272bba18ddad594fa83c6e468"),
  ]

  @Test func `every tiny training has a golden hash`() {
    #expect(Self.hashes.map(\.name) == TinyTrainings.names)
  }

  /// What no tiny training passes through has bits that nothing pins, on this CPU or on another.
  @Test func `all layers, activations, losses and optimizers are in a tiny training`() throws {
    let folder = try TemporaryFolder()
    let specifications = try TinyTrainings.names.map {
      try TinyTrainings.subject($0, folder: folder).specification
    }
    let used = Set(
      specifications.flatMap { specification in
        specification.model.blocks.flatMap(\.layers).flatMap(names)
          + specification.losses.map(\.loss.name) + [specification.optimizer.name]
      }
    )
    for family in [Catalog.Family.layers, .activations, .losses, .optimizers] {
      let known = Set(Catalog.definitions(family).map(\.name))
      #expect(known.count > 3)
      #expect(known.subtracting(used).sorted() == [])
    }
  }

  /// The names of a layer, of what is inside it, and of its activation.
  private func names(_ component: Component) -> [String] {
    [component.name]
      + component.arguments.values.flatMap { value in
        (value.component.map(names) ?? []) + (value.components ?? []).flatMap(names)
          + value.namedLayers.flatMap { $0.layers.flatMap(names) }
      }
  }

  @Test(arguments: hashes)
  func `weights have the golden bits`(name: String, version: Int, sha256: String) throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject(name, folder: folder)
    let trained = try subject.trained()
    #expect(
      trained.weights.sha256 == sha256,
      """
      the bits of `\(name)` have changed. If that is meant, `NumericChange` in Experiments needs a case \
      whose rule names the runs like this one, so that stored runs of the old bits keep their version; then \
      put the new hash and version here; else find out what changed them
      """
    )
    #expect(try subject.numericVersion() == version)
  }
}
