// SPDX-License-Identifier: Apache-2.0

/// The 16 virtual lanes of every elementwise loop and reduction, whatever the CPU's vectors: part of why the bits are
/// the same on every machine.
typealias Lanes = SIMD16<Float>

#if VECTOR_512
  /// One hardware vector.
  typealias Vector = SIMD16<Float>
  /// Its bits.
  typealias VectorBits = SIMD16<UInt32>
  /// Rows of the register tile: 8 × 3 accumulators, three vectors of B and a broadcast fit 32 registers.
  let tileRows = 8
#elseif VECTOR_256
  /// One hardware vector.
  typealias Vector = SIMD8<Float>
  /// Its bits.
  typealias VectorBits = SIMD8<UInt32>
  /// Rows of the register tile: 4 × 3 accumulators, three vectors of B and a broadcast fit 16 registers.
  let tileRows = 4
#else
  /// One hardware vector.
  typealias Vector = SIMD4<Float>
  /// Its bits.
  typealias VectorBits = SIMD4<UInt32>
  /// Rows of the register tile: 8 × 3 accumulators fit the 32 registers of NEON.
  let tileRows = 8
#endif

/// Elements of a hardware vector.
let vectorWidth = Vector.scalarCount
/// Columns of the register tile: three hardware vectors.
let tileColumns = 3 * vectorWidth

/// The instruction set these kernels were compiled for, in words.
package let compiledVectorBits = vectorWidth * 32

@inline(__always)
func load(_ p: UnsafePointer<Float>) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func load(_ p: UnsafeMutablePointer<Float>) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func store(_ value: Lanes, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: value, as: Lanes.self)
}

/// Elements 0, 2, … 30; reads the one behind them, too.
@inline(__always)
func loadEverySecond(_ p: UnsafePointer<Float>) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD32<Float>.self).evenHalf
}

/// The first `count` < 16 elements; the other lanes hold `filler`.
///
/// By eights, fours, twos and ones through a local value, for setting single lanes in a loop costs a pass over memory
/// each.
@inline(__always)
func loadPart(_ p: UnsafePointer<Float>, _ count: Int, filler: Float = 0) -> Lanes {
  var value = Lanes(repeating: filler)
  withUnsafeMutableBytes(of: &value) { bytes in
    if let base = bytes.baseAddress { copyPart(UnsafeRawPointer(p), base, count) }
  }
  return value
}

@inline(__always)
func storePart(_ value: Lanes, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
  withUnsafeBytes(of: value) { bytes in
    if let base = bytes.baseAddress { copyPart(base, UnsafeMutableRawPointer(p), count) }
  }
}

/// Copies `count` < 16 floats.
@inline(__always)
private func copyPart(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int) {
  var done = 0
  if count & 8 != 0 {
    to.storeBytes(of: from.loadUnaligned(as: SIMD8<Float>.self), as: SIMD8<Float>.self)
    done = 32
  }
  if count & 4 != 0 {
    let four = from.loadUnaligned(fromByteOffset: done, as: SIMD4<Float>.self)
    to.storeBytes(of: four, toByteOffset: done, as: SIMD4<Float>.self)
    done &+= 16
  }
  if count & 2 != 0 {
    let two = from.loadUnaligned(fromByteOffset: done, as: SIMD2<Float>.self)
    to.storeBytes(of: two, toByteOffset: done, as: SIMD2<Float>.self)
    done &+= 8
  }
  if count & 1 != 0 {
    to.storeBytes(
      of: from.loadUnaligned(fromByteOffset: done, as: Float.self),
      toByteOffset: done,
      as: Float.self
    )
  }
}

/// 16 elements, or the first `count` and the filler.
@inline(__always)
func loadUpTo16(_ p: UnsafePointer<Float>, _ count: Int, filler: Float = 0) -> Lanes {
  count >= 16 ? load(p) : loadPart(p, count, filler: filler)
}

@inline(__always)
func storeUpTo16(_ value: Lanes, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
  if count >= 16 { store(value, p) } else { storePart(value, p, count) }
}

/// `body` of each stretch of 16 of `count` elements and of the shorter one at last; `width` is a literal 16 in all others,
/// so that whole vectors never look at it.
@inline(__always)
func eachSixteen(_ count: Int, _ body: (_ i: Int, _ width: Int) -> Void) {
  var i = 0
  while i &+ 16 <= count {
    body(i, 16)
    i &+= 16
  }
  if i < count { body(i, count &- i) }
}

/// The sum of the lanes by one written-out tree: halves, quarters, pairs.
@inline(__always)
func treeSum(_ v: Lanes) -> Float {
  let a = v.lowHalf + v.highHalf
  let b = a.lowHalf + a.highHalf
  let c = b.lowHalf + b.highHalf
  return c.x + c.y
}

/// The largest of the lanes, none of which is NaN.
@inline(__always)
func treeMaximum(_ v: Lanes) -> Float {
  let a = v.lowHalf.replacing(with: v.highHalf, where: v.highHalf .> v.lowHalf)
  let b = a.lowHalf.replacing(with: a.highHalf, where: a.highHalf .> a.lowHalf)
  let c = b.lowHalf.replacing(with: b.highHalf, where: b.highHalf .> b.lowHalf)
  return c.y > c.x ? c.y : c.x
}

@inline(__always)
func roundUp(_ n: Int, to multiple: Int) -> Int { (n &+ multiple &- 1) / multiple &* multiple }
