// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Standard output that takes nothing, or goes away.
@Suite(.inTurns) struct OutputTests {
  private static let full =
    "error: standard output cannot be written: No space left on device"

  #if os(Linux)
    @Test func `a full disk behind standard output is an error`() async throws {
      let box = try Sandbox().manifest(Sample.tiny(repeats: 1))
      try await box.run("sweep", "m.yaml").expectExit(0)
      let commands = [
        ["export", "tiny", "--format", "csv"], ["export", "last", "--format", "json"],
        ["export", "last", "--format", "safetensors"], ["runs"], ["runs", "--json"],
        ["show", "last"], ["compare", "tiny"], ["why", "tiny"], ["sql", "SELECT 1"], ["schema"],
        ["plan", "m.yaml", "--json"], ["data", "list"], ["help"], ["--version"],
        ["help", "sweep"], ["runs", "--help"], ["--generate-completion-script", "bash"],
        ["--experimental-dump-help"], ["tag", "last", "keep"], ["verify", "last"],
      ]
      let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" >/dev/full"]
      for command in commands {
        let ended = try await box.start(command, prefix: shell).finished()
        #expect(ended.status == 3, "\(command): \(ended)")
        #expect(ended.talk.hasSuffix(Self.full + "\n"), "\(command): \(ended)")
      }
    }

    @Test func `a file that cannot be written ends with 3 and stays a device`() async throws {
      let box = try Sandbox().manifest(Sample.tiny(activation: "[relu]", repeats: 1))
      try await box.run("sweep", "m.yaml").expectExit(0)
      try await box.run("export", "last", "--format", "csv", "-o", "/dev/full").expectExit(3)
        .expectWholeTalk("error: `/dev/full` cannot be written: No space left on device")
      try await box.run("report", "tiny", "--html", "/dev/full").expectExit(3)
        .expectWholeTalk("error: cannot write `/dev/full`: No space left on device")
      try await box.run("export", "last", "--format", "csv", "-o", "/dev/null").expectExit(0)
      let types = try ["/dev/full", "/dev/null"].map {
        try FileManager.default.attributesOfItem(atPath: $0)[.type] as? FileAttributeType
      }
      #expect(types == [.typeCharacterSpecial, .typeCharacterSpecial])
    }
  #endif

  @Test func `a closed standard output is an error where there are data`() async throws {
    let box = try Sandbox()
    let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" >&-"]
    try await box.run("schema", prefix: shell).expectExit(3)
      .expectWholeTalk("error: standard output cannot be written: Bad file descriptor")
  }

  @Test func `a reader that goes away is silence`() async throws {
    let box = try Sandbox()
    let shell = ["/bin/sh", "-c", "{ \"$0\" \"$@\"; echo $? >status; } | head -n 1 >first"]
    let ended = try await box.run("schema", prefix: shell)
    try await eventually("the program ends") { box.has("status") }
    #expect(try String(decoding: box.bytes("status"), as: UTF8.self) == "0\n")
    #expect(ended.talk.isEmpty)
  }

  @Test func `a pipe that takes little at a time gets everything`() async throws {
    let box = try Sandbox()
    let whole = try await box.run("schema").expectExit(0).output
    // The reader makes the pipe's writing end one that never waits.
    let script =
      "exec \"$0\" \"$@\" | python3 -c 'import fcntl,os,sys,time; time.sleep(0.3); sys.stdout.write(sys.stdin.read())'"
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
    let piped = try await box.run("schema", prefix: ["/bin/sh", "-c", script])
    #expect(piped.output == whole)
  }
}
