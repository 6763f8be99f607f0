// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@Suite struct JSONTests {
  @Test func `a line escapes what it must and nothing else, and keeps the order of keys`() {
    let value = JSON.object([
      ("b\"", .text("a\\ \n\u{1} 激")), ("a", .list([.null, .boolean(true), .integer(-3)])),
      ("n", .list([.real(.nan), .real(0.1), JSON(Float(0.1)), .real(1e300), .real(2)])),
    ])
    #expect(
      value.line
        == "{\"b\\\"\":\"a\\\\ \\n\\u0001 激\",\"a\":[null,true,-3],\"n\":[null,0.1,0.1,1e+300,2]}"
    )
  }

  @Test func `the canonical text sorts keys by their bytes and knows one form of a number`() {
    let value = JSON.object([("é", 1), ("z", .real(1)), ("Z", "\n"), ("a", [.real(0.5), .null])])
    #expect(value.canonical == "{\"Z\":\"\\u000a\",\"a\":[0.5,null],\"z\":1,\"é\":1}")
  }

  @Test func `objects are equal whatever the order of their keys, numbers whatever their kind`() {
    let one: JSON = ["a": 1, "b": [true, "x"]]
    let other = JSON.object([("b", [true, "x"]), ("a", .real(1))])
    #expect(one == other && one.hashValue == other.hashValue)
    #expect(one != ["a": 1] && JSON.integer(1) != .boolean(true))
  }

  @Test func `what is written is read again`() throws {
    let value: JSON = [
      "text": "a\"\\\n\u{1}激", "list": [1, .real(-0.25), true, false, .null, []], "object": [:],
    ]
    for text in [value.line, value.canonical, value.pretty()] {
      #expect(try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) == value)
    }
  }

  @Test func `a key is set, replaced and removed`() {
    var value: JSON = ["a": 1]
    value["b"] = 2
    value["a"] = 3
    #expect(value == ["a": 3, "b": 2])
    value["a"] = nil
    #expect(value == ["b": 2] && value["a"] == nil)
  }
}
