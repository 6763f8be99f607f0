// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DeterministicMath

@Suite struct PhiloxTests {
  // Known answers of the reference implementation (Random123, kat_vectors, philox4x32-10).
  @Test func `the reference's known answers`() {
    #expect(
      Philox(key: SIMD2(0, 0)).block(SIMD4(0, 0, 0, 0))
        == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
    )
    #expect(
      Philox(key: SIMD2(.max, .max)).block(SIMD4(.max, .max, .max, .max))
        == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
    )
    #expect(
      Philox(key: SIMD2(0xA409_3822, 0x299F_31D0)).block(
        SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344)
      )
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
    )
  }
}

@Suite struct RandomStreamTests {
  @Test func `seed, purpose, path and step each make another stream`() {
    let streams = [
      RandomStream(seed: 0, purpose: .dropout), RandomStream(seed: 1, purpose: .dropout),
      RandomStream(seed: 0, purpose: .shuffle), RandomStream(seed: 0, purpose: .dropout, path: "1"),
      RandomStream(seed: 0, purpose: .dropout, step: 1),
    ]
    #expect(Set(streams.map { $0.block(0) }).count == streams.count)
  }

  @Test func `a permutation holds every index once and depends on the seed`() {
    var a = RandomStream(seed: 3, purpose: .shuffle)
    var b = RandomStream(seed: 4, purpose: .shuffle)
    let (first, second) = (a.permutation(1000), b.permutation(1000))
    #expect(first.sorted() == Array(0..<1000) && second.sorted() == Array(0..<1000))
    #expect(first != second)
    #expect(a.permutation(0).isEmpty)
  }

  @Test func `bounded integers are uniform`() {
    var stream = RandomStream(seed: 5, purpose: .shuffle)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.next(below: 7)] += 1 }
    // Binomial standard deviation about 93: five of them.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 465 })
  }

  @Test func `normal numbers have mean 0, deviation 1 and normal tails`() {
    var values = [Float](repeating: 0, count: 100_001)
    RandomStream(seed: 6, purpose: .initialization).fillNormal(&values, standardDeviation: 1)
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 1e5
    #expect(abs(mean) < 0.016 && abs(variance - 1) < 0.023)
    let outside = values.count { abs($0) > 1.959964 }
    #expect(abs(outside - 5000) < 350)
  }

  @Test func `uniform numbers fill their range from any element on`() {
    var values = [Float](repeating: .nan, count: 10_003)
    RandomStream(seed: 7, purpose: .initialization).fillUniform(&values, low: -2, high: 3)
    #expect(values.allSatisfy { $0 >= -2 && $0 < 3 })
    var prefix = [Float](repeating: .nan, count: 5)
    RandomStream(seed: 7, purpose: .initialization).fillUniform(&prefix, low: -2, high: 3)
    #expect(prefix == Array(values[..<5]))
  }
}

@Suite struct ElementaryTests {
  /// Distance in units in the last place of `expected`.
  private func ulps(_ actual: Double, _ expected: Double) -> Double {
    if actual == expected || (actual.isNaN && expected.isNaN) { return 0 }
    return abs(actual - expected) / max(expected.ulp, Double.leastNormalMagnitude.ulp)
  }

  @Test func `exp, log, sin, cos and tanh agree with the C library to a few ulp`() {
    for i in -20_000...20_000 {
      let x = Double(i) * 0.03531
      #expect(ulps(Elementary.exp(x), Foundation.exp(x)) <= 2, "exp \(x)")
      #expect(ulps(Elementary.tanh(x / 10), Foundation.tanh(x / 10)) <= 4, "tanh \(x / 10)")
      #expect(abs(Elementary.sin(x) - Foundation.sin(x)) <= 3e-16, "sin \(x)")
      #expect(abs(Elementary.cos(x) - Foundation.cos(x)) <= 3e-16, "cos \(x)")
      let y = Foundation.exp(x / 2)
      #expect(ulps(Elementary.log(y), Foundation.log(y)) <= 2, "log \(y)")
    }
  }

  @Test func `the ends of the ranges`() {
    #expect(Elementary.exp(-.infinity) == 0 && Elementary.exp(.infinity) == .infinity)
    #expect(Elementary.exp(0) == 1 && Elementary.log(1) == 0 && Elementary.cos(0) == 1)
    #expect(Elementary.log(0) == -.infinity && Elementary.log(-1).isNaN)
    #expect(Elementary.log(.leastNonzeroMagnitude) == Foundation.log(.leastNonzeroMagnitude))
    for function in [
      Elementary.exp, Elementary.log, Elementary.sin, Elementary.cos, Elementary.tanh,
    ] {
      #expect(function(.nan).isNaN)
    }
  }

  @Test func `powers`() {
    #expect(Elementary.pow(2, 10) == 1024 && Elementary.pow(2, -2) == 0.25)
    #expect(Elementary.pow(-3, 3) == -27)
    #expect(abs(Elementary.pow(10, -3.5) - Foundation.pow(10, -3.5)) < 1e-18)
  }
}
