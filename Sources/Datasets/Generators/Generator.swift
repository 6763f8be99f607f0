// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Numerics

/// A built-in data set that is drawn from `data.seed`; each example depends on seed, part and index only.
protocol Generator: DatasetSource {
  /// What the arrays mean.
  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning

  /// Inputs and targets of `count` examples; `part` is `train` or `test`, whose draws are disjoint.
  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  )
}

extension Generator {
  func outline(_ request: DatasetRequest) throws(DatasetError) -> DatasetOutline? {
    DatasetOutline(
      meaning: meaning(request),
      trainRecords: request.integer("train"),
      testRecords: request.integer("test"),
      contentSHA256: contentSHA256(request)
    )
  }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let identity = request.canonical(version: version)
    var set = try DecodedCache(folder: locations.decoded).load(
      key: cacheKey(request.name, identity),
      identity: identity
    ) { () throws(DatasetError) in plain(request) }
    set.contentSHA256 = contentSHA256(request)
    return set
  }

  func plain(_ request: DatasetRequest) -> PlainSet {
    var set = PlainSet(meaning: meaning(request), arrays: [:])
    for part in ["train", "test"] where request.integer(part) > 0 {
      let made = generate(request, part: part, count: request.integer(part))
      set.arrays["\(part).inputs"] = made.inputs
      set.arrays["\(part).targets"] = made.targets
    }
    return set
  }

  /// Name, version, arguments and seed decide every bit, so that their digest stands for the content.
  private func contentSHA256(_ request: DatasetRequest) -> String {
    SHA256.hexadecimal(of: "runexp data 1\n\(request.canonical(version: version))\n")
  }
}

/// The stream that one example of a generated set draws from.
func exampleStream(_ request: DatasetRequest, part: String, index: Int) -> RandomStream {
  RandomStream(
    seed: request.seed,
    purpose: .data,
    path: "\(request.name).\(part)",
    step: UInt64(index)
  )
}
