import CCanaries
import Numerics

/// The machine's limits, measured between the rounds of what stands beside them.
final class Canaries {
    private let pool: ThreadPool
    /// Larger than any cache, so that reading it measures memory.
    private let large = Matrix(rows: 16, columns: 1 << 20)

    init(threads: Int) {
        pool = ThreadPool(threads: threads)
        large.fill(1)
    }

    /// Fused multiply-adds on all threads, GFLOP/s.
    func multiplyAdds() -> Double {
        var operations = [Double](repeating: 0, count: pool.threads)
        let seconds = operations.withUnsafeMutableBufferPointer { operations in
            duration { pool.run(tasks: operations.count) { operations[$0] = canary_multiply_adds(100_000) } }
        }
        return operations.reduce(0, +) / seconds / 1e9
    }

    /// Reading memory on all threads, GB/s.
    func bandwidth() -> Double {
        var sums = [Float](repeating: 0, count: large.rows)
        let seconds = sums.withUnsafeMutableBufferPointer { sums in
            duration { pool.run(tasks: sums.count) { sums[$0] = canary_read(large.pointer + $0 * large.columns, large.columns) } }
        }
        precondition(sums.allSatisfy { $0 > 0 })
        return Double(large.count) * 4 / seconds / 1e9
    }
}

/// Seconds that `body` takes.
func duration(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
