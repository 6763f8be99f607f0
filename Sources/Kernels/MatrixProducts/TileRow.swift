// SPDX-License-Identifier: Apache-2.0

@inline(__always)
private func rectifiedVector(_ x: Vector) -> Vector {
  x.replacing(with: Vector.zero, where: x .<= 0)
}

/// One row of a tile, or one row of B: one to three hardware vectors.
protocol TileRow {
  /// Hardware vectors.
  static var vectors: Int { get }
  init()
  init(_ p: UnsafePointer<Float>)
  mutating func add(_ a: Float, _ b: Self)
  mutating func add(_ b: Self)
  mutating func add(_ value: Float)
  /// Zero where an element is not above it; NaN stays.
  mutating func rectify()
  func store(_ p: UnsafeMutablePointer<Float>)
}

@inline(__always)
func loadVector(_ p: UnsafePointer<Float>) -> Vector {
  UnsafeRawPointer(p).loadUnaligned(as: Vector.self)
}

@inline(__always)
func storeVector(_ value: Vector, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: value, as: Vector.self)
}

struct OneVector: TileRow {
  static var vectors: Int { 1 }
  var x = Vector.zero
  @inline(__always)
  init() {}
  @inline(__always)
  init(_ p: UnsafePointer<Float>) { x = loadVector(p) }
  @inline(__always)
  mutating func add(_ a: Float, _ b: Self) { x = x.addingProduct(Vector(repeating: a), b.x) }
  @inline(__always)
  mutating func add(_ b: Self) {
    x += b.x
  }
  @inline(__always)
  mutating func add(_ value: Float) {
    x += value
  }
  @inline(__always)
  mutating func rectify() {
    x = rectifiedVector(x)
  }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) { storeVector(x, p) }
}

struct TwoVectors: TileRow {
  static var vectors: Int { 2 }
  var x = Vector.zero
  var y = Vector.zero
  @inline(__always)
  init() {}
  @inline(__always)
  init(_ p: UnsafePointer<Float>) {
    x = loadVector(p)
    y = loadVector(p + vectorWidth)
  }
  @inline(__always)
  mutating func add(_ a: Float, _ b: Self) {
    let factor = Vector(repeating: a)
    x = x.addingProduct(factor, b.x)
    y = y.addingProduct(factor, b.y)
  }
  @inline(__always)
  mutating func add(_ b: Self) {
    x += b.x
    y += b.y
  }
  @inline(__always)
  mutating func add(_ value: Float) {
    x += value
    y += value
  }
  @inline(__always)
  mutating func rectify() {
    x = rectifiedVector(x)
    y = rectifiedVector(y)
  }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) {
    storeVector(x, p)
    storeVector(y, p + vectorWidth)
  }
}

struct ThreeVectors: TileRow {
  static var vectors: Int { 3 }
  var x = Vector.zero
  var y = Vector.zero
  var z = Vector.zero
  @inline(__always)
  init() {}
  @inline(__always)
  init(_ p: UnsafePointer<Float>) {
    x = loadVector(p)
    y = loadVector(p + vectorWidth)
    z = loadVector(p + 2 &* vectorWidth)
  }
  @inline(__always)
  mutating func add(_ a: Float, _ b: Self) {
    let factor = Vector(repeating: a)
    x = x.addingProduct(factor, b.x)
    y = y.addingProduct(factor, b.y)
    z = z.addingProduct(factor, b.z)
  }
  @inline(__always)
  mutating func add(_ b: Self) {
    x += b.x
    y += b.y
    z += b.z
  }
  @inline(__always)
  mutating func add(_ value: Float) {
    x += value
    y += value
    z += value
  }
  @inline(__always)
  mutating func rectify() {
    x = rectifiedVector(x)
    y = rectifiedVector(y)
    z = rectifiedVector(z)
  }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) {
    storeVector(x, p)
    storeVector(y, p + vectorWidth)
    storeVector(z, p + 2 &* vectorWidth)
  }
}
