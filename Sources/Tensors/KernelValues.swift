// SPDX-License-Identifier: Apache-2.0

// The plain values of Kernels that layers and optimizers speak of; its loops stay behind Tensors, but for the one that
// data sets need before there is a tensor.

@_exported public import struct Kernels.AMSGradStep
@_exported public import enum Kernels.Activation
@_exported public import struct Kernels.AdadeltaStep
@_exported public import struct Kernels.AdagradStep
@_exported public import struct Kernels.AdamFormStep
@_exported public import struct Kernels.AdamStep
@_exported public import struct Kernels.CenteredRMSpropStep
@_exported public import enum Kernels.ElementLoss
@_exported public import enum Kernels.Interpolation
@_exported public import class Kernels.KernelContext
@_exported public import enum Kernels.MemoryFill
@_exported public import struct Kernels.MomentumRMSpropStep
@_exported public import struct Kernels.Pointwise
@_exported public import struct Kernels.Pooling
@_exported public import struct Kernels.RMSpropStep
@_exported public import enum Kernels.RecurrentCell
@_exported public import protocol Kernels.RowWriter
@_exported public import struct Kernels.SGDStep
@_exported public import protocol Kernels.UpdateRule
@_exported public import func Kernels.bytesToUnitFloats
@_exported public import func Kernels.touch
