// SPDX-License-Identifier: Apache-2.0

/// A number of bytes for people: `640 B`, `3.2 MB`, `16 TB`.
public func byteText(_ count: Int) -> String {
  let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
  var value = Double(count)
  var unit = 0
  while value >= 1000, unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  if unit == 0 { return "\(count) B" }
  guard value < 10 else { return "\(Int(value.rounded(.toNearestOrEven))) \(units[unit])" }
  let tenths = Int((value * 10).rounded(.toNearestOrEven))
  return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
