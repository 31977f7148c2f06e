// A persistent pool of POSIX threads. The caller is one of the pool's threads, so a pool of one runs everything in place.
#pragma once
#include <stddef.h>

typedef struct thread_pool thread_pool;
typedef void (*thread_pool_function)(void *context, size_t task);

/// Starts `threads` − 1 workers (1 ≤ threads ≤ 1024, clamped). Fewer are started where the system refuses; NULL without memory.
thread_pool *thread_pool_create(int threads);

/// Waits for the workers to end and frees the pool. No run may be in progress.
void thread_pool_destroy(thread_pool *pool);

/// The number of threads that take part in a run, the caller included.
int thread_pool_threads(const thread_pool *pool);

/// Calls function(context, task) once for each task in 0 ..< tasks and returns when all have returned. Which thread takes a
/// task depends on timing, what a task is does not: so long as tasks write to places of their own, the result is the same for
/// any number of threads. A call from inside a task runs its tasks in place, in order. Calls from several threads take turns.
void thread_pool_run(thread_pool *pool, size_t tasks, thread_pool_function function, void *context);
