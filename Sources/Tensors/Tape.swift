// SPDX-License-Identifier: Apache-2.0

public import Kernels

/// A value on a tape; valid until the tape's next reset.
public struct Variable: Hashable, Sendable {
  let index: Int32
}

/// Whole numbers on a tape, such as tokens [N, T] or classes [N]; valid until the tape's next reset.
@safe
public struct Indices {
  let base: UnsafeMutablePointer<Int32>
  /// The shape.
  public let shape: Shape

  /// A copy of the numbers, row-major.
  public var array: [Int32] {
    unsafe Array(UnsafeBufferPointer(start: base, count: shape.count))
  }

  /// How many are no mark for "left out", which is a negative number.
  public var classifiedCount: Int { unsafe countClassified(base, rows: shape.count) }
}

/// Define by run: operations compute at once and are noted down, `backward` walks the notes in reverse.
///
/// Notes are plain values in a reused array, results and gradients lie in an arena: after the first step of a shape
/// nothing is allocated. The network may differ from step to step. Not for use by two threads at a time.
@safe
public final class Tape {
  /// Thread pool and scratch memory of the kernels.
  public let context: KernelContext
  /// Whether layers such as dropout act, and whether operations are noted for `backward`.
  public private(set) var isTraining = false

  private var arena: Arena
  private var records: [Record] = unsafe []
  private var nodes: [Node] = unsafe []
  private var spare: (floats: UnsafeMutablePointer<Float>, count: Int)?

  /// A tape whose kernels run on `threadCount` threads.
  public init(threadCount: Int) {
    context = KernelContext(threadCount: threadCount)
    arena = Arena(fill: context.fill)
  }

  /// Forgets all values and starts a step.
  public func reset(training: Bool) {
    isTraining = training
    unsafe records.removeAll(keepingCapacity: true)
    unsafe nodes.removeAll(keepingCapacity: true)
    unsafe spare = nil
    arena.reset()
  }

  /// Bytes held for values and gradients.
  public var memoryBytes: Int { arena.capacity }

  // MARK: - Making values

  /// A constant of this shape, filled by `body`.
  public func constant(_ shape: Shape, _ body: (UnsafeMutablePointer<Float>) -> Void) -> Variable {
    let values = unsafe floats(shape.count)
    unsafe body(values)
    return unsafe append(Record(values: values, shape: shape, needsGradient: false))
  }

  /// A constant of this shape, whose rows along the first axis are made by several threads at a time.
  public func constant(_ shape: Shape, _ writer: any RowWriter) -> Variable {
    let size = shape.count / max(1, shape[0])
    return unsafe constant(shape) { memory in
      unsafe context.write(writer, rows: shape[0], of: size, to: memory)
    }
  }

  /// A constant of this shape with these values.
  public func constant(_ shape: Shape, _ values: [Float]) -> Variable {
    precondition(values.count == shape.count, "\(shape) needs \(shape.count) values")
    return unsafe constant(shape) { memory in
      for i in values.indices { unsafe memory[i] = values[i] }
    }
  }

  /// A value whose gradient is wanted, such as an input under test.
  public func variable(_ shape: Shape, _ values: [Float]) -> Variable {
    let result = constant(shape, values)
    askForGradient(result)
    return result
  }

  /// Whole numbers of this shape, filled by `body`.
  public func indices(_ shape: Shape, _ body: (UnsafeMutablePointer<Int32>) -> Void) -> Indices {
    let memory = unsafe arena.allocate(shape.count * 4)
    let base = unsafe memory.bindMemory(to: Int32.self, capacity: shape.count)
    unsafe body(base)
    return unsafe Indices(base: base, shape: shape)
  }

  /// The parameter's values as a variable; its gradient adds up in the parameter, unless that is frozen.
  public func parameter(_ parameter: Parameter) -> Variable {
    if isTraining { parameter.forgetPacked() }
    return unsafe append(
      Record(
        values: parameter.values,
        shape: parameter.shape,
        needsGradient: !parameter.isFrozen,
        parameter: Unmanaged.passUnretained(parameter)
      )
    )
  }

  // MARK: - Looking at values

  /// The shape of a value.
  public func shape(of variable: Variable) -> Shape { unsafe records[Int(variable.index)].shape }

  /// A copy of a value, row-major.
  public func array(of variable: Variable) -> [Float] {
    let record = unsafe records[Int(variable.index)]
    return unsafe Array(UnsafeBufferPointer(start: record.values, count: record.shape.count))
  }

  /// A copy of a value's gradient after `backward`; zeros if nothing reached it.
  public func gradientArray(of variable: Variable) -> [Float] {
    let record = unsafe records[base(variable)]
    guard unsafe record.hasGradient, let gradient = unsafe record.gradient else {
      return unsafe [Float](repeating: 0, count: record.shape.count)
    }
    return unsafe Array(UnsafeBufferPointer(start: gradient, count: record.shape.count))
  }

  // MARK: - For operations

  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let memory = unsafe arena.allocate(count * 4)
    return unsafe memory.bindMemory(to: Float.self, capacity: count)
  }

  /// Memory that the caller is done with before anyone asks for some again: many steps of a decoder share it.
  func temporary(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let spare = unsafe spare, unsafe spare.count >= count {
      if let fill = context.fill {
        let memory = unsafe UnsafeMutableRawBufferPointer(start: spare.floats, count: 4 * count)
        unsafe fill.write(to: memory)
      }
      return unsafe spare.floats
    }
    let floats = unsafe self.floats(count)
    unsafe spare = (floats, count)
    return unsafe floats
  }

  func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let memory = unsafe arena.allocate(count)
    return unsafe memory.bindMemory(to: UInt8.self, capacity: count)
  }

  func values(_ variable: Variable) -> UnsafeMutablePointer<Float> {
    unsafe records[Int(variable.index)].values
  }

  func values(_ variable: Variable?) -> UnsafeMutablePointer<Float>? {
    unsafe variable.map { unsafe values($0) }
  }

  /// A weight's values in the order `form`, `count` floats that `pack` writes; nil while training, where they change in
  /// each step, for what is no parameter, and at the first time.
  func packed(
    _ weight: Variable,
    _ form: PackedForm,
    count: Int,
    pack: (UnsafeMutablePointer<Float>) -> Void
  ) -> UnsafePointer<Float>? {
    let record = unsafe records[Int(weight.index)]
    guard !isTraining, unsafe record.viewed < 0, let parameter = unsafe record.parameter else {
      return nil
    }
    return unsafe parameter._withUnsafeGuaranteedRef { parameter in
      unsafe parameter.packedValues(form, count: count) { memory in
        if let fill = context.fill {
          unsafe fill.write(to: UnsafeMutableRawBufferPointer(start: memory, count: 4 * count))
        }
        unsafe pack(memory)
      }
    }
  }

  /// A new, uninitialised result that depends on these inputs, which are no list: that would be on the heap.
  func result(
    _ shape: Shape,
    of a: Variable?,
    _ b: Variable? = nil,
    _ c: Variable? = nil,
    _ d: Variable? = nil,
    _ e: Variable? = nil
  ) -> Variable {
    let needs = takesGradient(a) || takesGradient(b) || takesGradient(c) || takesGradient(d)
    return unsafe append(
      Record(
        values: floats(shape.count),
        shape: shape,
        needsGradient: isTraining && (needs || takesGradient(e))
      )
    )
  }

  /// The same for a result whose size differs from batch to batch: it and its gradient take memory for `capacity` floats.
  func result(_ shape: Shape, capacity: Int, of x: Variable) -> Variable {
    let needs = isTraining && takesGradient(x)
    var record = unsafe Record(values: floats(capacity), shape: shape, needsGradient: needs)
    if needs { unsafe record.gradient = floats(capacity) }
    return unsafe append(record)
  }

  private func takesGradient(_ input: Variable?) -> Bool {
    guard let input else { return false }
    return unsafe records[Int(input.index)].needsGradient
  }

  /// The same values under another shape; no copy, one gradient.
  func view(_ variable: Variable, _ shape: Shape) -> Variable {
    var record = unsafe records[Int(variable.index)]
    unsafe precondition(
      record.shape.count == shape.count,
      unsafe "a view of \(record.shape) cannot be \(shape)"
    )
    unsafe record.shape = shape
    unsafe record.viewed = Int32(base(variable))
    return unsafe append(record)
  }

  /// Notes an operation, unless its output needs no gradient.
  func note(_ node: Node) {
    if unsafe records[Int(node.output.index)].needsGradient { unsafe nodes.append(node) }
  }

  /// From now on the value's gradient is wanted.
  func askForGradient(_ variable: Variable) {
    unsafe records[Int(variable.index)].needsGradient = true
  }

  func needsGradient(_ variable: Variable) -> Bool {
    unsafe records[base(variable)].needsGradient
  }

  /// The complete gradient of an operation's output, or nil if nothing reached it.
  func outputGradient(_ variable: Variable) -> UnsafeMutablePointer<Float>? {
    let record = unsafe records[base(variable)]
    return unsafe record.hasGradient ? record.gradient : nil
  }

  /// Where to write an input's gradient and whether to add to what is there; nil if it is not wanted.
  func gradientTarget(
    _ variable: Variable
  ) -> (gradient: UnsafeMutablePointer<Float>, accumulating: Bool)? {
    let index = base(variable)
    guard unsafe records[index].needsGradient else { return nil }
    if let parameter = unsafe records[index].parameter {
      return unsafe parameter._withUnsafeGuaranteedRef { parameter in
        let accumulating = parameter.hasGradient
        parameter.hasGradient = true
        if !accumulating, let fill = context.fill { parameter.fillGradient(with: fill) }
        unsafe records[index].hasGradient = true
        unsafe records[index].gradient = parameter.gradient
        return unsafe (parameter.gradient, accumulating)
      }
    }
    if let gradient = unsafe records[index].gradient, unsafe records[index].hasGradient {
      return unsafe (gradient, true)
    }
    let gradient = unsafe records[index].gradient ?? floats(records[index].shape.count)
    unsafe records[index].gradient = gradient
    unsafe records[index].hasGradient = true
    return unsafe (gradient, false)
  }

  /// The same as kernels take it.
  func target(_ variable: Variable?) -> GradientTarget? {
    guard let variable, let (gradient, accumulating) = unsafe gradientTarget(variable) else {
      return nil
    }
    return unsafe GradientTarget(gradient, accumulating: accumulating)
  }

  /// Makes an output's gradient, which its operation does not need any more, that of an input; false where the input has
  /// another one already, or wants none.
  func takeOver(_ gradient: UnsafeMutablePointer<Float>, _ input: Variable) -> Bool {
    let index = base(input)
    let record = unsafe records[index]
    guard unsafe record.needsGradient, unsafe record.gradient == nil, unsafe record.parameter == nil
    else { return false }
    unsafe records[index].gradient = gradient
    unsafe records[index].hasGradient = true
    return true
  }

  /// Walks the noted operations from the last to the first; losses have put their gradients in place.
  public func backward() {
    var index = unsafe nodes.count - 1
    while index >= 0 {
      let node = unsafe nodes[index]
      if let gradient = unsafe outputGradient(node.output) {
        unsafe node.backward(self, node, gradient)
      }
      index -= 1
    }
  }

  private func append(_ record: Record) -> Variable {
    unsafe records.append(record)
    return Variable(index: Int32(unsafe records.count - 1))
  }

  /// The record that holds the gradient: a view's is the viewed one's.
  private func base(_ variable: Variable) -> Int {
    let viewed = unsafe records[Int(variable.index)].viewed
    return viewed >= 0 ? Int(viewed) : Int(variable.index)
  }
}

/// What the tape knows of one value.
@unsafe
private struct Record {
  var values: UnsafeMutablePointer<Float>
  var shape: Shape
  var needsGradient: Bool
  var parameter: Unmanaged<Parameter>?
  var gradient: UnsafeMutablePointer<Float>?
  var hasGradient = false
  var viewed: Int32 = -1

  init(
    values: UnsafeMutablePointer<Float>,
    shape: Shape,
    needsGradient: Bool,
    parameter: Unmanaged<Parameter>? = nil
  ) {
    unsafe self.values = values
    unsafe self.shape = shape
    unsafe self.needsGradient = needsGradient
    unsafe self.parameter = parameter
  }
}

/// One noted operation: a function without captures and the plain values it needs.
@unsafe
struct Node {
  /// Adds to the inputs' gradients from the output's, which it may overwrite.
  var backward: (Tape, Node, UnsafeMutablePointer<Float>) -> Void
  var output: Variable
  var inputs: (Variable?, Variable?, Variable?, Variable?, Variable?) = (nil, nil, nil, nil, nil)
  /// The states before a walk and after it.
  var states: (initial: RecurrentStateVariables?, last: RecurrentStateVariables?) = (nil, nil)
  var indices: Indices?
  var lengths: Indices?
  var bytes: UnsafeMutablePointer<UInt8>?
  /// The weights of a walk, if they were packed for several.
  var panels: RecurrentPanels?
  var activation = Activation.identity
  var numbers = SIMD16<Int32>(repeating: 0)
  var buffers:
    (
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?,
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
    ) = (nil, nil, nil, nil)
}
