// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

/// `sql`: a question of the user's own.
struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Runs an SQL query that can only read.",
    discussion: """
      Examples:
        runexp sql 'SELECT state, count(*) FROM v_run GROUP BY state'
        runexp sql "SELECT run, epoch, value FROM v_metric
                    WHERE name = 'val.loss'" --json

      The stable views are v_run, v_sweep, v_sweep_run, v_parameter, v_metric,
      v_attempt, v_checkpoint, v_prediction, v_tag and v_note; see docs/database.md.
      """
  )

  @Argument(help: "One SELECT statement.") var query: String
  @Flag(help: "One JSON object per line.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let answer = try database.openForReading().query(query)
      if json {
        for row in answer.rows {
          let members = zip(answer.columns, row).map { ($0, Self.value($1)) }
          Terminal.print(data: JSON.object(members).visibleLine)
        }
      } else {
        let table = Self.table(answer)
        for line in table.lines(width: Terminal.tableWidth) { Terminal.print(line) }
      }
    }
  }

  private static func table(_ answer: SQLAnswer) -> TextTable {
    let columns = answer.columns.indices.map { index in
      TextTable.Column(
        answer.columns[index],
        isNumber: answer.rows.allSatisfy { row in
          switch row[index] {
          case .integer, .real, .null: true
          case .text, .blob: false
          }
        }
      )
    }
    return TextTable(columns, rows: answer.rows.map { $0.map(text) })
  }

  private static func text(_ value: SQLValue) -> String {
    switch value {
    case .null: "–"
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .text(let text): text
    case .blob(let bytes): counted(bytes.count, "byte")
    }
  }

  /// Bytes are their hexadecimal digits.
  private static func value(_ value: SQLValue) -> JSON {
    switch value {
    case .null: .null
    case .integer(let number): .integer(Int(number))
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .blob(let bytes):
      .text(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
  }
}
