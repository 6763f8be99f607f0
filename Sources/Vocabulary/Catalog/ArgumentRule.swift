// SPDX-License-Identifier: Apache-2.0

/// What two arguments of a component ask of each other.
public enum ArgumentRule: Sendable {
  /// The first is a number below the second.
  case below(String, String)
  /// The first is a number of at most the second.
  case atMost(String, String)
  /// The first is only true where the second is not 0.
  case onlyWith(String, String)
  /// The first, a size, is at most half of the second.
  case atMostHalf(String, String)
}
