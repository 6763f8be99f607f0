// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Reports

struct PictureFormatTests {
  private func sweep(_ formats: [PictureFormat]?, titles: Bool? = nil) -> SyntheticSweep {
    var sweep = SyntheticSweep()
    (sweep.seeds, sweep.rates) = (3, [0.001, 0.01])
    (sweep.report.formats, sweep.report.titles) = (formats, titles)
    return sweep
  }

  private func files(_ sweep: SyntheticSweep) throws -> [GeneratedFile] {
    try Report.make(sweep.snapshot(), context: SyntheticSweep.context)
  }

  private func names(_ files: [GeneratedFile], _ ending: String) -> [String] {
    files.map(\.name).filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
  }

  @Test func `every picture is there in every format, each time with the same bytes`() throws {
    let sweep = sweep([.png, .svg, .pdf])
    let made = try files(sweep)
    #expect(try files(sweep) == made)
    let pictures = names(made, ".png")
    #expect(pictures.contains("results") && pictures.contains("heat-map"))
    #expect(names(made, ".svg") == pictures && names(made, ".pdf") == pictures)
    for file in made { #expect(GeneratedMark.isOurs(file.bytes), "\(file.name)") }
    let known = Report.names(for: sweep.snapshot().sweep)
    #expect(Set(made.map(\.name)).isSubset(of: known))
    // The PNG is the one that is written alone.
    let alone = try files(self.sweep(nil))
    #expect(made.first { $0.name == "results.png" } == alone.first { $0.name == "results.png" })
    #expect(alone.allSatisfy { $0.name.hasSuffix(".md") || $0.name.hasSuffix(".png") })
  }

  @Test(
    arguments: [
      (
        [.png, .svg, .pdf],
        "](results.png)\n\n<sub>Also as [SVG](results.svg), [PDF](results.pdf)</sub>\n"
      ),
      ([.svg, .pdf], "](results.svg)\n\n<sub>Also as [PDF](results.pdf)</sub>\n"),
      ([.svg], "](results.svg)\n\n"),
      ([.pdf], "\nPicture: [results.pdf](results.pdf)\n"),
    ] as [([PictureFormat], String)]
  )
  func `the page shows what pages can show and links the rest`(
    formats: [PictureFormat],
    words: String
  ) throws {
    let page = try #require(files(sweep(formats)).first)
    #expect(page.name == "index.md")
    #expect(String(decoding: page.bytes, as: UTF8.self).contains(words))
  }

  @Test(
    arguments: [
      (nil, "png"), ([.svg], "svg+xml"), ([.png, .svg], "png"), ([.pdf], "png"),
      ([.svg, .pdf], "svg+xml"),
    ] as [([PictureFormat]?, String)]
  )
  func `one HTML file holds the pictures that it can show`(
    formats: [PictureFormat]?,
    type: String
  ) throws {
    let page = try Report.html(
      sweep(formats).snapshot(),
      context: SyntheticSweep.context,
      name: "q.html"
    )
    let text = String(decoding: page.bytes, as: UTF8.self)
    let sources = text.split(separator: "src=\"").dropFirst()
    #expect(!sources.isEmpty)
    #expect(sources.allSatisfy { $0.hasPrefix("data:image/\(type);base64,") })
    #expect(!text.contains("Also as"))
  }

  @Test func `what is asked of the command comes before the plan`() throws {
    var context = SyntheticSweep.context
    context.formats = [.svg]
    let made = try Report.make(sweep([.pdf]).snapshot(), context: context)
    #expect(!names(made, ".svg").isEmpty && names(made, ".pdf").isEmpty)
  }

  @Test func `without titles a picture is lower, its file still says what it shows`() throws {
    func results(_ titles: Bool?) throws -> (svg: String, png: [UInt8]) {
      let made = try files(sweep([.png, .svg], titles: titles))
      let svg = try #require(made.first { $0.name == "results.svg" })
      let png = try #require(made.first { $0.name == "results.png" })
      return (String(decoding: svg.bytes, as: UTF8.self), png.bytes)
    }
    let (with, without) = (try results(nil), try results(false))
    let heights = try [with, without].map { try PNG.decode($0.png, as: .gray8).height }
    #expect(heights[1] < heights[0] - 80)
    #expect(without.svg.contains("<title>test.accuracy</title>"))
    #expect(with.svg.contains("<title>test.accuracy</title>"))
  }

  @Test func `the page says below a picture what it leaves out`() throws {
    func page(_ titles: Bool?) throws -> String {
      String(decoding: try #require(files(sweep(nil, titles: titles)).first).bytes, as: UTF8.self)
    }
    let captions = try page(false).split(separator: "\n").filter {
      $0.hasPrefix("*") && !$0.hasPrefix("**")
    }
    let pictures = try page(false).split(separator: "\n").filter { $0.hasPrefix("![") }
    #expect(captions.count == pictures.count)
    #expect(captions.contains { $0.hasPrefix("*test.accuracy. Dot: mean; ") })
    #expect(try !page(nil).contains("\n*test.accuracy. Dot"))
  }

  @Test(arguments: ["svg", "pdf"])
  func `an edited picture is not ours`(format: String) throws {
    let made = try files(sweep([.svg, .pdf]))
    let bytes = try #require(made.first { $0.name == "results.\(format)" }).bytes
    for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      var edited = bytes
      edited[index] ^= 1
      #expect(!GeneratedMark.isOurs(edited), "byte \(index)")
    }
    #expect(!GeneratedMark.isOurs(bytes + [10]))
    #expect(!GeneratedMark.isOurs(Array(bytes.dropLast(1))))
    #expect(!GeneratedMark.isOurs(Array(bytes.dropLast(83))))
  }
}
