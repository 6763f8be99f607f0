// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// What this version knows of one data set, without looking at any file.
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
  /// The folder its files lie in, in one of the searched folders; nil for generators and files of your own.
  public var folder: String?
  /// Its files.
  public var files: [File]
  /// The licence, as its source states it.
  public var licence: String

  /// Whether it is drawn by this program.
  public var isGenerated: Bool { folder == nil && name != "npy" }
}

/// The known data sets.
enum DatasetCatalogue {
  static let entries: [DatasetCatalogueEntry] = [
    fashion, fashionMini, mnist, timeMachine,
    built("npy", "Arrays of your own in npy files.", licence: "yours"),
    built("glyphs", "Ten drawn shapes, distorted: grey 28×28 images."),
    built("spirals", "Interleaved spirals in the plane."),
    built("grammar", "Text of a small grammar, the next character at each step."),
    built("sine", "Windows of a noisy sine; the target is the next value."),
    built("noise_images", "Images of a class pattern in noise, of any size."),
  ]

  static func source(_ name: String) throws(DatasetError) -> any DatasetSource {
    switch name {
    case "fashion_mnist": idx(fashion, (60_000, 10_000), fashionClasses)
    case "fashion_mnist_mini": idx(fashionMini, (1000, 500), fashionClasses)
    case "mnist": idx(mnist, (60_000, 10_000), (0..<10).map { "\($0)" })
    case "time_machine": TimeMachine(files: fileSet(timeMachine))
    case "npy": NpyDataset()
    case "glyphs": Glyphs()
    case "spirals": Spirals()
    case "grammar": Grammar()
    case "sine": Sine()
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
}
