// SPDX-License-Identifier: Apache-2.0
#include "build_facts.h"

// Package.swift knows the CPU; a string can reach the program only through C.
const char *runexp_kernel_cpu(void) { return RUNEXP_KERNEL_CPU; }

const char *runexp_required_cpu_features(void) { return RUNEXP_CPU_FEATURES; }
