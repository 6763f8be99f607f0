// SPDX-License-Identifier: Apache-2.0
#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// A program's own definition of malloc comes before the C library's, for the library's own calls too. glibc keeps its
// implementation under the names below for just this; the memory stays its own, so `free` needs no counterpart here.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

static atomic_bool is_counting;
static atomic_long allocations;

#if defined(__GLIBC__) && !defined(IS_SANITIZED)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static inline void note(void) {
  if (atomic_load_explicit(&is_counting, memory_order_relaxed))
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
}

static atomic_bool ends_without_memory;

// Swift's own allocations end a process by a signal and a stack trace when there is no memory, which looks like a fault
// of the program. The sentence and the exit code are those of Kernels' `allocateMemory`.
static void *checked(void *memory, size_t size) {
  if (memory != NULL || size == 0) return memory;
  if (!atomic_load_explicit(&ends_without_memory, memory_order_relaxed)) return memory;
  char text[96];
  int length = snprintf(text, sizeof text,
                        "error: memory ran out: the system refused %zu bytes more\n", size);
  if (length > 0 && write(2, text, (size_t)length) < 0) _exit(71);
  _exit(71);
}

void *malloc(size_t size) {
  note();
  return checked(__libc_malloc(size), size);
}

void *calloc(size_t count, size_t size) {
  note();
  return checked(__libc_calloc(count, size), count == 0 ? 0 : size);
}

void *realloc(void *memory, size_t size) {
  note();
  return checked(__libc_realloc(memory, size), size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return checked(__libc_memalign(alignment, size), size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return checked(__libc_memalign(alignment, size), size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  note();
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  int before = errno; // posix_memalign tells by its result alone
  void *found = checked(__libc_memalign(alignment, size), size);
  errno = before;
  if (found == NULL) return ENOMEM;
  *memory = found;
  return 0;
}

void runexp_end_without_memory(void) {
  atomic_store_explicit(&ends_without_memory, 1, memory_order_relaxed);
}

int runexp_allocations_are_counted(void) { return 1; }

#else

void runexp_end_without_memory(void) {}

int runexp_allocations_are_counted(void) { return 0; }

#endif

void runexp_allocations_start(void) {
  atomic_store(&allocations, 0);
  atomic_store(&is_counting, 1);
}

long runexp_allocations_count(void) { return atomic_load(&allocations); }

void runexp_allocations_stop(void) { atomic_store(&is_counting, 0); }
