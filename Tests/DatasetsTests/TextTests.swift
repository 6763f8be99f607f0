// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors
import Testing
import Vocabulary

@Suite struct TextTests {
  private func request(
    _ path: String,
    tokens: String = "char",
    steps: Int = 2,
    maxTokens: Int? = nil
  ) -> DatasetRequest {
    var arguments: [String: ArgumentValue] = [
      "train": .text(path), "tokens": .text(tokens), "steps": .integer(steps),
      "partition": .text("random"),
    ]
    arguments["max_tokens"] = maxTokens.map { .integer($0) }
    return DatasetRequest("text", arguments)
  }

  private func text(_ data: PreparedData) -> String {
    data.tokens(.train).map { data.description.vocabulary[Int($0)] }.joined()
  }

  @Test func `Chinese characters are tokens, the commonest first`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("\u{FEFF}道可道，非常道。\r\n名可名\n".utf8), "t.txt")
    let data = try folder.prepare(request(path))
    #expect(
      data.description.vocabulary
        == ["<unk>", "道", "可", "\n", "名", "，", "非", "常", "。"]
    )
    #expect(data.tokens(.train) == [1, 2, 1, 5, 6, 7, 1, 8, 3, 4, 2, 4])
    #expect(data.classes(.train) == [2, 1, 5, 6, 7, 1, 8, 3, 4, 2, 4, 3])
    #expect(data.description.target == .steps(classes: 9))
  }

  @Test func `words are what stands between white space`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("To be, or not\u{A0}to be:\n\tbe, it.".utf8), "t.txt")
    let data = try folder.prepare(request(path, tokens: "word"))
    #expect(
      data.description.vocabulary
        == ["<unk>", "be,", "To", "or", "not", "to", "be:", "it."]
    )
    #expect(data.tokens(.train) == [2, 1, 3, 4, 5, 6])
  }

  @Test func `max_tokens keeps the first tokens and the whole vocabulary`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("abcdefgh".utf8), "t.txt")
    let data = try folder.prepare(request(path, maxTokens: 5))
    #expect(text(data) == "abcd")
    #expect(data.description.vocabulary.count == 9)
  }

  @Test func `a text that is no UTF-8 or too short is told`() throws {
    let folder = try TemporaryFolder()
    let latin = try folder.write(Array("é".utf8) + [0x61, 0xE9, 0x62], "latin.txt")
    #expect(
      sentence { _ = try folder.library.prepare(request(latin)) } == """
        error: `\(latin)`: expected UTF-8 text, got something else at byte 3
        hint: `iconv -f latin1 -t utf-8` translates older files
        """
    )
    let short = try folder.write(Array("abcd".utf8), "short.txt")
    #expect(
      sentence { _ = try folder.library.prepare(request(short)) } == """
        error: `\(short)`: expected at least 5 tokens for windows of 2 steps, got 4
        hint: lower `steps` or raise `max_tokens`
        """
    )
  }
}
