// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What memory holds when it is handed out before anybody has written to it: a means to find reads of such memory.
///
/// The results of a kernel never depend on it. Tests compare all of them, for each hides something: a comparison with NaN
/// is false, 1e30 · 0 is 0, and 0 is often what should have been written. Whole numbers and bytes hold the same bits.
///
/// These places hand out such memory, and fill it each time:
/// - `KernelContext.scratch`: the scratch memory of all kernels, each thread's own part included;
/// - `Arena`: everything on a tape, which is results, gradients, batches, tokens, classes, lengths, places of maxima, the
///   memory of recurrent layers, one-hot targets and predicted classes, in training, evaluation and prediction alike;
/// - `Tape.gradientTarget`: a parameter's gradient, when an operation is the first of a step to write it;
/// - `Tape.packed`: a weight's copy in a kernel's order;
/// - `Tape.temporary`: what an operation shares with those after it;
/// - the partial sums of `softmaxCrossEntropy`, and the targets that `TargetRange` looks through.
///
/// All else begins with values of its own: parameters and what optimizers remember with zeros or ones, states of recurrent
/// layers, sums of metrics and checkpoints as arrays, prepared data with zeros. What zlib, libpng, OpenSSL and the system
/// write into buffers of `Codecs` is cut to the bytes that they say they wrote.
public enum MemoryFill: UInt32, CaseIterable, Sendable {
  /// A NaN that no computation makes.
  case signallingNaN = 0x7FA0_0000
  /// 10³⁰, far from all values and still finite.
  case large = 0x7149_F2CA
  /// 0.
  case zero = 0

  /// What contexts and tapes that are made now fill memory with; nil leaves it as it is.
  ///
  /// `RUNEXP_MEMORY_FILL` says it for a whole process: `nan`, `1e30`, `0` or `none`. Without it a debug build, such as that of
  /// the tests, fills with NaN and a release build does not fill.
  @TaskLocal public static var current: MemoryFill? = MemoryFill.ofProcess

  private static var ofProcess: MemoryFill? {
    guard let word = getenv("RUNEXP_MEMORY_FILL") else {
      #if DEBUG
        return .signallingNaN
      #else
        return nil
      #endif
    }
    return switch String(cString: word) {
    case "", "none": nil
    case "0": .zero
    case "1e30": .large
    default: .signallingNaN
    }
  }

  /// Writes the pattern to all of `memory`, whose address and size are multiples of 4.
  public func write(to memory: UnsafeMutableRawBufferPointer) {
    guard let base = memory.baseAddress else { return }
    base.initializeMemory(as: UInt32.self, repeating: rawValue, count: memory.count / 4)
  }
}
