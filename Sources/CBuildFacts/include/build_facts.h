// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The instruction sets that the kernels were compiled for, in the words of /proc/cpuinfo, a space between two;
/// empty where the CPU's baseline was enough.
const char *runexp_required_cpu_features(void);

/// The CPU that the kernels were compiled for, as `RUNEXP_CPU` named it when the program was built, or `native`.
const char *runexp_kernel_cpu(void);
