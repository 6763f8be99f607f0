// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Testing

@testable import Workbench

/// Facts from below, worded for who types commands.
@Suite struct AdviceTests {
  @Test(arguments: [
    (DatasetError.unknownName("librispeech", near: nil), "`runexp data list` names them all"),
    (
      .notFound(name: "mnist", folder: "digits", files: ["a"], searched: ["/d"]),
      "`runexp data fetch mnist` downloads it, or set `RUNEXP_DATA` to the folder that holds `digits/`"
    ),
    (
      .incomplete(name: "mnist", folder: "/d", missing: ["a"]),
      "copy the missing file into that folder; `runexp data list` shows its official address"
    ),
    (
      .compression(path: "a.gz", reason: "byte 3", fileSize: 9),
      "get the file again; `runexp data check` compares it with the published digest"
    ),
  ])
  func `what helps is the last hint`(error: DatasetError, hint: String) {
    #expect(error.advised.hints == error.diagnostic.hints + [hint])
    #expect(error.advised.message == error.diagnostic.message)
  }

  @Test func `where nothing more helps, nothing is added`() {
    let error = DatasetError.unknownName("mnst", near: "mnist")
    #expect(error.advised == error.diagnostic)
  }

  @Test func `a run that failed says in one line why`() {
    #expect(
      failureReason(DatasetError.unknownName("mnst", near: "mnist"))
        == "no data set is called `mnst`; did you mean `mnist`?"
    )
    #expect(failureReason(Diagnostic("no room", hints: ["make some"])) == "no room; make some")
    #expect(failureReason(RunRefusal("too large")) == "too large")
  }
}
