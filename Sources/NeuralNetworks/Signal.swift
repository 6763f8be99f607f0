// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// What flows between layers: values, or whole numbers where no layer has made values of them yet.
public enum Signal {
  /// Real values [N, …].
  case values(Variable)
  /// Tokens [N, T] or [N], below the shape's vocabulary.
  case tokens(Indices)
}
