// SPDX-License-Identifier: Apache-2.0

/// y[i] = x[i] / 255, the exact quotient rounded once, for the pixels of images; on the calling thread.
///
/// 1/255 is the sum of two floats, so b/255 is one FMA on a small product: a multiple of 1/255 lies too far from the
/// middle between two floats for the product's own rounding to matter. All 256 values are tested.
public func bytesToUnitFloats(
  _ x: UnsafePointer<UInt8>,
  into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  var i = 0
  while i &+ 16 <= count {
    store(unitFloats(x + i, 16), y + i)
    i &+= 16
  }
  if i < count { storePart(unitFloats(x + i, count &- i), y + i, count &- i) }
}

@inline(__always)
private func unitFloats(_ x: UnsafePointer<UInt8>, _ count: Int) -> Lanes {
  var bytes = Lanes.zero
  // One by one: the conversion of a whole vector would be an out-of-line call.
  for lane in 0..<count { bytes[lane] = Float(x[lane]) }
  return (bytes * -0x1.fdfdfep-33).addingProduct(bytes, Lanes(repeating: 0x1.010102p-8))
}
