// SPDX-License-Identifier: Apache-2.0

import CZlib

/// What stands around the deflated bytes; zlib's `windowBits`.
enum DeflateFormat: Int32 {
  case zlib = 15
  case gzip = 31
  /// Nothing: the entries of zip archives have their own headers and checksums.
  case none = -15
}

/// zlib counts in 32 bits, so that larger buffers are offered in pieces.
private let largestPiece = 1 << 30

/// The whole of `bytes` compressed at once.
func deflated(_ bytes: UnsafeRawBufferPointer, level: Int, format: DeflateFormat) -> [UInt8] {
  precondition((0...9).contains(level), "compression level \(level) is outside 0...9")
  var stream = unsafe z_stream()
  let opened = unsafe deflateInit2_(
    &stream,
    Int32(level),
    Z_DEFLATED,
    format.rawValue,
    8,
    Z_DEFAULT_STRATEGY,
    ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size)
  )
  precondition(opened == Z_OK, "zlib cannot start to compress (\(opened))")
  defer { unsafe deflateEnd(&stream) }
  let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
  return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
    var consumed = 0
    var status = Z_OK
    while status == Z_OK {
      let piece = min(largestPiece, bytes.count - consumed)
      let room = min(largestPiece, bound - count)
      unsafe stream.next_in = nextInput(bytes, from: consumed)
      unsafe stream.avail_in = UInt32(piece)
      unsafe stream.next_out = output.baseAddress.map { unsafe $0 + count }
      unsafe stream.avail_out = UInt32(room)
      status = unsafe deflate(&stream, consumed + piece == bytes.count ? Z_FINISH : Z_NO_FLUSH)
      consumed += unsafe piece - Int(stream.avail_in)
      count += unsafe room - Int(stream.avail_out)
    }
    precondition(status == Z_STREAM_END, "zlib cannot compress (\(status))")
  }
}

/// Expands one stream that begins at `start`, appends to `output` and returns the offset behind the stream.
func inflate(
  _ bytes: UnsafeRawBufferPointer,
  from start: Int,
  into output: inout [UInt8],
  limit: Int,
  format: DeflateFormat
) throws(CompressionError) -> Int {
  var stream = unsafe z_stream()
  let opened = unsafe inflateInit2_(
    &stream,
    format.rawValue,
    ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size)
  )
  precondition(opened == Z_OK, "zlib cannot start to expand (\(opened))")
  defer { unsafe inflateEnd(&stream) }
  var offset = start
  var scratch = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let piece = min(largestPiece, bytes.count - offset)
    unsafe stream.next_in = nextInput(bytes, from: offset)
    unsafe stream.avail_in = UInt32(piece)
    let (status, produced) = unsafe inflatePiece(&stream, &scratch)
    offset += unsafe piece - Int(stream.avail_in)
    guard produced <= limit - output.count else { throw .tooLarge(limit: limit, offset: offset) }
    output.append(contentsOf: scratch[..<produced])
    switch status {
    case Z_STREAM_END: return offset
    case Z_OK: continue
    case Z_BUF_ERROR: throw .truncated(offset: bytes.count)
    case Z_NEED_DICT: throw .damaged(offset: offset, reason: "a preset dictionary is asked for")
    default: throw unsafe .damaged(offset: offset, reason: message(of: stream, status))
    }
  }
}

private func inflatePiece(_ stream: inout z_stream, _ scratch: inout [UInt8]) -> (Int32, Int) {
  unsafe scratch.withUnsafeMutableBufferPointer { room in
    unsafe stream.next_out = room.baseAddress
    unsafe stream.avail_out = UInt32(room.count)
    let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
    return unsafe (status, room.count - Int(stream.avail_out))
  }
}

private func message(of stream: z_stream, _ status: Int32) -> String {
  unsafe stream.msg.map { unsafe String(cString: $0) } ?? "zlib status \(status)"
}

/// zlib reads through a pointer that it declares mutable.
private func nextInput(
  _ bytes: UnsafeRawBufferPointer,
  from offset: Int
) -> UnsafeMutablePointer<UInt8>? {
  guard let base = bytes.baseAddress else { return nil }
  let address = unsafe (base + offset).assumingMemoryBound(to: UInt8.self)
  return unsafe UnsafeMutablePointer(mutating: address)
}
