// SPDX-License-Identifier: Apache-2.0
#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

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

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note();
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  note();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  note();
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  int before = errno; // posix_memalign tells by its result alone
  void *found = __libc_memalign(alignment, size);
  errno = before;
  if (found == NULL) return ENOMEM;
  *memory = found;
  return 0;
}

int runexp_allocations_are_counted(void) { return 1; }

#else

int runexp_allocations_are_counted(void) { return 0; }

#endif

void runexp_allocations_start(void) {
  atomic_store(&allocations, 0);
  atomic_store(&is_counting, 1);
}

long runexp_allocations_count(void) { return atomic_load(&allocations); }

void runexp_allocations_stop(void) { atomic_store(&is_counting, 0); }
