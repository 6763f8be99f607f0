// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Tensors

extension DatasetRequest {
  /// Whether the reader of the set resizes pictures: true for a folder of pictures with a `size`.
  public var resizesPictures: Bool { name == "images" && size("size") != nil }
}

extension PreparedData {
  /// Reads a PNG file as one example, in grey or in colours like the data.
  ///
  /// The inputs must be images [1, H, W] or [3, H, W]. With `resizing`, a picture of another size
  /// is resized as in a folder of pictures. Without it, the picture is refused.
  public func inputs(fromPicture path: String, resizing: Bool) throws(DatasetError) -> ForeignInputs
  {
    guard case .values(let shape) = description.input, shape.count == 3,
      shape[0] == 1 || shape[0] == 3
    else { preconditionFailure("`\(description.name)` has no images, but \(description.input)") }
    let size = ImageSize(height: shape[1], width: shape[2])
    var picture = try readPicture(path, shape[0] == 1 ? .gray8 : .rgb8)
    let got = ImageSize(height: picture.height, width: picture.width)
    if got != size {
      guard resizing else {
        throw .pictures(path: path, .foreignSize(got, expected: size))
      }
      picture = resized(picture, to: size)
    }
    return try inputs(from: NpyArray(shape: [1] + shape, .bytes(planes(picture))), path: path)
  }
}
