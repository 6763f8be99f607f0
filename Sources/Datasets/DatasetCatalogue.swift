// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

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
    /// Where it is published; nil if it is derived from other files.
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

/// The known data sets.
enum DatasetCatalogue {
  /// The licence of the user's own files.
  static let own = "yours"

  static let entries: [DatasetCatalogueEntry] = [
    fashion, fashionMini, mnist, timeMachine, airfoil, housePrices,
    built("npy", "Arrays of your own in npy files.", licence: own),
    built("csv", "Tables of your own in CSV files.", licence: own),
    built("images", "Pictures of your own: a folder of PNG files for each class.", licence: own),
    built("text", "A text of your own, the next token at each step.", licence: own),
    built("glyphs", "Ten drawn shapes, distorted: grey 28×28 images."),
    built("spirals", "Interleaved spirals in the plane."),
    built("grammar", "Text of a small grammar, the next character at each step."),
    built("moons", "Two interleaved half circles in the plane."),
    built("xor", "Points of a square, the class is XOR of their signs."),
    built("linear", "Linear regression with known weights."),
    built("polynomial", "A polynomial of degree 3 from powers of its argument."),
    built("high_dimensional_linear", "Linear regression with more inputs than examples."),
    built("sine", "Windows of a noisy sine; the target is the next value."),
    built("copy", "Symbols to be repeated after a lag, a token target at each step."),
    built("adding", "The sum of two marked numbers of a sequence."),
    built("noise_images", "Images of a class pattern in noise, of any size."),
  ]

  static func source(_ name: String) throws(DatasetError) -> any DatasetSource {
    switch name {
    case "fashion_mnist": idx(fashion, (60_000, 10_000), fashionClasses)
    case "fashion_mnist_mini": idx(fashionMini, (1000, 500), fashionClasses)
    case "mnist": idx(mnist, (60_000, 10_000), (0..<10).map { "\($0)" })
    case "time_machine": TimeMachine(files: fileSet(timeMachine))
    case "airfoil": Airfoil(files: fileSet(airfoil))
    case "house_prices": HousePrices(files: fileSet(housePrices))
    case "npy": NpyDataset()
    case "csv": CSVDataset()
    case "images": ImageFolder()
    case "text": TextDataset()
    case "glyphs": Glyphs()
    case "spirals": Spirals()
    case "grammar": Grammar()
    case "moons": Moons()
    case "xor": ExclusiveOr()
    case "linear": LinearModel()
    case "polynomial": PolynomialModel()
    case "high_dimensional_linear": HighDimensionalLinearModel()
    case "sine": Sine()
    case "copy": CopyTask()
    case "adding": AddingTask()
    case "noise_images": NoiseImages()
    default: throw unknown(name)
    }
  }

  static func entry(_ name: String) throws(DatasetError) -> DatasetCatalogueEntry {
    guard let entry = entries.first(where: { $0.name == name }) else { throw unknown(name) }
    return entry
  }

  static func fileSet(_ entry: DatasetCatalogueEntry) -> FileSet {
    FileSet(name: entry.name, folder: entry.folder ?? "", files: entry.files.map(\.name))
  }

  private static func idx(
    _ entry: DatasetCatalogueEntry,
    _ counts: (Int, Int),
    _ classes: [String]
  ) -> IDXDataset {
    IDXDataset(files: fileSet(entry), counts: counts, classNames: classes)
  }

  private static func unknown(_ name: String) -> DatasetError {
    .unknownName(name, near: nearestName(to: name, among: entries.map(\.name)))
  }

  private static func built(
    _ name: String,
    _ summary: String,
    licence: String = "Apache-2.0, drawn by this program"
  ) -> DatasetCatalogueEntry {
    DatasetCatalogueEntry(name: name, summary: summary, folder: nil, files: [], licence: licence)
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

  private static let fashion = DatasetCatalogueEntry(
    name: "fashion_mnist",
    summary: "Fashion-MNIST: 60,000 + 10,000 grey 28×28 images, 10 classes.",
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
  )

  private static let fashionMini = DatasetCatalogueEntry(
    name: "fashion_mnist_mini",
    summary: "The first 1,000 + 500 images of Fashion-MNIST, for quick tests.",
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
  )

  private static let mnist = DatasetCatalogueEntry(
    name: "mnist",
    summary: "MNIST: 60,000 + 10,000 grey 28×28 digits.",
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
  )

  private static let timeMachine = DatasetCatalogueEntry(
    name: "time_machine",
    summary: "The Time Machine by H. G. Wells (1895), the next token at each step.",
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
  )

  private static let airfoil = DatasetCatalogueEntry(
    name: "airfoil",
    summary: "NASA's airfoil self-noise: 1,503 records, 5 inputs, a real target.",
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
  )

  private static let housePrices = DatasetCatalogueEntry(
    name: "house_prices",
    summary: "House prices of Ames, Iowa: 1,460 records, 331 encoded inputs, a real target.",
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
  )
}
