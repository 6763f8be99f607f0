// SPDX-License-Identifier: Apache-2.0

/// One tensor of a model and what an optimizer remembers beside each of its values.
public struct UpdateTensors {
  /// The values.
  public var values: UnsafeMutablePointer<Float>
  /// Their gradient.
  public var gradient: UnsafePointer<Float>
  /// The first tensor that the rule remembers; nil if it has none, like the next two.
  public var first: UnsafeMutablePointer<Float>?
  /// The second one.
  public var second: UnsafeMutablePointer<Float>?
  /// The third one.
  public var third: UnsafeMutablePointer<Float>?
  /// Number of values.
  public var count: Int

  /// The tensors of one update.
  public init(
    values: UnsafeMutablePointer<Float>,
    gradient: UnsafePointer<Float>,
    first: UnsafeMutablePointer<Float>? = nil,
    second: UnsafeMutablePointer<Float>? = nil,
    third: UnsafeMutablePointer<Float>? = nil,
    count: Int
  ) {
    self.values = values
    self.gradient = gradient
    self.first = first
    self.second = second
    self.third = third
    self.count = count
  }
}

/// The numbers of one step of an optimizer, which know how to take it.
public protocol UpdateRule: Sendable {
  /// One step on one tensor; true if its values stay finite.
  func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool
}

extension SGDStep: UpdateRule {
  /// One step; the first remembered tensor is the velocity.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    update(
      tensors.values,
      gradient: tensors.gradient,
      velocity: tensors.first,
      count: tensors.count,
      step: self,
      context: context
    )
  }
}

extension AdamStep: UpdateRule {
  /// One step; the remembered tensors are the first and the second moment.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    update(
      tensors.values,
      gradient: tensors.gradient,
      first: tensors.first ?? tensors.values,
      second: tensors.second ?? tensors.values,
      count: tensors.count,
      step: self,
      context: context
    )
  }
}

/// What is remembered beside 16 values.
struct RememberedLanes {
  var first = Lanes.zero
  var second = Lanes.zero
  var third = Lanes.zero
}

/// A rule that changes each value by itself, which is all that a new optimizer writes down.
protocol LaneRule: UpdateRule {
  /// How many tensors it remembers, at most three.
  static var rememberedCount: Int { get }
  /// The new values; a value that is not finite stays that.
  func step(_ values: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes
}

/// A step of `rule`; true if the values stay finite.
@inline(__always)
func updateLanes<Rule: LaneRule>(
  _ tensors: UpdateTensors,
  by rule: Rule,
  _ context: KernelContext
) -> Bool {
  finite(tensors.count, context) { flags in LaneTask(tensors: tensors, rule: rule, flags: flags) }
}

private struct LaneTask<Rule: LaneRule>: ParallelTask {
  let tensors: UpdateTensors
  let rule: Rule
  let flags: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, tensors.count)
    var bad = Lanes.zero
    let (x, g) = (tensors.values + start, tensors.gradient + start)
    // The compiler cannot know that a rule comes with its tensors; what it does not remember is never touched.
    let a = (tensors.first ?? tensors.values) + start
    let b = (tensors.second ?? tensors.values) + start
    let c = (tensors.third ?? tensors.values) + start
    eachSixteen(count) { i, width in
      var state = RememberedLanes()
      // Lanes beyond the end hold ones, so that none of them divides 0 by 0.
      if Rule.rememberedCount > 0 { state.first = loadUpTo16(a + i, width, filler: 1) }
      if Rule.rememberedCount > 1 { state.second = loadUpTo16(b + i, width, filler: 1) }
      if Rule.rememberedCount > 2 { state.third = loadUpTo16(c + i, width, filler: 1) }
      let new = rule.step(
        loadUpTo16(x + i, width, filler: 1),
        loadUpTo16(g + i, width, filler: 1),
        &state
      )
      bad += new - new
      if Rule.rememberedCount > 0 { storeUpTo16(state.first, a + i, width) }
      if Rule.rememberedCount > 1 { storeUpTo16(state.second, b + i, width) }
      if Rule.rememberedCount > 2 { storeUpTo16(state.third, c + i, width) }
      storeUpTo16(new, x + i, width)
    }
    flags[index] = treeSum(bad)
  }
}

/// √(s + epsilon) or √s + epsilon, by which a step is divided.
@inline(__always)
func rootWithEpsilon(_ square: Lanes, _ epsilon: Float, isInside: Bool) -> Lanes {
  isInside ? (square + epsilon).squareRoot() : square.squareRoot() + epsilon
}
