// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `data fetch` against a server on this machine. The file is The Time Machine's where it is to be had.
@Suite(.inTurns, .enabled(if: PublishedText.bytes != nil, "`time_machine` is not in RUNEXP_DATA"))
struct FetchTests {
  private static let place = "home/.cache/runexp/data/time-machine/timemachine.txt"

  private func fetch(_ box: Sandbox, _ server: FileServer, _ folder: String = "d") async throws
    -> Finished
  {
    try await box.run("data", "fetch", "time_machine", "--from", server.address(folder))
  }

  @Test func `a file comes into the cache, is checked, and is not fetched again`() async throws {
    let text = try #require(PublishedText.bytes)
    let (box, server) = (try Sandbox(), try FileServer(["d/timemachine.txt": .bytes(text)]))
    let first = try await fetch(box, server).expectExit(0)
    first.expectTalk("fetching timemachine.txt, 178,979 bytes")
    #expect(first.output == box.path(Self.place) + "\n")
    #expect(try Array(box.bytes(Self.place)) == text)
    #expect(!box.has(Self.place + ".part"))
    try await fetch(box, server).expectExit(0).expectTalk("is here already")
    #expect(server.requests == ["d/timemachine.txt"])
    try await box.run("data", "check", "time_machine").expectExit(0)
  }

  @Test func `a redirect is followed`() async throws {
    let text = try #require(PublishedText.bytes)
    let (box, server) = (try Sandbox(), try FileServer(["new/t": .bytes(text)]))
    server.answer("d/timemachine.txt", .redirect(server.address("new/t")))
    try await fetch(box, server).expectExit(0)
    #expect(server.requests == ["d/timemachine.txt", "new/t"])
    #expect(try Array(box.bytes(Self.place)) == text)
  }

  @Test func `redirects in a circle end`() async throws {
    let (box, server) = (try Sandbox(), try FileServer([:]))
    server.answer("d/timemachine.txt", .redirect(server.address("d/timemachine.txt")))
    try await fetch(box, server).expectExit(2).expectTalk(
      "could not be fetched: Maximum (5) redirects"
    )
    #expect(server.requests.count == 6)
  }

  @Test func `a broken transfer keeps what came and goes on from there`() async throws {
    let text = try #require(PublishedText.bytes)
    let box = try Sandbox()
    let server = try FileServer(["d/timemachine.txt": .broken(text, sent: 100_000)])
    try await fetch(box, server).expectExit(2)
      .expectTalk("`\(server.address("d/timemachine.txt"))` could not be fetched: ")
      .expectTalk("hint: the first 100,000 bytes are kept: the same command goes on from there")
    #expect(!box.has(Self.place))
    #expect(try Array(box.bytes(Self.place + ".part")) == Array(text.prefix(100_000)))
    try await fetch(box, server).expectExit(0)
      .expectTalk("100,000 of 178,979 bytes are here already")
    #expect(server.requests == ["d/timemachine.txt", "d/timemachine.txt from 100000"])
    #expect(try Array(box.bytes(Self.place)) == text)
  }

  @Test func `a server without ranges sends all of it again`() async throws {
    let text = try #require(PublishedText.bytes)
    let (box, server) = (try Sandbox(), try FileServer(["d/timemachine.txt": .wholeBytes(text)]))
    try box.write(Self.place + ".part", String(decoding: text.prefix(500), as: UTF8.self))
    try await fetch(box, server).expectExit(0)
    #expect(try Array(box.bytes(Self.place)) == text)
  }

  @Test func `a part of another file is thrown away and the file fetched anew`() async throws {
    let text = try #require(PublishedText.bytes)
    let (box, server) = (try Sandbox(), try FileServer(["d/timemachine.txt": .bytes(text)]))
    try box.write(Self.place + ".part", String(repeating: "x", count: 1000))
    try await fetch(box, server).expectExit(0)
    #expect(
      server.requests == ["d/timemachine.txt from 1000", "d/timemachine.txt"]
    )
    #expect(try Array(box.bytes(Self.place)) == text)
  }

  @Test func `other bytes are refused, whether of the size or not`() async throws {
    var text = try #require(PublishedText.bytes)
    text[70_000] ^= 1
    let (box, server) = (try Sandbox(), try FileServer(["d/timemachine.txt": .bytes(text)]))
    let address = server.address("d/timemachine.txt")
    try await fetch(box, server).expectExit(2)
      .expectTalk("error: `\(address)` is another file: its SHA-256 is ")
      .expectTalk("expected 8424dbd9532ac81f7e5f0b6add90e6952baea29158309d7d1bf3884f4e12c516")
    server.answer("d/timemachine.txt", .bytes(Array(text.dropLast(9))))
    try await fetch(box, server).expectExit(2)
      .expectTalk("is another file: 178,970 bytes, expected 178,979")
    #expect(!box.has(Self.place))
    #expect(!box.has(Self.place + ".part"))
  }

  @Test func `a missing file and a server that is not there are told`() async throws {
    let (box, server) = (try Sandbox(), try FileServer([:]))
    try await fetch(box, server).expectExit(2)
      .expectTalk("could not be fetched: The requested URL returned error: 404")
      .expectTalk("hint: `--from` names another address, or a folder that has `timemachine.txt`")
    try await box.run("data", "fetch", "time_machine", "--from", "http://127.0.0.1:1")
      .expectExit(2).expectTalk("could not be fetched: Failed to connect")
  }

  @Test func `a folder is a source too, and its files are checked`() async throws {
    let folder = try #require(PublishedText.folder)
    let box = try Sandbox()
    try await box.run("data", "fetch", "time_machine", "--from", folder).expectExit(0)
    #expect(try Array(box.bytes(Self.place)) == PublishedText.bytes)
    let other = try Sandbox().write("d/timemachine.txt", "The Time Traveller")
    try await other.run("data", "fetch", "time_machine", "--from", "d").expectExit(2)
      .expectTalk("error: `d/timemachine.txt` is another file: 18 bytes, expected 178,979")
    #expect(!other.has(Self.place))
    try await other.run("data", "fetch", "time_machine", "--from", "e").expectExit(2)
      .expectTalk("error: there is no `e/timemachine.txt`")
  }

  @Test func `a folder that is looked at first must be sound`() async throws {
    let box = try Sandbox().write("data/time-machine/timemachine.txt", "The Time Traveller")
    try await box.run("data", "fetch", "time_machine").expectExit(2)
      .expectTalk("is looked at before the cache, and its files are not as published")
  }

  @Test func `what cannot be fetched is told`() async throws {
    let box = try Sandbox()
    try await box.run("data", "fetch", "glyphs").expectExit(2)
      .expectTalk("error: `glyphs` is drawn by this program; there is nothing to fetch")
    try await box.run("data", "fetch", "csv").expectExit(2)
      .expectTalk("error: `csv` reads your own files; there is nothing to fetch")
    try await box.run("data", "fetch", "fashion_mnist_mini").expectExit(2)
      .expectTalk("error: no address is known for `fashion_mnist_mini`")
    try await box.run("data", "fetch", "fashion-mnst").expectExit(2)
      .expectTalk("hint: did you mean `fashion_mnist`?")
  }
}

/// The Time Machine as published, where `RUNEXP_DATA` has it.
private enum PublishedText {
  static let folder: String? = {
    let folders = ProcessInfo.processInfo.environment["RUNEXP_DATA"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/time-machine" }.first {
      FileManager.default.fileExists(atPath: "\($0)/timemachine.txt")
    }
  }()
  static let bytes: [UInt8]? = folder.flatMap { folder in
    FileManager.default.contents(atPath: "\(folder)/timemachine.txt").map { Array($0) }
  }
}
