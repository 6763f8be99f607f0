// SPDX-License-Identifier: Apache-2.0

/// y[i] = x[i] / 255, the exact quotient rounded once, for the pixels of images; on the calling thread.
///
/// 1/255 is the sum of two floats, so b/255 is one FMA on a small product: a multiple of 1/255 lies too far from the
/// middle between two floats for the product's own rounding to matter. All 256 values are tested. The plain loop is left
/// to the compiler, which makes eight or sixteen bytes of it at a time.
public func bytesToUnitFloats(
  _ x: UnsafePointer<UInt8>,
  into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  for i in 0..<count {
    let byte = Float(x[i])
    y[i] = (byte * -0x1.fdfdfep-33).addingProduct(byte, 0x1.010102p-8)
  }
}

/// Reads one byte of each cache line, so that all of them come from memory at the same time, before they are used.
///
/// The result means nothing; it is there so that the reading is.
@discardableResult
public func touch(_ bytes: UnsafeRawPointer, count: Int) -> UInt8 {
  var sum: UInt8 = 0
  var i = 0
  while i < count {
    sum &+= bytes.load(fromByteOffset: i, as: UInt8.self)
    i &+= 64
  }
  return sum
}
