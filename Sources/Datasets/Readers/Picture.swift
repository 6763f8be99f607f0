// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// The pixels of a PNG file, its errors as ours.
func readPicture(_ path: String, _ format: PNGImage.Format) throws(DatasetError) -> PNGImage {
  let bytes = try fileBytes(path)
  do {
    return try PNG.decode(bytes, as: format, pixelLimit: 1 << 24)
  } catch {
    throw .pictures(path: path, DatasetError.PictureFact(error))
  }
}

extension DatasetError.PictureFact {
  fileprivate init(_ error: PNGError) {
    switch error {
    case .notPNG: self = .notPNG("\(error)")
    case .tooLarge: self = .tooLarge("\(error)")
    case .damagedChunk, .undecodable, .badKeyword: self = .damaged("\(error)")
    }
  }
}

/// The pixels channel by channel.
func planes(_ picture: PNGImage) -> [UInt8] {
  let channels = picture.format.channels
  guard channels > 1 else { return picture.pixels }
  return (0..<channels).flatMap { channel in
    stride(from: channel, to: picture.pixels.count, by: channels).map { picture.pixels[$0] }
  }
}
