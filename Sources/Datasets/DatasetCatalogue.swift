// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Vocabulary

/// What this version knows about one data set without opening any file.
public struct DatasetCatalogueEntry: Hashable, Sendable {
  /// One file of a public set.
  public struct File: Hashable, Sendable {
    /// Its name in the set's folder.
    public var name: String
    /// Its size.
    public var byteCount: Int
    /// Its digest, 64 hexadecimal digits.
    public var sha256: String
    /// Where it is published; nil if no address has these bytes.
    public var url: String?
  }

  /// The name in the manifest.
  public var name: String
  /// One sentence.
  public var summary: String
  /// The folder of its files inside one of the searched folders; nil for generators and the user's
  /// own files.
  public var folder: String?
  /// Its files.
  public var files: [File]
  /// The licence, as its source states it.
  public var licence: String

  /// Whether its files are the user's own, named in the manifest.
  public var isOwn: Bool { licence == DatasetCatalogue.own }
  /// Whether this program generates it.
  public var isGenerated: Bool { folder == nil && !isOwn }
}

/// The known data sets: what is published of each, and what reads or draws it. A new one costs a line here, beside its
/// definition in `Catalog`.
enum DatasetCatalogue {
  /// The licence of the user's own files.
  static let own = "yours"

  private struct Known: Sendable {
    var entry: DatasetCatalogueEntry
    var source: @Sendable (FileSet) -> any DatasetSource
  }

  static let entries: [DatasetCatalogueEntry] = known.map(\.entry)

  static func source(_ name: String) throws(DatasetError) -> any DatasetSource {
    guard let known = known.first(where: { $0.entry.name == name }) else { throw unknown(name) }
    return known.source(fileSet(known.entry))
  }

  static func entry(_ name: String) throws(DatasetError) -> DatasetCatalogueEntry {
    guard let entry = entries.first(where: { $0.name == name }) else { throw unknown(name) }
    return entry
  }

  static func fileSet(_ entry: DatasetCatalogueEntry) -> FileSet {
    FileSet(name: entry.name, folder: entry.folder ?? "", files: entry.files.map(\.name))
  }

  private static func unknown(_ name: String) -> DatasetError {
    .unknownName(name, near: nearestName(to: name, among: entries.map(\.name)))
  }

  private static let known: [Known] = [
    published(
      "fashion_mnist",
      folder: "fashion-mnist",
      files: idxFiles(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        [
          (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
          (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
          (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
          (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ]
      ),
      licence: "MIT (Zalando SE)"
    ) { IDXDataset(files: $0, counts: (60_000, 10_000), classNames: fashionClasses) },
    published(
      "fashion_mnist_mini",
      folder: "fashion-mnist-mini",
      files: idxFiles(
        nil,
        [
          (430_157, "aa4c3c4b134d437012c900d920d7d338d931fa5690faaa2a15e5d6be316353d3"),
          (525, "76269f24fac2b45d5ee2945ea87b81ad83d288ec89d1f3fa20e36438a3ee2e2b"),
          (221_100, "1a229c53d4cd24f107b0278973a5fd69f9a6fdebf4477d908cc67aca2ba09921"),
          (276, "dbf98fd5f0dd068b6f4ff9daebc3457c1fbadc369b0794c726a884fd638d2574"),
        ]
      ),
      licence: "MIT (Zalando SE)"
    ) { IDXDataset(files: $0, counts: (1000, 500), classNames: fashionClasses) },
    published(
      "mnist",
      folder: "mnist",
      files: idxFiles(
        "http://yann.lecun.com/exdb/mnist/",
        [
          (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
          (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
          (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
          (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ]
      ),
      licence:
        "no licence file at the source; commonly stated as CC BY-SA 3.0 (LeCun, Cortes, Burges)"
    ) { IDXDataset(files: $0, counts: (60_000, 10_000), classNames: (0..<10).map { "\($0)" }) },
    published(
      "time_machine",
      folder: "time-machine",
      files: [
        DatasetCatalogueEntry.File(
          name: "timemachine.txt",
          byteCount: 178_979,
          sha256: "8424dbd9532ac81f7e5f0b6add90e6952baea29158309d7d1bf3884f4e12c516",
          url: "http://d2l-data.s3-accelerate.amazonaws.com/timemachine.txt"
        )
      ],
      licence: "public domain"
    ) { TimeMachine(files: $0) },
    published(
      "airfoil",
      folder: "airfoil",
      files: [
        DatasetCatalogueEntry.File(
          name: "airfoil_self_noise.dat",
          byteCount: 59_984,
          sha256: "74c75fd71783f1e6b71f8a622b993dc592897a97cd689c5090a07147a1b097b3",
          url: "http://d2l-data.s3-accelerate.amazonaws.com/airfoil_self_noise.dat"
        )
      ],
      licence: "CC BY 4.0 (Brooks, Pope, Marcolini, NASA; UCI Machine Learning Repository)"
    ) { Airfoil(files: $0) },
    published(
      "house_prices",
      folder: "house-prices",
      files: [
        DatasetCatalogueEntry.File(
          name: "kaggle_house_pred_train.csv",
          byteCount: 460_676,
          sha256: "1e18addf81e5e4d347cc17ee6075bbe4a42b7fa26b9e5b063e8f692a5f929d41",
          url: "http://d2l-data.s3-accelerate.amazonaws.com/kaggle_house_pred_train.csv"
        ),
        DatasetCatalogueEntry.File(
          name: "kaggle_house_pred_test.csv",
          byteCount: 451_405,
          sha256: "8fdd3d829d4d986b58f845c9553b225e67dd8383624d90fb6ca1d4bed5798c1e",
          url: "http://d2l-data.s3-accelerate.amazonaws.com/kaggle_house_pred_test.csv"
        ),
      ],
      licence: "not stated: handed out through a Kaggle competition; do not pass it on"
    ) { HousePrices(files: $0) },
    published(
      "fra_eng",
      folder: "fra-eng",
      files: [
        // The address of the source has a newer edition, which grows.
        DatasetCatalogueEntry.File(
          name: "fra-eng.zip",
          byteCount: 3_423_204,
          sha256: "036e7dc4e83d393db24720ca0c7b7ddcb4b6b6053960438a5c0e1d6d8f2528f5",
          url: nil
        )
      ],
      licence: "CC BY 2.0 FR (Tatoeba project, manythings.org; edition of 2019-04-07)"
    ) { FrenchPairs(files: $0) },
    ofOwnFiles("npy", NpyDataset()),
    ofOwnFiles("csv", CSVDataset()),
    ofOwnFiles("images", ImageFolder()),
    ofOwnFiles("text", TextDataset()),
    ofOwnFiles("pairs", PairsDataset()),
    drawn("glyphs", Glyphs()),
    drawn("spirals", Spirals()),
    drawn("grammar", Grammar()),
    drawn("moons", Moons()),
    drawn("xor", ExclusiveOr()),
    drawn("linear", LinearModel()),
    drawn("polynomial", PolynomialModel()),
    drawn("high_dimensional_linear", HighDimensionalLinearModel()),
    drawn("sine", Sine()),
    drawn("copy", CopyTask()),
    drawn("adding", AddingTask()),
    drawn("reversal", Reversal()),
    drawn("noise_images", NoiseImages()),
  ]

  private static func published(
    _ name: String,
    folder: String,
    files: [DatasetCatalogueEntry.File],
    licence: String,
    _ source: @escaping @Sendable (FileSet) -> any DatasetSource
  ) -> Known {
    Known(
      entry: entry(name, folder: folder, files: files, licence: licence),
      source: source
    )
  }

  private static func ofOwnFiles(_ name: String, _ source: any DatasetSource) -> Known {
    Known(entry: entry(name, licence: own)) { _ in source }
  }

  private static func drawn(_ name: String, _ source: any DatasetSource) -> Known {
    Known(entry: entry(name, licence: "Apache-2.0, drawn by this program")) { _ in source }
  }

  /// The sentence is that of the definition.
  private static func entry(
    _ name: String,
    folder: String? = nil,
    files: [DatasetCatalogueEntry.File] = [],
    licence: String
  ) -> DatasetCatalogueEntry {
    guard let definition = Catalog.definition(name, in: .datasets) else {
      preconditionFailure("the catalog does not define `\(name)`")
    }
    return DatasetCatalogueEntry(
      name: name,
      summary: definition.summary,
      folder: folder,
      files: files,
      licence: licence
    )
  }

  // MARK: - Public sets

  private static let fashionClasses = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// The four files of MNIST and its likes: training images and labels, test images and labels.
  private static func idxFiles(
    _ address: String?,
    _ digests: [(bytes: Int, sha256: String)]
  ) -> [DatasetCatalogueEntry.File] {
    let names = [
      "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
    ]
    return zip(names, digests).map { name, digest in
      DatasetCatalogueEntry.File(
        name: name,
        byteCount: digest.bytes,
        sha256: digest.sha256,
        url: address.map { $0 + name }
      )
    }
  }
}
