// SPDX-License-Identifier: Apache-2.0

import Datasets
import Foundation
import Tensors
import Testing
import Vocabulary

@Suite struct CSVTests {
  /// A folder with `a.csv` and, if given, `b.csv`.
  static func files(_ train: String, _ test: String? = nil) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Array(train.utf8), "a.csv")
    if let test { try folder.write(Array(test.utf8), "b.csv") }
    return folder
  }

  static func request(
    _ folder: TemporaryFolder,
    hasTest: Bool = false,
    target: String = "y",
    _ arguments: [String: ArgumentValue] = [:]
  ) -> DatasetRequest {
    var all: [String: ArgumentValue] = [
      "train": .text("\(folder.path)/a.csv"), "target": .text(target), "header": .boolean(true),
      "separator": .text(","), "missing": .list([.text(""), .text("NA")]),
      "log_target": .boolean(false),
    ]
    if hasTest { all["test"] = .text("\(folder.path)/b.csv") }
    return DatasetRequest("csv", all.merging(arguments) { $1 })
  }

  private func prepared(
    _ train: String,
    _ test: String? = nil,
    target: String = "y",
    _ arguments: [String: ArgumentValue] = [:],
    _ options: DataOptions = DataOptions()
  ) throws -> PreparedData {
    let folder = try Self.files(train, test)
    let request = Self.request(folder, hasTest: test != nil, target: target, arguments)
    return try folder.library.prepare(request, options)
  }

  private func words(_ words: String...) -> ArgumentValue { .list(words.map { .text($0) }) }

  // MARK: - Values

  @Test func `numbers keep their columns and the target is taken out`() throws {
    let data = try prepared("a,y,b\n1,10,-2.5e1\n3,20,4\n")
    #expect(data.description.input == .values([2]))
    #expect(data.description.target == .values([1]))
    #expect(data.inputs(.train) == [1, -25, 3, 4])
    #expect(data.values(.train) == [10, 20])
    #expect(data.description.testCount == 0)
  }

  @Test func `categories become indicators in the order of their bytes, None is one`() throws {
    let data = try prepared("c,x,y\nred,1,0\nNone,2,0\nblue,3,0\nNA,4,0\n,5,0\nb,6,0\n")
    // None, b, blue, red, missing; then x.
    #expect(
      data.inputs(.train) == [
        0, 0, 0, 1, 0, 1,
        1, 0, 0, 0, 0, 2,
        0, 0, 1, 0, 0, 3,
        0, 0, 0, 0, 1, 4,
        0, 0, 0, 0, 1, 5,
        0, 1, 0, 0, 0, 6,
      ]
    )
  }

  @Test func `a column without missing values has no indicator for them`() throws {
    let data = try prepared("c,y\nred,1\nblue,2\n")
    #expect(data.inputs(.train) == [0, 1, 1, 0])
  }

  @Test func `a missing number is the mean of the training part`() throws {
    let data = try prepared("x,z,y\n1,0,0\nNA,0,0\n4,0,0\n", "x,z,y\nNA,7,1\n100,NA,1\n")
    #expect(data.inputs(.train) == [1, 0, 2.5, 0, 4, 0])
    #expect(data.inputs(.test) == [2.5, 7, 100, 0])
  }

  @Test func `standardised numbers leave indicators alone and missing ones at 0`() throws {
    let data = try prepared(
      "x,c,y\n1,u,0\nNA,v,0\n3,u,4\n",
      "x,c,y\nNA,w,1\n5,u,2\n",
      DataOptions(standardize: .both)
    )
    // Mean 2 and population deviation 1 of the two present values; w is a category of the test file only.
    #expect(data.inputs(.train) == [-1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0])
    #expect(data.inputs(.test) == [0, 0, 0, 1, 3, 1, 0, 0])
    let deviation = (32.0 / 9).squareRoot()
    let mean = 4.0 / 3
    #expect(
      data.values(.train)
        == [-mean / deviation, -mean / deviation, (4 - mean) / deviation].map { Float($0) }
    )
  }

  private func prepared(_ train: String, _ test: String?, _ options: DataOptions) throws
    -> PreparedData
  {
    try prepared(train, test, target: "y", [:], options)
  }

  @Test func `what is held out does not enter mean and deviation`() throws {
    let rows = (1...40).map { "\($0),0\n" }.joined()
    let options = DataOptions(validation: .count(10), standardize: .inputs)
    let data = try prepared("x,y\n" + rows, nil, options)
    let values = data.inputs(.train).map { Double($0) }
    let mean = values.reduce(0, +) / 30
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 30
    #expect(abs(mean) < 1e-6)
    #expect(abs(variance - 1) < 1e-6)
    // Undone with the mean and deviation of the training ids, the held-out rows are their numbers again.
    let ids = data.ids(.train).map { Double($0 + 1) }
    let trueMean = ids.reduce(0, +) / 30
    let deviation = (ids.reduce(0) { $0 + ($1 - trueMean) * ($1 - trueMean) } / 30).squareRoot()
    for (id, value) in zip(data.ids(.validation), data.inputs(.validation)) {
      #expect(abs(Double(value) * deviation + trueMean - Double(id + 1)) < 1e-4)
    }
  }

  @Test func `a target of words is classes in the order of their bytes`() throws {
    let data = try prepared("x,kind\n1,setosa\n2,Virginica\n3,setosa\n", target: "kind")
    #expect(data.description.target == .classes(2))
    #expect(data.description.classNames == ["Virginica", "setosa"])
    #expect(data.classes(.train) == [1, 0, 1])
  }

  @Test func `a target of numbers is classes where it is categorical or the task says so`() throws {
    let text = "x,y\n1,3\n2,7\n"
    let named = try prepared(text, nil, target: "y", ["categorical": words("y")])
    #expect(named.description.classNames == ["3", "7"])
    #expect(named.classes(.train) == [0, 1])
    let tasked = try prepared(text, nil, DataOptions(task: .classification))
    #expect(tasked.description.target == .classes(8))
    #expect(tasked.classes(.train) == [3, 7])
  }

  @Test func `a logarithmic target is the natural logarithm`() throws {
    let data = try prepared(
      "x,y\n1,1\n2,208500\n",
      nil,
      target: "y",
      ["log_target": .boolean(true)]
    )
    #expect(data.values(.train) == [0, Float(12.247694320220994)])
  }

  @Test func `drop, categorical, numeric and missing are obeyed`() throws {
    let data = try prepared(
      "id,code,x,y\n1,7,?,1\n2,5,3,2\n",
      nil,
      target: "y",
      [
        "drop": words("id"), "categorical": words("code"), "numeric": words("x"),
        "missing": words("?"),
      ]
    )
    #expect(data.inputs(.train) == [0, 1, 3, 1, 0, 3])
  }

  @Test func `quotes hold separators, line ends and doubled quotes`() throws {
    let data = try prepared(
      "\u{FEFF}\"the, \"\"x\"\"\" , c ,y\r\n1 , \"a\nb\", 2\r\n\r\n 3,\"a,b\",4\r\n"
    )
    #expect(data.inputs(.train) == [1, 1, 0, 3, 0, 1])
    #expect(data.values(.train) == [2, 4])
    let folder = try Self.files("\"the, \"\"x\"\"\",y\n1,2\n")
    let target = try folder.prepare(Self.request(folder, target: "the, \"x\""))
    #expect(target.values(.train) == [1])
  }

  @Test func `tabs separate, and without a header columns are numbers`() throws {
    let data = try prepared(
      "1\t2\t3\n4\t5\t6",
      nil,
      target: "3",
      ["separator": .text("tab"), "header": .boolean(false), "drop": words("1")]
    )
    #expect(data.inputs(.train) == [2, 5])
    #expect(data.values(.train) == [3, 6])
  }

  @Test func `the content is that of the numbers, not of the path`() throws {
    let text = "a,y\n1,2\n3,4\n"
    let first = try prepared(text).description.contentSHA256
    #expect(
      try prepared("a;y\n1;2\n3;4", nil, target: "y", ["separator": .text(";")])
        .description.contentSHA256 == first
    )
    #expect(try prepared("a,y\n1,2\n3,5\n").description.contentSHA256 != first)
  }

  // MARK: - Damage

  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let train: String
    var test: String?
    var target = "y"
    var arguments: [String: ArgumentValue] = [:]
    let message: String
  }

  static let damages: [Damage] = [
    Damage(testDescription: "empty", train: "", message: "error: `a.csv`: the file is empty"),
    Damage(
      testDescription: "only a header",
      train: "x,y\n\n",
      message: """
        error: `a.csv:1`: there is no record below the header
        hint: `header: false` if that line is a record already
        """
    ),
    Damage(
      testDescription: "ragged",
      train: "x,y\n\n1,2\n1,2,3\n",
      message: """
        error: `a.csv:4`: expected 2 fields, got 3
        hint: a field that holds the separator is put between quotes
        """
    ),
    Damage(
      testDescription: "another separator",
      train: "x;y\n1;2\n",
      message: """
        error: `a.csv`: `target` names the column `y`, which is not its only column
        hint: `separator: ";"` if that stands between the fields
        """
    ),
    Damage(
      testDescription: "tabulators without a header",
      train: "1\t2\n3\t4\n",
      target: "2",
      arguments: ["header": .boolean(false)],
      message: """
        error: `a.csv`: `target` names the column `2`, which is not its only column
        hint: `separator: tab` if that stands between the fields
        """
    ),
    Damage(
      testDescription: "another separator, and commas in the numbers",
      train: "x;y\n1,5;2,5\n",
      message: """
        error: `a.csv:2`: expected 1 field, got 3
        hint: `separator: ";"` if that stands between the fields
        """
    ),
    Damage(
      testDescription: "records of one field",
      train: "x,y\n1;2\n",
      message: """
        error: `a.csv:2`: expected 2 fields, got 1
        hint: is the `separator` another one? `separator: tab` stands for tabulators
        """
    ),
    Damage(
      testDescription: "a quote without end",
      train: "x,y\n1,\"2\n3,4\n",
      message: """
        error: `a.csv:2`: the quoted field that begins here has no end
        hint: a quote inside a quoted field is doubled
        """
    ),
    Damage(
      testDescription: "text behind a quote",
      train: "x,y\n\"a\nb\"c,4\n",
      message:
        "error: `a.csv:3`: expected a separator or the line's end behind the closing quote"
    ),
    Damage(
      testDescription: "quotes and another separator",
      train: "x;y\n1;\"2; or 3\"\n",
      message: """
        error: `a.csv:1`: the fields seem to be separated by ";", and `separator` is another one
        hint: `separator: ";"`
        """
    ),
    Damage(
      testDescription: "quotes and a line that names another separator",
      train: "sep=;\nx;y\n1;\"2; or 3\"\n",
      message: """
        error: `a.csv:1`: this line says that `separator` is ";", the manifest has another one
        hint: `separator: ";"`
        """
    ),
    Damage(
      testDescription: "a quote inside a field",
      train: "x,y\n5\" pipe,4\n",
      message: """
        error: `a.csv:2`: a quote stands inside a field that does not begin with one
        hint: put the whole field between quotes, and double those inside
        """
    ),
    Damage(
      testDescription: "a text among numbers",
      train: "x,y\n1,2\n?,2\n",
      message: """
        error: `a.csv:3`: expected a number in the column `x`, got `?`
        hint: `missing: ["", NA, "?"]` if that stands for no value, or `categorical: [x]`
        """
    ),
    Damage(
      testDescription: "a number that is none",
      train: "x,y\n1,2\n0x10,2\n",
      message: """
        error: `a.csv:3`: expected a number in the column `x`, got `0x10`
        hint: that is a number in hexadecimal digits: write `16`
        hint: `categorical: [x]` if the fields are names and no numbers
        """
    ),
    Damage(
      testDescription: "nan",
      train: "x,y\n1,2\nnan,2\n",
      message: """
        error: `a.csv:3`: expected a finite number in the column `x`, got `nan`
        hint: `missing: ["", NA, nan]` if that stands for no value
        """
    ),
    Damage(
      testDescription: "infinity in the target",
      train: "x,y\n1,2\n1,-Inf\n",
      message: """
        error: `a.csv:3`: expected a finite number in the column `y`, got `-Inf`
        hint: `missing: ["", NA, "-Inf"]` if that stands for no value
        """
    ),
    Damage(
      testDescription: "beyond float32",
      train: "x,y\n1e39,2\n",
      message: """
        error: `a.csv:2`: expected numbers up to 3.4e38, the largest float32, in the column `x`, got `1e39`
        hint: divide the whole column by a power of ten
        hint: `missing: ["", NA, "1e39"]` if it stands for no value
        """
    ),
    Damage(
      testDescription: "a misspelt target",
      train: "x,SalePrice\n1,2\n",
      target: "SalesPrice",
      message: """
        error: `a.csv`: `target` names the column `SalesPrice`, which is not among its 2 columns
        hint: did you mean `SalePrice`?
        """
    ),
    Damage(
      testDescription: "a target that is no column",
      train: "x,size,y\n1,2,3\n",
      target: "price",
      message: """
        error: `a.csv`: `target` names the column `price`, which is not among its 3 columns
        hint: the columns are `x`, `size`, `y`
        """
    ),
    Damage(
      testDescription: "a text beside missing values of the user's own",
      train: "x,y\n1,2\nabc,2\n",
      arguments: ["missing": .list([.text("-"), .text("null")])],
      message: """
        error: `a.csv:3`: expected a number in the column `x`, got `abc`
        hint: `missing: ["-", "null", abc]` if that stands for no value, or `categorical: [x]`
        """
    ),
    Damage(
      testDescription: "a misspelt column to drop",
      train: "Id,y\n1,2\n",
      arguments: ["drop": .list([.text("Idd")])],
      message: """
        error: `a.csv`: `drop` names the column `Idd`, which is not among its 2 columns
        hint: did you mean `Id`?
        """
    ),
    Damage(
      testDescription: "a doubled column",
      train: "x,y,x\n1,2,3\n",
      message: """
        error: `a.csv:1`: columns 1 and 3 are both called `x`
        hint: rename one, or drop it from the file
        """
    ),
    Damage(
      testDescription: "a column without a name",
      train: "\nx,,y\n1,2,3\n",
      message: """
        error: `a.csv:2`: column 2 has no name
        hint: give each column a name in this line
        """
    ),
    Damage(
      testDescription: "a missing target",
      train: "x,y\n1,2\n3,NA\n",
      message: """
        error: `a.csv:3`: the target `y` is missing
        hint: take the record out of the file
        """
    ),
    Damage(
      testDescription: "a column without values",
      train: "x,z,y\n1,NA,2\n",
      message: """
        error: `a.csv`: the column `z` has no value
        hint: leave it out with `drop: [z]`
        """
    ),
    Damage(
      testDescription: "nothing but the target",
      train: "y\n1\n",
      message: "error: `a.csv`: no column is left as input"
    ),
    Damage(
      testDescription: "the logarithm of zero",
      train: "x,y\n1,0\n",
      arguments: ["log_target": .boolean(true)],
      message:
        "error: `a.csv:2`: `log_target` needs positive numbers in the column `y`, got `0`"
    ),
    Damage(
      testDescription: "the logarithm of classes",
      train: "x,y\n1,cat\n",
      arguments: ["log_target": .boolean(true)],
      message: "error: `a.csv`: `log_target` needs numbers, but the column `y` holds classes"
    ),
    Damage(
      testDescription: "a test file without targets",
      train: "x,y\n1,2\n",
      test: "x\n1\n",
      message: """
        error: `b.csv`: the target `y` of `a.csv` is no column of the test file
        hint: leave `test` out: without targets nothing can be tested
        """
    ),
    Damage(
      testDescription: "a test file without an input",
      train: "length,y\n1,2\n",
      test: "width,y\n1,2\n",
      message: """
        error: `b.csv`: the training file's column `length` is not among its 2 columns
        hint: both files must have the same columns
        """
    ),
    Damage(
      testDescription: "a class that was never trained",
      train: "x,y\n1,cat\n",
      test: "x,y\n1,dog\n",
      message: "error: `b.csv:2`: the class `dog` of the target `y` is not in the training file"
    ),
    Damage(
      testDescription: "names for categories",
      train: "x,y\n" + (0...1001).map { "n\($0),1\n" }.joined(),
      message: """
        error: `a.csv:1002`: the column `x` has more than 1000 categories
        hint: leave it out with `drop: [x]`
        """
    ),
    Damage(
      testDescription: "a column of two kinds",
      train: "x,y\n1,2\n",
      arguments: ["categorical": .list([.text("x")]), "numeric": .list([.text("x")])],
      message: "error: `a.csv`: the column `x` is named by both `categorical` and `numeric`"
    ),
    Damage(
      testDescription: "a target that is dropped",
      train: "x,y\n1,2\n",
      arguments: ["drop": .list([.text("y")])],
      message: "error: `a.csv`: the column `y` is named by both `target` and `drop`"
    ),
    Damage(
      testDescription: "a separator of two characters",
      train: "x,y\n1,2\n",
      arguments: ["separator": .text(", ")],
      message: """
        error: expected a `separator` of one ASCII character, got `, `
        hint: such as `","`, `";"` or `tab`
        """
    ),
  ]

  @Test(arguments: damages)
  func `damage is told with its file and line`(damage: Damage) throws {
    let folder = try Self.files(damage.train, damage.test)
    let request = Self.request(
      folder,
      hasTest: damage.test != nil,
      target: damage.target,
      damage.arguments
    )
    let said = sentence { _ = try folder.library.prepare(request) }
    #expect(said.replacing("\(folder.path)/", with: "") == damage.message)
  }

  @Test func `bytes that are no UTF-8 are told with their line`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("x,y\n1,2\n".utf8) + [0xE9, 0x2C, 0x31], "a.csv")
    let said = sentence { _ = try folder.library.prepare(Self.request(folder)) }
    #expect(
      said == """
        error: `\(folder.path)/a.csv:3`: a field is not UTF-8 text
        hint: `iconv -f latin1 -t utf-8` translates older files
        """
    )
  }

  // MARK: - Public sets

  @Test func `a damaged public table is compared with its published digest`() throws {
    let folder = try TemporaryFolder()
    let records = (0..<1503).map { $0 == 7 ? "1\t2\t3\t?\t5\t6" : "1\t2\t3\t4\t5\t6" }
    let path = "data/airfoil/airfoil_self_noise.dat"
    try folder.write(Array(records.joined(separator: "\n").utf8), path)
    let said = sentence { _ = try folder.library.prepare(Self.airfoil) }
    #expect(
      said.replacing("\(folder.path)/", with: "") == """
        error: `\(path):8`: expected a number in the column `free_stream_velocity`, got `?`
        """
    )
    #expect(remedy { _ = try folder.library.prepare(Self.airfoil) } == .renew)
  }

  private static let airfoil = DatasetRequest("airfoil", ["standardized": .boolean(true)])

  /// Solves A x = b by elimination with pivots; a reference in Double.
  private func solution(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    for pivot in rows.indices {
      let best = rows.indices.dropFirst(pivot).max {
        abs(rows[$0][pivot]) < abs(rows[$1][pivot])
      }
      rows.swapAt(pivot, best ?? pivot)
      for row in rows.indices where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in rows[row].indices { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return rows.indices.map { rows[$0][right.count] / rows[$0][$0] }
  }

  @Test(.enabled(if: RealData.has("airfoil"), "`airfoil` is not in RUNEXP_DATA"))
  func `airfoil has the book's least-squares optimum and its loss at zero`() throws {
    let data = try RealData.library.prepare(Self.airfoil, DataOptions(trainLimit: 1500))
    let (inputs, targets) = (data.inputs(.train), data.values(.train).map { Double($0) })
    #expect(targets.count == 1500)
    let rows = (0..<1500).map { row in (0..<5).map { Double(inputs[5 * row + $0]) } + [1] }
    let normal = (0..<6).map { i in
      (0..<6).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } }
    }
    let right = (0..<6).map { i in zip(rows, targets).reduce(0) { $0 + $1.0[i] * $1.1 } }
    let weights = solution(normal, right)
    let halves = zip(rows, targets).map { row, target in
      let error = zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } - target
      return error * error / 2
    }
    #expect(abs(halves.reduce(0, +) / 1500 - 0.2417) < 0.00005)
    #expect(abs(targets.reduce(0) { $0 + $1 * $1 / 2 } / 1500 - 0.4933) < 0.00005)
  }

  @Test(.enabled(if: RealData.has("house_prices"), "`house_prices` is not in RUNEXP_DATA"))
  func `house prices are 1460 records of the book's 331 inputs`() throws {
    let request = DatasetRequest("house_prices", ["log_target": .boolean(true)])
    let data = try RealData.library.prepare(request, DataOptions(standardize: .inputs))
    #expect(data.description.input == .values([331]))
    #expect(data.count(.train) == 1460)
    #expect(data.count(.test) == 0)
    #expect(data.values(.train, [0]) == [Float(12.247694320220994)])
    let inputs = data.inputs(.train)
    #expect(inputs.allSatisfy { $0.isFinite })
    // Each of the 43 categorical columns has one indicator set: what is neither 0 nor 1 is a number.
    let sums = (0..<331).map { column in
      (0..<1460).reduce(0.0) { $0 + Double(inputs[331 * $1 + column]) }
    }
    let values = (0..<331).map { column in Set((0..<1460).map { inputs[331 * $0 + column] }) }
    let indicators = values.indices.filter { values[$0].isSubset(of: [0, 1]) }
    #expect(indicators.count == 331 - 36)
    #expect(indicators.reduce(0.0) { $0 + sums[$1] } == 43 * 1460)
    for column in values.indices where !values[column].isSubset(of: [0, 1]) {
      // A mean is rounded to a float32: 2⁻²⁴ · 2008 ÷ 1.33 for the year of sale, in each of 1,460 rows.
      #expect(abs(sums[column]) < 0.15, "column \(column)")
    }
  }
}
