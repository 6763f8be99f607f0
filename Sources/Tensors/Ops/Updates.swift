// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Parameter {
  /// One step of an optimizer's rule with what it remembers, as many tensors as the rule has; false if a value is no
  /// longer finite.
  public func apply(
    _ rule: some UpdateRule,
    _ first: Parameter? = nil,
    _ second: Parameter? = nil,
    _ third: Parameter? = nil,
    context: KernelContext
  ) -> Bool {
    unsafe withBuffers { values, gradient in
      unsafe rule.apply(
        to: UpdateTensors(
          values: values,
          gradient: gradient,
          first: first?.values,
          second: second?.values,
          third: third?.values,
          count: count
        ),
        context: context
      )
    }
  }

  /// Σ gradient², in Double.
  public var gradientSumOfSquares: Double {
    unsafe withBuffers { _, gradient in unsafe Kernels.sumOfSquares(gradient, count: count) }
  }

  /// Σ value², in Double.
  public var sumOfSquares: Double { unsafe Kernels.sumOfSquares(values, count: count) }

  /// gradient · `factor`.
  public func scaleGradient(by factor: Float, context: KernelContext) {
    unsafe withBuffers { _, gradient in
      unsafe scale(gradient, by: factor, count: count, context: context)
    }
  }

  /// Each element of the gradient limited to ±`limit`; NaN stays NaN.
  public func clampGradient(to limit: Float, context: KernelContext) {
    unsafe withBuffers { _, gradient in
      unsafe clamp(gradient, to: limit, count: count, context: context)
    }
  }
}
