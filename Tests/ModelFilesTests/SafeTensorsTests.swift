// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ModelFiles

/// The safetensors format, sound and damaged.
@Suite struct SafeTensorsTests {
  private let file = SafeTensors(
    [
      SafeTensors.Entry(name: "10.weight", shape: [2, 2], values: [1, -2.5, 0, -0.0]),
      SafeTensors.Entry(name: "2.bias", shape: [1], values: [.leastNonzeroMagnitude]),
      SafeTensors.Entry(name: "none", shape: [0, 3], values: []),
      SafeTensors.Entry(name: "a/b \"quoted\" 权重", shape: [], values: [3]),
    ],
    metadata: ["format": "pt"]
  )

  private func error(_ bytes: [UInt8]) -> String? {
    do {
      _ = try SafeTensors(decoding: bytes)
      return nil
    } catch {
      return error.description
    }
  }

  /// A file with this header and so many bytes of data.
  private func bytes(_ header: String, data: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
    return prefix + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  @Test func `what is written is read back, in order and to the bit`() throws {
    let read = try SafeTensors(decoding: file.encoded())
    #expect(
      read.entries.filter { !$0.values.isEmpty }.map(\.name) == [
        "10.weight", "2.bias", "a/b \"quoted\" 权重",
      ]
    )
    #expect(read["none"]?.shape == [0, 3])
    #expect(read["10.weight"]?.values.map(\.bitPattern) == file.entries[0].values.map(\.bitPattern))
    #expect(read["2.bias"]?.values == [.leastNonzeroMagnitude])
    #expect(read["a/b \"quoted\" 权重"]?.shape == [])
    #expect(read.metadata == ["format": "pt"])
    #expect(read.data == file.data)
  }

  @Test func `equal content gives equal bytes, padded to eight`() throws {
    let bytes = try file.encoded()
    #expect(try file.encoded() == bytes)
    #expect((bytes.count - file.data.count) % 8 == 0)
    #expect(file.data.prefix(8) == [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0])
  }

  @Test func `NaN and infinity survive the file but have no digest`() throws {
    var odd = file
    odd.entries[0].values = [.nan, .infinity, -.infinity, 0]
    let read = try SafeTensors(decoding: odd.encoded())
    #expect(read["10.weight"]?.values.map(\.bitPattern) == odd.entries[0].values.map(\.bitPattern))
    #expect(odd.sha256 == nil)
    #expect(file.sha256?.count == 64)
  }

  @Test func `the digest is that of the data alone`() {
    // printf '\0\0\200\077' | sha256sum
    let one = SafeTensors(
      [SafeTensors.Entry(name: "x", shape: [1], values: [1])],
      metadata: ["a": "b"]
    )
    #expect(one.sha256 == "e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c")
  }

  @Test func `a file of PyTorch's is read whatever the order of its header`() throws {
    let header = """
      {"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},\
      "a":{"data_offsets":[0,8],"shape":[2],"dtype":"F32"}}
      """
    let read = try SafeTensors(decoding: bytes(header, data: 12))
    #expect(read.entries.map(\.name) == ["a", "b"])
  }

  @Test func `PyTorch's count of batches is skipped, wherever its data lie`() throws {
    for place in [0, 4, 8] {
      let (a, b) = place == 0 ? (8, 12) : place == 4 ? (0, 12) : (0, 4)
      let header = """
        {"0.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[\(place),\(place + 8)]},\
        "a":{"dtype":"F32","shape":[1],"data_offsets":[\(a),\(a + 4)]},\
        "b":{"dtype":"F32","shape":[1],"data_offsets":[\(b),\(b + 4)]}}
        """
      let read = try SafeTensors(decoding: bytes(header, data: 16))
      #expect(read.entries.map(\.name) == ["a", "b"])
    }
    #expect(
      error(bytes(#"{"0.steps":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#, data: 8))
        == "tensor `0.steps` is I64, expected F32"
    )
    #expect(
      error(
        bytes(
          #"{"0.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,9]}}"#,
          data: 8
        )
      )
        == "the data of tensor `0.num_batches_tracked` do not fit the file or its shape"
    )
  }

  @Test func `a file cut off anywhere is refused`() throws {
    let whole = try file.encoded()
    for count in 0..<whole.count {
      #expect(error(Array(whole.prefix(count))) != nil, "\(count) of \(whole.count) bytes")
    }
    #expect(error([1, 2, 3]) == "this is no safetensors file: it has 3 bytes")
    #expect(
      error(Array(whole.dropLast()))
        == "the data of tensor `a/b \"quoted\" 权重` do not fit the file or its shape"
    )
  }

  @Test func `damaged headers are refused, never followed`() {
    #expect(
      error([UInt8](repeating: 0xFF, count: 16))
        == "this is no safetensors file: its header of 18446744073709551615 bytes is longer than the file"
    )
    #expect(
      error(bytes("{\"a\":", data: 4))
        == "this is no safetensors file: its header is not the expected JSON"
    )
    #expect(
      error(bytes(#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, data: 4))
        == "tensor `a` is F16, expected F32"
    )
    #expect(
      error(bytes(#"{"a":{"k":"v"}}"#, data: 0))
        == "this is no safetensors file: `a` in its header is no tensor"
    )
    #expect(
      error(bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 6))
        == "this is no safetensors file: 2 bytes after its data belong to no tensor"
    )
  }

  @Test(arguments: [
    #""shape":[2],"data_offsets":[0,4]"#, #""shape":[1],"data_offsets":[4,8]"#,
    #""shape":[1],"data_offsets":[4,0]"#, #""shape":[-1],"data_offsets":[0,4]"#,
    #""shape":[1],"data_offsets":[0]"#, #""shape":[1],"data_offsets":[-4,0]"#,
    #""shape":[4611686018427387904,4],"data_offsets":[0,0]"#,
    #""shape":[1],"data_offsets":[9223372036854775807,-9223372036854775808]"#,
    #""shape":[2],"data_offsets":[0,8]"#,
  ])
  func `offsets that do not fit file or shape are refused`(entry: String) {
    #expect(
      error(bytes("{\"a\":{\"dtype\":\"F32\",\(entry)}}", data: 4))
        == "the data of tensor `a` do not fit the file or its shape"
    )
  }

  @Test func `tensors that overlap or leave gaps are refused`() {
    func two(_ offsets: String, data: Int) -> String? {
      error(
        bytes(
          #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":\#(offsets)}}"#,
          data: data
        )
      )
    }
    #expect(two("[4,8]", data: 8) == nil)
    #expect(two("[0,4]", data: 4) == "the data of tensor `b` do not fit the file or its shape")
    #expect(two("[8,12]", data: 12) == "the data of tensor `b` do not fit the file or its shape")
  }
}
