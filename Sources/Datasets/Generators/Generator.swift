// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import DeterministicMath
internal import Tensors

/// A built-in data set that is drawn from `data.seed`; each example depends on seed, part and index only.
protocol Generator: DatasetSource {
  /// What the arrays mean.
  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning

  /// Examples' worth of memory that drawing takes beside the examples.
  func additionalExamples(_ request: DatasetRequest) -> Int

  /// The type of an input's elements.
  var inputElement: Element { get }

  /// Draws `count` examples into the arrays of a part, `train` or `test`, whose draws are disjoint.
  func draw(_ request: DatasetRequest, part: String, count: Int, into set: inout PlainSet)
}

/// A generator of one input and one target.
protocol SingleGenerator: Generator {
  /// Input and target of `count` examples of a part.
  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  )
}

extension SingleGenerator {
  func draw(_ request: DatasetRequest, part: String, count: Int, into set: inout PlainSet) {
    let made = generate(request, part: part, count: count)
    set.arrays[arrayName(part, "inputs")] = made.inputs
    set.arrays[arrayName(part, "targets")] = made.targets
  }
}

extension Generator {
  /// Four bytes, be it a number or a token.
  var inputElement: Element { .float32 }

  /// None unless the generator says so.
  func additionalExamples(_ request: DatasetRequest) -> Int { 0 }

  func outline(_ request: DatasetRequest) throws(DatasetError) -> DatasetOutline? {
    let meaning = meaning(request)
    let (train, test) = (request.integer("train"), request.integer("test"))
    return DatasetOutline(
      meaning: meaning,
      trainRecords: train,
      testRecords: test,
      contentSHA256: contentSHA256(request),
      byteCount: train.saturatingSum(test).saturatingSum(additionalExamples(request))
        .saturatingProduct(exampleBytes(meaning))
    )
  }

  /// Bytes of one example: its inputs and its targets, of four bytes each.
  private func exampleBytes(_ meaning: DecodedSet.Meaning) -> Int {
    let inputs = meaning.inputs.map { input in
      input.shape.exampleShape.saturatingProduct.saturatingProduct(inputElement.byteCount)
        .saturatingSum(input.hasLengths ? 4 : 0)
    }
    let targets = meaning.targets.map { target in
      target.shape.exampleShape(of: meaning.input).saturatingProduct
        .saturatingSum(target.hasLengths ? 1 : 0).saturatingProduct(4)
    }
    return (inputs + targets).reduce(0) { $0.saturatingSum($1) }
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
      draw(request, part: part, count: request.integer(part), into: &set)
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
