// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import Tensors
import Testing
import Vocabulary

/// Generators with an answer that is known: regressions, classes in the plane, tasks of memory.
@Suite struct TaskGeneratorTests {
  @Test func `moons without noise lie on two half circles`() throws {
    let data = try builtIn.prepare(Requests.drawn("moons", ["noise": .real(0)]))
    let (values, classes) = (data.inputs(.train), data.classes(.train))
    for index in 0..<30 {
      let (x, y) = (Double(values[2 * index]), Double(values[2 * index + 1]))
      let (u, v) = classes[index] == 0 ? (x, y) : (1 - x, 0.5 - y)
      #expect(abs(u * u + v * v - 1) < 1e-6, "example \(index)")
      #expect(v > -1e-6, "example \(index)")
    }
    #expect(Array(classes.prefix(4)) == [0, 1, 0, 1])
  }

  @Test func `xor without noise has the class of its signs, in every quadrant`() throws {
    let data = try builtIn.prepare(Requests.drawn("xor", ["noise": .real(0)]))
    let (values, classes) = (data.inputs(.train), data.classes(.train))
    var quadrants: Set<[Bool]> = []
    for index in 0..<30 {
      let signs = [values[2 * index] < 0, values[2 * index + 1] < 0]
      quadrants.insert(signs)
      #expect((signs[0] != signs[1]) == (classes[index] == 1), "example \(index)")
      #expect(values[(2 * index)...(2 * index + 1)].allSatisfy { abs($0) <= 1 })
    }
    #expect(quadrants.count == 4)
  }

  @Test func `a linear model without noise is its formula`() throws {
    let data = try builtIn.prepare(Requests.linear(noise: 0))
    let (x, y) = (data.inputs(.train), data.values(.train))
    for index in 0..<30 {
      let expected = 2 * Double(x[2 * index]) - 3.4 * Double(x[2 * index + 1]) + 4.2
      #expect(y[index] == Float(expected))
    }
  }

  @Test func `a linear model's noise has the asked size`() throws {
    var request = Requests.linear(noise: 0.5)
    request.arguments["train"] = .integer(4000)
    var silent = request
    silent.arguments["noise"] = .real(0)
    let (noisy, clean) = (try builtIn.prepare(request), try builtIn.prepare(silent))
    #expect(noisy.inputs(.train) == clean.inputs(.train))
    let errors = zip(noisy.values(.train), clean.values(.train)).map { Double($0 - $1) }
    let mean = errors.reduce(0, +) / 4000
    let deviation = (errors.reduce(0) { $0 + $1 * $1 } / 4000).squareRoot()
    // Four standard errors: 0.5/√4000 and 0.5/√8000.
    #expect(abs(mean) < 4 * 0.0079)
    #expect(abs(deviation - 0.5) < 4 * 0.0056)
  }

  @Test func `a high-dimensional linear model sums all its inputs`() throws {
    let data = try builtIn.prepare(Requests.highDimensional(noise: 0))
    #expect(data.description.input == .values([200]))
    let (x, y) = (data.inputs(.train), data.values(.train))
    for index in 0..<30 {
      let sum = x[(200 * index)..<(200 * index + 200)].reduce(0.0) { $0 + 0.01 * Double($1) }
      #expect(abs(Double(y[index]) - (sum + 0.05)) < 1e-6)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 19])
  func `a polynomial's inputs are powers over factorials`(degree: Int) throws {
    let data = try builtIn.prepare(Requests.polynomial(degree: degree, noise: 0))
    #expect(data.description.input == .values([degree]))
    let (inputs, targets) = (data.inputs(.train), data.values(.train))
    for index in 0..<30 {
      let x = Double(inputs[degree * index])
      var (power, factorial) = (1.0, 1.0)
      for i in 1...degree {
        power *= x
        factorial *= Double(i)
        let expected = power / factorial
        let got = Double(inputs[degree * index + i - 1])
        // x was rounded to a Float: its relative error grows with the power.
        #expect(abs(got - expected) <= Double(i + 1) * 0x1p-23 * abs(expected) + 1e-40)
      }
      let y = 5 + 1.2 * x - 3.4 * x * x / 2 + 5.6 * x * x * x / 6
      #expect(abs(Double(targets[index]) - y) < 1e-5 * (1 + abs(x * x * x)))
    }
  }

  @Test(arguments: [(8, 5, 10), (2, 1, 1), (26, 3, 200)])
  func `the copy task asks for its symbols in their order after the lag`(
    symbols: Int,
    length: Int,
    lag: Int
  ) throws {
    let data = try builtIn.prepare(Requests.copy(symbols: symbols, length: length, lag: lag))
    let steps = 2 * length + lag
    #expect(data.description.input == .tokens(vocabulary: symbols + 2, steps: steps))
    #expect(data.description.target == .steps(classes: symbols + 2))
    #expect(data.description.vocabulary.isEmpty)
    let (inputs, targets) = (data.tokens(.train), data.classes(.train))
    var seen: Set<Int32> = []
    for example in 0..<30 {
      let input = Array(inputs[(example * steps)..<(example * steps + steps)])
      let target = Array(targets[(example * steps)..<(example * steps + steps)])
      let shown = input.prefix(length)
      seen.formUnion(shown)
      #expect(shown.allSatisfy { (2..<Int32(symbols + 2)).contains($0) })
      #expect(target.suffix(length) == shown)
      #expect(target.dropLast(length).allSatisfy { $0 == 0 })
      #expect(input.indices.filter { input[$0] == 1 } == [length + lag - 1])
      #expect(input.suffix(length).allSatisfy { $0 == 0 })
    }
    #expect(seen.count > symbols / 2)
  }

  @Test func `the copy task may leave blanks out of the targets, its inputs stay`() throws {
    let all = try builtIn.prepare(Requests.copy(length: 3, lag: 7))
    let named = try builtIn.prepare(Requests.copy(length: 3, lag: 7, targets: "all"))
    let symbols = try builtIn.prepare(Requests.copy(length: 3, lag: 7, targets: "symbols"))
    #expect(named.classes(.train) == all.classes(.train))
    #expect(symbols.tokens(.train) == all.tokens(.train))
    for (target, whole) in zip(symbols.classes(.train), all.classes(.train)) {
      #expect(target == (whole == 0 ? -1 : whole))
    }
    #expect(symbols.classes(.train).count { $0 >= 0 } == 3 * symbols.count(.train))
  }

  @Test(arguments: [(10, 3, 8), (2, 1, 1), (50, 4, 4), (3, 1, 20)])
  func `reversal asks for each sequence backwards, and shows what was written before`(
    symbols: Int,
    shortest: Int,
    longest: Int
  ) throws {
    let data = try builtIn.prepare(
      Requests.reversal(symbols: symbols, shortest: shortest, longest: longest)
    )
    let (steps, size) = (longest + 1, symbols + 4)
    let (inputs, target) = (data.description.inputs, data.description.targets[0])
    #expect(inputs.map(\.name) == ["source", "previous"])
    #expect(inputs.allSatisfy { $0.shape == .tokens(vocabulary: size, steps: steps) })
    #expect(target.shape == .sequence(classes: size, steps: steps) && target.hasLengths)
    #expect(inputs[0].vocabulary.prefix(5) == ["<unk>", "<pad>", "<bos>", "<eos>", "1"])
    #expect(inputs[1].vocabulary == inputs[0].vocabulary)
    #expect(target.classNames == inputs[0].vocabulary && target.classNames.count == size)
    var lengths: Set<Int> = []
    for id in data.ids(.train) {
      let source = data.tokens(.train, [id])
      let length = Int(data.lengths(.train, [id])[0]) - 1
      lengths.insert(length)
      let symbols = source.prefix(length)
      #expect(symbols.allSatisfy { (4..<Int32(size)).contains($0) })
      let padding = [Int32](repeating: 1, count: longest - length)
      #expect(source == symbols + [3] + padding)
      #expect(data.classes(.train, [id]) == symbols.reversed() + [3] + padding)
      #expect(data.tokens(.train, [id], input: 1) == [2] + symbols.reversed() + padding)
      #expect(data.lengths(.train, [id], input: 1) == [Int32(length) + 1])
      #expect(data.targetLengths(.train, [id]) == [Int32(length) + 1])
    }
    #expect(lengths.allSatisfy { (shortest...longest).contains($0) })
    #expect(lengths.count > min(3, longest - shortest))
  }

  @Test(arguments: [2, 3, 20, 200])
  func `the adding task marks one number in each half and wants their sum`(lag: Int) throws {
    let data = try builtIn.prepare(Requests.adding(lag: lag))
    #expect(data.description.input == .values([lag, 2]))
    let (inputs, targets) = (data.inputs(.train), data.values(.train))
    for example in 0..<30 {
      let start = 2 * lag * example
      let values = (0..<lag).map { inputs[start + 2 * $0] }
      let marked = (0..<lag).filter { inputs[start + 2 * $0 + 1] == 1 }
      #expect(marked.count == 2)
      #expect(marked[0] < lag / 2 && marked[1] >= lag / 2)
      #expect(targets[example] == values[marked[0]] + values[marked[1]])
      #expect(values.allSatisfy { (0..<1).contains($0) })
    }
  }
}
