// SPDX-License-Identifier: Apache-2.0

/// A count with what is counted, for sentences: `1 cell`, `5 cells`.
///
/// `plural` is for nouns that take more than an `s`; `shown` is the number where it is not written plainly, such as with
/// commas between thousands.
public func counted(
  _ count: Int,
  _ noun: String,
  plural: String? = nil,
  shown: String? = nil
) -> String {
  "\(shown ?? "\(count)") \(count == 1 ? noun : plural ?? noun + "s")"
}
