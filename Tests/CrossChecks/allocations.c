// Counts the process's calls for memory. Loaded before the C library by Tests/CrossChecks/allocations; glibc alone has these names.
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#if defined(TRACE)
#include <execinfo.h>
#endif

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

static _Atomic size_t calls;

/// How often memory was asked for since the process began.
size_t allocation_count(void) { return atomic_load(&calls); }

#if defined(TRACE)
// Compiled with -DTRACE, prints the callers of what follows a call of allocation_trace(1).
static _Atomic int tracing;
static _Thread_local int inside;
void allocation_trace(int on) { atomic_store(&tracing, on); }
static void trace(void) {
    if (!atomic_load(&tracing) || inside) return;
    inside = 1;
    void *frames[12];
    backtrace_symbols_fd(frames, backtrace(frames, 12), STDERR_FILENO);
    (void)!write(STDERR_FILENO, "\n", 1);
    inside = 0;
}
#else
static void trace(void) {}
#endif

static void count(void) {
    atomic_fetch_add(&calls, 1);
    trace();
}

void *malloc(size_t bytes) {
    count();
    return __libc_malloc(bytes);
}

void *calloc(size_t number, size_t bytes) {
    count();
    return __libc_calloc(number, bytes);
}

void *realloc(void *memory, size_t bytes) {
    count();
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
    count();
    return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
    *memory = memalign(alignment, bytes);
    return *memory ? 0 : ENOMEM;
}
