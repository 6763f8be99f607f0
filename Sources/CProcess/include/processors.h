// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What Swift's own import of the C library leaves out: on Linux these calls are GNU's.

/// Whether the calling thread may run on processor `index`; 0 beyond the last, and where the system does not tell.
int runexp_may_run_on(int index);

/// Binds the calling thread, and the threads it will start, to these processors; 0 if the system cannot or refuses.
int runexp_bind_to(const int *processors, int count);

/// Gives unused memory of the heap back to the system, where that is possible.
void runexp_trim_heap(void);
