// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Testing

struct VisibleTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("激活 · é ½", "激活 · é ½"), ("", ""),
    ("a\u{1b}[31mb\u{7}", #"a\u{1B}[31mb\u{7}"#), ("\u{9b}1m\u{7f}", #"\u{9B}1m\u{7F}"#),
    ("a\u{202e}b\u{2066}", #"a\u{202E}b\u{2066}"#), ("\u{feff}a\u{200b}b", #"\u{FEFF}a\u{200B}b"#),
    ("a\nb\tc\r\nd\u{2028}e\rf", "a b c d e f"),
    // Hangul fillers and tags take no place.
    ("a\u{3164}b\u{e0041}", #"a\u{3164}b\u{E0041}"#),
  ])
  func `what does not show, or would be obeyed, is written as its number`(
    text: String,
    shown: String
  ) {
    #expect(visible(text) == shown)
    #expect(visible(shown) == shown)
  }

  @Test func `line breaks are spaces, numbers or themselves`() {
    let text = "a\r\nb\tc\rd\n"
    #expect(visible(text) == "a b c d ")
    #expect(visible(text, breaks: .numbers) == #"a\u{D}\u{A}b\u{9}c\u{D}d\u{A}"#)
    #expect(visible(text, breaks: .kept) == "a\nb\tc\\u{D}d\n")
  }

  @Test(arguments: [
    "👩\u{200d}💻", "❤\u{fe0f}", "1\u{fe0f}\u{20e3}", "می\u{200c}خواهم", "क्\u{200d}ष",
  ])
  func `joiners and selectors stay where they join and select`(text: String) {
    #expect(visible(text) == text)
  }

  @Test(arguments: [
    "a\u{200d}b", "\u{200d}💻", "💻\u{200d}", "\u{fe0f}a", "a\u{fe0f}\u{fe0e}", "💻\u{200d}\u{200d}💻",
  ])
  func `elsewhere they are written as numbers`(text: String) { #expect(visible(text) != text) }

  @Test func `a user's text in a sentence is one line`() {
    #expect("the title \(UserText("a\nb\u{1b}")) is long" == #"the title a b\u{1B} is long"#)
    #expect(UserText("a\n").raw == "a\n")
  }
}
