// SPDX-License-Identifier: Apache-2.0

import Tensors

/// MNIST and the sets that lie in files of the same form.
struct IDXDataset: DatasetSource {
  /// The set and its four files: training images and labels, test images and labels.
  var files: FileSet
  /// Records of the training and of the test part.
  var counts: (train: Int, test: Int)
  /// What the ten labels mean.
  var classNames: [String]

  static let side = 28
  /// Far above the largest of these files, far below what a gzip bomb expands to.
  static let sizeLimit = 1 << 28

  var version: Int { 1 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let paths = try files.locate(in: locations)
    let identity = try "reader \(version)\n" + identity(of: paths)
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey(files.name, paths.joined(separator: "\n")),
      identity: identity
    ) { () throws(DatasetError) in try decode(paths) }
  }

  private func decode(_ paths: [String]) throws(DatasetError) -> PlainSet {
    let train = try part(paths[0], paths[1], count: counts.train)
    let test = try part(paths[2], paths[3], count: counts.test)
    return PlainSet(
      meaning: DecodedSet.Meaning(
        input: .values([1, Self.side, Self.side]),
        target: .classes(classNames.count),
        classNames: classNames
      ),
      arrays: [
        "train.inputs": train.images, "train.targets": train.labels, "test.inputs": test.images,
        "test.targets": test.labels,
      ]
    )
  }

  private func part(_ imagePath: String, _ labelPath: String, count: Int) throws(DatasetError)
    -> (images: PlainArray, labels: PlainArray)
  {
    let images = try IDX.images(
      expandedBytes(imagePath, limit: Self.sizeLimit),
      rows: Self.side,
      columns: Self.side,
      path: imagePath
    )
    let labels = try IDX.labels(
      expandedBytes(labelPath, limit: Self.sizeLimit),
      classes: classNames.count,
      path: labelPath
    )
    guard images.count == labels.count else {
      throw .countMismatch(
        path: imagePath,
        count: images.count,
        other: labelPath,
        otherCount: labels.count
      )
    }
    guard images.count == count else {
      throw .format(path: imagePath, fact: .recordCount(expected: count, got: images.count))
    }
    let shape = [count, 1, Self.side, Self.side]
    return (
      PlainArray(images.pixels, shape: shape),
      PlainArray(labels.map { Int32($0) }, shape: [count])
    )
  }
}
