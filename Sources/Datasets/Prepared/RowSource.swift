// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Where real inputs or targets of a part are read from, and what is done to them on the way into a batch.
///
/// Standardised numbers are the same whichever way they take: float32 and float64 are scaled once while the data are
/// prepared, unless the copy would be large; bytes of images are looked up in a table of 256 results for each channel;
/// all others are scaled in each batch.
struct RowSource: Sendable {
  private let array: StoredArray
  private let storage: ByteStorage
  private let way: Way

  private enum Way {
    /// As stored.
    case plain
    /// Scaled, or filled in, after copying.
    case scaled(Scaling)
    /// Bytes of images whose channels have `area` pixels.
    case table([Float], area: Int)
  }

  /// Larger scaled copies are not made: memory is each worker's own, while decoded files are shared between them.
  static let largestCopy = 1 << 26
  /// Images of more channels have no table.
  private static let mostChannels = 16

  /// `exact` holds the same numbers where float32 rounds some. `rows` is how many first rows are used, `copies` how often
  /// such a source is made of these data. `errors` are added before scaling, or by the caller where nothing is scaled.
  init(
    _ array: StoredArray,
    exact: StoredArray?,
    _ storage: ByteStorage,
    _ scaling: Scaling?,
    rows: Int,
    copies: Int = 1,
    errors: TargetErrors? = nil
  ) {
    guard let scaling, scaling.standardizes else {
      self.init(array, storage, scaling.map { .scaled($0) } ?? .plain)
      return
    }
    let read = exact ?? array
    let size = 4 * array.stride * rows
    if let table = Self.table(array, scaling) {
      self.init(array, storage, table)
    } else if errors != nil || size <= Self.largestCopy / max(1, copies) {
      let copy = Self.copy(read, storage, scaling, rows: rows, errors)
      let shape = [rows] + array.shape.dropFirst()
      self.init(StoredArray(element: .float32, shape: shape, offset: 0), copy, .plain)
    } else {
      self.init(read, storage, .scaled(scaling))
    }
  }

  private init(_ array: StoredArray, _ storage: ByteStorage, _ way: Way) {
    (self.array, self.storage, self.way) = (array, storage, way)
  }

  private static func table(_ array: StoredArray, _ scaling: Scaling) -> Way? {
    guard array.element == .uint8, array.shape.count == 4, array.shape[1] <= mostChannels else {
      return nil
    }
    let area = array.shape[2] * array.shape[3]
    let values = (0..<array.shape[1]).flatMap { channel in
      (0..<256).map { byte in
        scaling.standardized(Double(Float(byte) / 255), at: channel * area)
      }
    }
    return .table(values, area: area)
  }

  private static func copy(
    _ array: StoredArray,
    _ storage: ByteStorage,
    _ scaling: Scaling,
    rows: Int,
    _ errors: TargetErrors?
  ) -> ByteStorage {
    let count = array.stride
    var row = [Double](repeating: 0, count: count)
    return unsafe ByteStorage(count: 4 * count * rows) { memory in
      let output = unsafe memory.assumingMemoryBound(to: Float.self)
      for id in 0..<Int32(rows) {
        unsafe row.withUnsafeMutableBufferPointer { row in
          guard let base = row.baseAddress else { return }
          unsafe copyValues(array, storage, id, to: base)
          if let error = errors?.errors[id] {
            for index in 0..<count { unsafe row[index] += Double(error[index]) }
          }
          unsafe scaling.apply(UnsafePointer(base), to: output + Int(id) &* count, rows: 1)
        }
      }
    }
  }
}

/// Bytes of examples that are sent for together: half of a first-level cache.
private let touchedBytes = 1 << 14
/// Examples of fewer bytes are not: many of them share what comes from memory.
private let leastTouched = 256

extension RowSource {
  /// Copies the rows `ids`, row-major.
  func gather(_ ids: UnsafeBufferPointer<Int32>, _ output: UnsafeMutablePointer<Float>) {
    let base = unsafe storage.base + array.offset
    let count = array.stride
    let size = count &* array.element.byteCount
    // Examples lie anywhere in the data: some of them are sent for together, instead of waiting for each.
    let together = size < leastTouched ? Int.max : max(1, touchedBytes / size)
    for row in 0..<ids.count {
      if size >= leastTouched, row % together == 0 {
        for next in row..<min(ids.count, row &+ together) {
          unsafe touch(base + Int(ids[next]) &* size, count: min(size, touchedBytes))
        }
      }
      unsafe write(ids[row], to: output + row &* count)
    }
    guard case .scaled(let scaling) = way, array.element != .float64 else { return }
    unsafe scaling.apply(output, rows: ids.count)
  }

  private func write(_ id: Int32, to output: UnsafeMutablePointer<Float>) {
    switch way {
    case .plain: unsafe copyValues(array, storage, id, to: output)
    case .table(let table, let area): unsafe lookUp(id, table, area, to: output)
    case .scaled(let scaling):
      guard array.element == .float64 else {
        unsafe copyValues(array, storage, id, to: output)
        return
      }
      let values = unsafe (storage.base + array.offset).assumingMemoryBound(to: Double.self)
      unsafe scaling.apply(values + Int(id) &* array.stride, to: output, rows: 1)
    }
  }

  private func lookUp(
    _ id: Int32,
    _ table: [Float],
    _ area: Int,
    to output: UnsafeMutablePointer<Float>
  ) {
    let start = unsafe storage.base + array.offset + Int(id) &* array.stride
    let bytes = unsafe start.assumingMemoryBound(to: UInt8.self)
    unsafe table.withUnsafeBufferPointer { table in
      guard let first = table.baseAddress else { return }
      for channel in 0..<table.count / 256 {
        let results = unsafe first + 256 &* channel
        for index in (channel &* area)..<((channel &+ 1) &* area) {
          unsafe output[index] = unsafe results[Int(bytes[index])]
        }
      }
    }
  }
}
