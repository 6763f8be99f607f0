// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "processors.h"

#if defined(__linux__)
#include <sched.h>

int runexp_may_run_on(int index) {
  cpu_set_t set;
  if (index < 0 || index >= CPU_SETSIZE || sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  return CPU_ISSET(index, &set) != 0;
}

int runexp_bind_to(const int *processors, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; i++) {
    if (processors[i] < 0 || processors[i] >= CPU_SETSIZE) return 0;
    CPU_SET(processors[i], &set);
  }
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

#else

int runexp_may_run_on(int index) { return 0; }
int runexp_bind_to(const int *processors, int count) { return 0; }

#endif

#if defined(__GLIBC__)
#include <malloc.h>

void runexp_trim_heap(void) { malloc_trim(0); }

#else

void runexp_trim_heap(void) {}

#endif
