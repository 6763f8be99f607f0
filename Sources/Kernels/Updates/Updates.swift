// SPDX-License-Identifier: Apache-2.0

/// The numbers of one step of stochastic gradient descent.
public struct SGDStep: Sendable {
  /// Step size.
  public var learningRate: Float
  /// v = momentum · v + g.
  public var momentum: Float
  /// Whether the step is g + momentum · v instead of v.
  public var isNesterov: Bool
  /// g += weightDecay · x.
  public var weightDecay: Float

  /// A step.
  public init(learningRate: Float, momentum: Float, isNesterov: Bool, weightDecay: Float) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }
}

/// One step on one tensor, PyTorch's order of operations; `velocity` is nil iff momentum is 0. True if x stays finite.
package func update(
  _ x: UnsafeMutablePointer<Float>,
  gradient: UnsafePointer<Float>,
  velocity: UnsafeMutablePointer<Float>?,
  count: Int,
  step: SGDStep,
  context: KernelContext
) -> Bool {
  finite(count, context) { flags in
    SGDTask(x: x, gradient: gradient, velocity: velocity, count: count, step: step, flags: flags)
  }
}

/// The numbers of one step of Adam.
public struct AdamStep: Sendable {
  /// Decay of the first moment, in Double like the next: 1 − Float(0.999) is off by 10⁻⁵ of itself.
  public var beta1: Double
  /// Decay of the second moment.
  public var beta2: Double
  /// Added to the corrected root.
  public var epsilon: Float
  /// g += weightDecay · x.
  public var weightDecay: Float
  /// learningRate / (1 − beta1ᵗ).
  public var correctedRate: Float
  /// 1 / √(1 − beta2ᵗ).
  public var rootCorrection: Float

  /// A step.
  public init(
    beta1: Double,
    beta2: Double,
    epsilon: Float,
    weightDecay: Float,
    correctedRate: Float,
    rootCorrection: Float
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.correctedRate = correctedRate
    self.rootCorrection = rootCorrection
  }
}

/// One step on one tensor (Kingma & Ba 2015, Algorithm 1); true if x stays finite.
package func update(
  _ x: UnsafeMutablePointer<Float>,
  gradient: UnsafePointer<Float>,
  first: UnsafeMutablePointer<Float>,
  second: UnsafeMutablePointer<Float>,
  count: Int,
  step: AdamStep,
  context: KernelContext
) -> Bool {
  finite(count, context) { flags in
    AdamTask(
      x: x,
      gradient: gradient,
      first: first,
      second: second,
      count: count,
      step: step,
      flags: flags
    )
  }
}

/// Runs an update in chunks; each leaves 0 in its flag if all new values are finite, else NaN.
func finite<Task: ParallelTask>(
  _ count: Int,
  _ context: KernelContext,
  _ task: (UnsafeMutablePointer<Float>) -> Task
) -> Bool {
  let pieces = chunks(count)
  let flags = context.scratch(pieces)
  context.pool.run(pieces, task(flags))
  var sum: Float = 0
  for i in 0..<pieces { sum += flags[i] }
  return sum == 0
}

private struct SGDTask: ParallelTask {
  let x: UnsafeMutablePointer<Float>
  let gradient: UnsafePointer<Float>
  let velocity: UnsafeMutablePointer<Float>?
  let count: Int
  let step: SGDStep
  let flags: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    var bad = Lanes.zero
    let (x, g) = (x + start, gradient + start)
    let v = velocity.map { $0 + start }
    eachSixteen(count) { i, width in
      let old = loadUpTo16(x + i, width)
      var direction = loadUpTo16(g + i, width)
        .addingProduct(Lanes(repeating: step.weightDecay), old)
      if let v {
        let new = direction + step.momentum * loadUpTo16(v + i, width)
        storeUpTo16(new, v + i, width)
        direction =
          step.isNesterov ? direction.addingProduct(Lanes(repeating: step.momentum), new) : new
      }
      let new = old.addingProduct(Lanes(repeating: -step.learningRate), direction)
      bad += new - new
      storeUpTo16(new, x + i, width)
    }
    flags[index] = treeSum(bad)
  }
}

private struct AdamTask: ParallelTask {
  let x: UnsafeMutablePointer<Float>
  let gradient: UnsafePointer<Float>
  let first: UnsafeMutablePointer<Float>
  let second: UnsafeMutablePointer<Float>
  let count: Int
  let step: AdamStep
  let flags: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    var bad = Lanes.zero
    let (x, m, v) = (x + start, first + start, second + start)
    let g = gradient + start
    let (share1, decay2) = (Float(1 - step.beta1), Float(step.beta2))
    let share2 = Float(1 - step.beta2)
    eachSixteen(count) { i, width in
      let old = loadUpTo16(x + i, width)
      let slope = loadUpTo16(g + i, width).addingProduct(Lanes(repeating: step.weightDecay), old)
      let oldFirst = loadUpTo16(m + i, width)
      let newFirst = oldFirst.addingProduct(slope - oldFirst, Lanes(repeating: share1))
      // Lanes beyond the end hold 1, for 0 / 0 would be told as a value that is not finite.
      let newSecond = (loadUpTo16(v + i, width, filler: 1) * decay2)
        .addingProduct(slope * slope, Lanes(repeating: share2))
      let root = newSecond.squareRoot() * step.rootCorrection + step.epsilon
      let new = old - step.correctedRate * newFirst / root
      bad += new - new
      storeUpTo16(newFirst, m + i, width)
      storeUpTo16(newSecond, v + i, width)
      storeUpTo16(new, x + i, width)
    }
    flags[index] = treeSum(bad)
  }
}
