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
public func update(
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
public func update(
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
private func finite<Task: ParallelTask>(
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
    let x = x + start
    let rate = Lanes(repeating: -step.learningRate)
    let decay = Lanes(repeating: step.weightDecay)
    if let velocity {
      let v = velocity + start
      let momentum = Lanes(repeating: step.momentum)
      // Two results: v is mapped first (it needs the old x), then x uses it.
      zipLanes(gradient + start, UnsafePointer(x), v, count) { g, x, v in
        g.addingProduct(decay, x) + momentum * v
      }
      let nesterov = step.isNesterov
      zipLanes(gradient + start, UnsafePointer(v), x, count) { g, v, x in
        let direction = nesterov ? g.addingProduct(decay, x).addingProduct(momentum, v) : v
        let new = x.addingProduct(rate, direction)
        bad += new - new
        return new
      }
    } else {
      zipLanes(gradient + start, UnsafePointer(x), x, count) { g, _, x in
        let new = x.addingProduct(rate, g.addingProduct(decay, x))
        bad += new - new
        return new
      }
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
    var i = 0
    while i < count {
      let width = min(16, count &- i)
      let old = loadUpTo16(x + i, width)
      let slope = loadUpTo16(g + i, width).addingProduct(Lanes(repeating: step.weightDecay), old)
      let oldFirst = loadUpTo16(m + i, width)
      let newFirst = oldFirst.addingProduct(slope - oldFirst, Lanes(repeating: share1))
      let newSecond = (loadUpTo16(v + i, width) * decay2)
        .addingProduct(slope * slope, Lanes(repeating: share2))
      let root = newSecond.squareRoot() * step.rootCorrection + step.epsilon
      let new = old - step.correctedRate * newFirst / root
      bad += new - new
      storeUpTo16(newFirst, m + i, width)
      storeUpTo16(newSecond, v + i, width)
      storeUpTo16(new, x + i, width)
      i &+= 16
    }
    flags[index] = treeSum(bad)
  }
}
