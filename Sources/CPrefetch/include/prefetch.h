// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Asks for the cache line at `address`, which need not be valid memory, to be brought near; a hint that changes no
/// value.
static inline void runexp_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }
