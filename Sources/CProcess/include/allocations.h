// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Counts what the whole process takes from the heap, while asked to; not for use by two threads at a time.
///
/// malloc, calloc, realloc and the aligned ones count once each, whoever calls them; frees do not.

/// Whether this system's allocator can be watched: glibc, without a sanitizer.
int runexp_allocations_are_counted(void);

/// Starts at zero.
void runexp_allocations_start(void);

/// Allocations since the start.
long runexp_allocations_count(void);

/// Counts no more.
void runexp_allocations_stop(void);

/// From now on a process that the heap refuses memory says so and ends with exit code 71, where this system's allocator
/// can be watched.
void runexp_end_without_memory(void);
