// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Limits on gradients.
public enum Clipping {
  /// Scales all gradients together so that their Euclidean norm is at most `limit`; returns the norm before.
  ///
  /// Squares are summed in Double, parameter by parameter. As PyTorch's `clip_grad_norm_`, the factor is
  /// limit / (norm + 1e-6), never above 1; a norm that is not finite leaves the gradients as they are.
  @discardableResult
  public static func byNorm(_ parameters: [Parameter], limit: Double, context: KernelContext)
    -> Double
  {
    var total = 0.0
    for parameter in parameters { total += parameter.gradientSumOfSquares }
    let norm = total.squareRoot()
    let factor = limit / (norm + 1e-6)
    guard norm.isFinite, factor < 1 else { return norm }
    for parameter in parameters { parameter.scaleGradient(by: Float(factor), context: context) }
    return norm
  }

  /// Limits each element to ±`limit`; NaN stays NaN.
  public static func byValue(_ parameters: [Parameter], limit: Double, context: KernelContext) {
    for parameter in parameters { parameter.clampGradient(to: Float(limit), context: context) }
  }
}
