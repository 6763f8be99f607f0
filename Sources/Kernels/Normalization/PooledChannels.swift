// SPDX-License-Identifier: Apache-2.0

/// A pooling of normalised images of more than one pixel, done on the way.
package struct ChannelPooling {
  /// The pooling.
  package var pooling: Pooling
  /// Rows of an image before it.
  package var height: Int
  /// Columns of an image before it.
  package var width: Int
  /// For the gradient of a maximum: for each pooled value row · `columns` + column of its place in the window.
  package var places: UnsafeMutablePointer<UInt8>?

  /// A pooling of images of this size; `places` is nil where no gradient will be asked for.
  package init(
    _ pooling: Pooling,
    height: Int,
    width: Int,
    places: UnsafeMutablePointer<UInt8>? = nil
  ) {
    self.pooling = pooling
    self.height = height
    self.width = width
    self.places = places
  }

  /// Pooled values of one plane.
  var pixels: Int { (height / pooling.rows) &* (width / pooling.columns) }

  /// Floats that a plane takes before it is pooled.
  var planeFloats: Int { roundUp(height &* width &+ rowSlack, to: 16) }

  /// Pools a plane.
  func pool(
    _ plane: UnsafePointer<Float>,
    number: Int,
    into y: UnsafeMutablePointer<Float>
  ) {
    let place = number &* pixels
    pooling.pool(
      PooledRows(values: plane, rows: height, width: width, slack: rowSlack),
      into: y + place,
      places: places.map { $0 + place }
    )
  }

  /// The gradients of a plane's values from those of the pooled ones.
  func spread(
    _ gradient: UnsafePointer<Float>,
    number: Int,
    over plane: UnsafeMutablePointer<Float>
  ) {
    let place = number &* pixels
    pooling.spread(
      gradient + place,
      places: places.map { $0 + place },
      over: plane,
      rows: height,
      width: width
    )
    let rows = height / pooling.rows &* pooling.rows
    fill(plane + rows &* width, 0, (height &- rows) &* width)
  }
}

/// A pooling, and for each thread memory for one plane before it.
struct PooledPlanes {
  let pooling: ChannelPooling
  let planes: OwnMemory

  init(_ pooling: ChannelPooling, _ context: KernelContext) {
    self.pooling = pooling
    let threads = context.pool.threadCount
    let memory = context.scratch(threads &* pooling.planeFloats)
    planes = OwnMemory(memory, pooling.planeFloats, threads)
  }
}
