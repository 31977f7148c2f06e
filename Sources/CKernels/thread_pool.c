#include "thread_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// A run is published as one 64-bit ticket: the run's number above, the next unclaimed task below. A worker claims a task by
// compare-and-swap on the entire ticket, so a worker that was held up during an earlier run cannot take a task of a later one
// with that run's stale function: its swap fails because the number has moved on.
enum { task_bits = 32 };
static const uint64_t task_mask = ((uint64_t)1 << task_bits) - 1;

// Rounds of waiting before a thread sleeps: some tens of microseconds, about the gap between two operations of a training step.
enum { spin_rounds = 2000, maximum_threads = 1024 };

struct thread_pool {
    _Atomic uint64_t ticket;
    _Atomic size_t tasks;
    _Atomic(thread_pool_function) function;
    _Atomic(void *) context;
    _Atomic size_t completed;
    _Atomic bool stopping;
    _Atomic int sleepers;
    pthread_mutex_t mutex;        // guards the two conditions
    pthread_cond_t work_arrived;  // a ticket was published, or the pool is stopping
    pthread_cond_t work_finished;
    pthread_mutex_t turn;  // held by the caller whose run is in progress
    int workers;
    pthread_t threads[];
};

static _Thread_local bool inside_task = false;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Claims and runs tasks of the given run until none is left.
static void take_tasks(thread_pool *pool, uint64_t run) {
    for (;;) {
        uint64_t ticket = atomic_load(&pool->ticket);
        if (ticket >> task_bits != run) return;
        const uint64_t task = ticket & task_mask;
        const size_t tasks = atomic_load(&pool->tasks);
        const thread_pool_function function = atomic_load(&pool->function);
        void *context = atomic_load(&pool->context);
        if (task >= tasks) return;
        if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket + 1)) continue;
        function(context, (size_t)task);
        if (atomic_fetch_add(&pool->completed, 1) + 1 == tasks) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->work_finished);
            pthread_mutex_unlock(&pool->mutex);
        }
    }
}

static void *work(void *argument) {
    thread_pool *pool = argument;
    inside_task = true;
    uint64_t seen = 0;
    for (;;) {
        int round = 0;
        while (atomic_load(&pool->ticket) >> task_bits == seen && !atomic_load(&pool->stopping)) {
            if (round++ < spin_rounds) {
                pause_briefly();
                continue;
            }
            pthread_mutex_lock(&pool->mutex);
            atomic_fetch_add(&pool->sleepers, 1);
            while (atomic_load(&pool->ticket) >> task_bits == seen && !atomic_load(&pool->stopping))
                pthread_cond_wait(&pool->work_arrived, &pool->mutex);
            atomic_fetch_sub(&pool->sleepers, 1);
            pthread_mutex_unlock(&pool->mutex);
        }
        if (atomic_load(&pool->stopping)) return NULL;
        seen = atomic_load(&pool->ticket) >> task_bits;
        take_tasks(pool, seen);
    }
}

thread_pool *thread_pool_create(int threads) {
    if (threads < 1) threads = 1;
    if (threads > maximum_threads) threads = maximum_threads;
    thread_pool *pool = calloc(1, sizeof(thread_pool) + (size_t)(threads - 1) * sizeof(pthread_t));
    if (!pool) return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_arrived, NULL);
    pthread_cond_init(&pool->work_finished, NULL);
    pthread_mutex_init(&pool->turn, NULL);

    // Signals are the main thread's business.
    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    for (int index = 0; index < threads - 1; index++) {
        if (pthread_create(&pool->threads[index], NULL, work, pool) != 0) break;
        pool->workers++;
    }
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    return pool;
}

void thread_pool_destroy(thread_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->stopping, true);
    pthread_cond_broadcast(&pool->work_arrived);
    pthread_mutex_unlock(&pool->mutex);
    for (int index = 0; index < pool->workers; index++) pthread_join(pool->threads[index], NULL);
    pthread_mutex_destroy(&pool->mutex);
    pthread_cond_destroy(&pool->work_arrived);
    pthread_cond_destroy(&pool->work_finished);
    pthread_mutex_destroy(&pool->turn);
    free(pool);
}

int thread_pool_threads(const thread_pool *pool) { return pool->workers + 1; }

static void run_in_place(size_t tasks, thread_pool_function function, void *context) {
    for (size_t task = 0; task < tasks; task++) function(context, task);
}

void thread_pool_run(thread_pool *pool, size_t tasks, thread_pool_function function, void *context) {
    if (tasks <= 1 || pool->workers == 0 || inside_task || tasks > task_mask / 2) {
        run_in_place(tasks, function, context);
        return;
    }
    pthread_mutex_lock(&pool->turn);
    // First close the previous run under a number of its own: from here no claim on its exhausted ticket can succeed, so no
    // worker can pair that ticket with the fields that are about to change.
    const uint64_t previous = atomic_load(&pool->ticket) >> task_bits;
    atomic_store(&pool->ticket, ((previous + 1) & task_mask) << task_bits | task_mask);
    atomic_store(&pool->tasks, tasks);
    atomic_store(&pool->function, function);
    atomic_store(&pool->context, context);
    atomic_store(&pool->completed, 0);
    const uint64_t run = (previous + 2) & task_mask;
    atomic_store(&pool->ticket, run << task_bits);
    if (atomic_load(&pool->sleepers) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->work_arrived);
        pthread_mutex_unlock(&pool->mutex);
    }

    inside_task = true;
    take_tasks(pool, run);
    inside_task = false;

    for (int round = 0; round < spin_rounds && atomic_load(&pool->completed) < tasks; round++) pause_briefly();
    if (atomic_load(&pool->completed) < tasks) {
        pthread_mutex_lock(&pool->mutex);
        while (atomic_load(&pool->completed) < tasks) pthread_cond_wait(&pool->work_finished, &pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->turn);
}

// MARK: Swift closures

#if defined(__has_attribute)
#if __has_attribute(swiftcall)
// Called by ThreadPool.swift alone, in Swift's calling convention: its closure arrives as a function and the context that goes with it.
#define SWIFT __attribute__((swiftcall))

typedef SWIFT void (*swift_function)(size_t task, __attribute__((swift_context)) void *context);

typedef struct {
    swift_function function;
    void *context;
} swift_closure;

static void call_closure(void *context, size_t task) {
    const swift_closure *closure = context;
    closure->function(task, closure->context);
}

SWIFT void thread_pool_run_closure(thread_pool *pool, size_t tasks, swift_function function, void *context);

SWIFT void thread_pool_run_closure(thread_pool *pool, size_t tasks, swift_function function, void *context) {
    swift_closure closure = {function, context};
    thread_pool_run(pool, tasks, call_closure, &closure);
}
#endif
#endif
