// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The checksum of gzip and PNG.
public enum CRC32 {
  /// The CRC-32 (polynomial 0xEDB88320) of bytes; `start` is the CRC-32 of the bytes before them.
  public static func checksum(of bytes: [UInt8], continuing start: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe checksum(of: $0, continuing: start) }
  }

  /// The CRC-32 (polynomial 0xEDB88320) of bytes; `start` is the CRC-32 of the bytes before them.
  public static func checksum(
    of bytes: UnsafeRawBufferPointer,
    continuing start: UInt32 = 0
  ) -> UInt32 {
    let memory = unsafe bytes.bindMemory(to: UInt8.self)
    return unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(start), memory.baseAddress, memory.count))
  }
}
