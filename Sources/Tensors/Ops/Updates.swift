// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Parameter {
  /// One step of stochastic gradient descent; false if a value is no longer finite. `velocity` iff there is momentum.
  public func apply(_ step: SGDStep, velocity: Parameter?, context: KernelContext) -> Bool {
    unsafe withBuffers { values, gradient in
      unsafe update(
        values,
        gradient: gradient,
        velocity: velocity?.values,
        count: count,
        step: step,
        context: context
      )
    }
  }

  /// One step of Adam; false if a value is no longer finite.
  public func apply(
    _ step: AdamStep,
    first: Parameter,
    second: Parameter,
    context: KernelContext
  ) -> Bool {
    unsafe withBuffers { values, gradient in
      unsafe update(
        values,
        gradient: gradient,
        first: first.values,
        second: second.values,
        count: count,
        step: step,
        context: context
      )
    }
  }

  /// Σ gradient², in Double.
  public var gradientSumOfSquares: Double {
    unsafe withBuffers { _, gradient in unsafe sumOfSquares(gradient, count: count) }
  }

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
