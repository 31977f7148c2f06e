import CKernels

/// A persistent pool of threads that divides an operation into tasks.
///
/// Work is divided by what is computed, never by how many threads there are or how fast they run; tasks write to places of their
/// own. So the number of threads changes the time and nothing else.
public final class ThreadPool: Sendable {
    /// Immutable after init, and thread_pool_run takes turns by its own lock.
    nonisolated(unsafe) let pool: OpaquePointer

    /// - Parameter threads: how many threads take part, the caller included; values below 1 count as 1. Where the system refuses
    ///   to start as many, fewer take part.
    public init(threads: Int) {
        guard let pool = thread_pool_create(Int32(clamping: threads)) else { preconditionFailure("no memory for a thread pool") }
        self.pool = pool
    }

    deinit { thread_pool_destroy(pool) }

    /// The number of threads that take part, the caller included.
    public var threads: Int { Int(thread_pool_threads(pool)) }

    /// Calls `body` once for each of 0 ..< tasks, in any order and at the same time, and returns when all have returned. A call from
    /// within a task runs in place.
    public func run(tasks: Int, _ body: (Int) -> Void) {
        guard tasks > 0 else { return }
        runClosure(pool, tasks, body)
    }

    /// Divides 0 ..< count into ranges of `grain` (the last may be shorter), one task each. What a task's range is depends on
    /// `count` and `grain` alone.
    public func forRanges(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let grain = max(grain, 1)
        run(tasks: count / grain + (count % grain == 0 ? 0 : 1)) { task in
            let start = task * grain
            body(start..<start + min(grain, count - start))
        }
    }
}

/// `thread_pool_run` for a Swift closure, handed over as it lies on the caller's stack. Through a C function pointer it would have to
/// pass `withoutActuallyEscaping`, which allocates memory at every call.
@_silgen_name("thread_pool_run_closure")
private func runClosure(_ pool: OpaquePointer, _ tasks: Int, _ body: (Int) -> Void)
