import Foundation
import Numerics
import Testing

@Suite("Thread pool")
struct ThreadPoolTests {
    @Test("runs every task exactly once, for any number of threads and tasks", arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
    func everyTaskOnce(threads: Int, tasks: Int) {
        let pool = ThreadPool(threads: threads)
        var counts = [Int](repeating: 0, count: tasks)
        counts.withUnsafeMutableBufferPointer { counts in
            for _ in 0..<50 { pool.run(tasks: tasks) { counts[$0] += 1 } }
        }
        #expect(counts.allSatisfy { $0 == 50 }, "counts \(Set(counts))")
    }

    @Test("covers a range in pieces of the grain, whatever remains at the end")
    func ranges() {
        let pool = ThreadPool(threads: 2)
        for count in [0, 1, 9, 10, 11, 103] {
            var covered = [Int](repeating: 0, count: count)
            covered.withUnsafeMutableBufferPointer { covered in
                pool.forRanges(of: count, grain: 10) { range in
                    for index in range { covered[index] += 1 }
                }
            }
            #expect(covered.allSatisfy { $0 == 1 }, "\(count) elements")
        }
    }

    @Test("runs a call from within a task in place instead of waiting for itself")
    func nested() {
        let pool = ThreadPool(threads: 3)
        var sums = [Int](repeating: 0, count: 6)
        sums.withUnsafeMutableBufferPointer { sums in
            pool.run(tasks: 6) { outer in
                pool.run(tasks: 5) { inner in sums[outer] += inner }
            }
        }
        #expect(sums == Array(repeating: 10, count: 6))
    }

    @Test("wakes after its threads went to sleep")
    func sleeping() {
        let pool = ThreadPool(threads: 2)
        for _ in 0..<3 {
            var done = [false, false, false]
            done.withUnsafeMutableBufferPointer { done in pool.run(tasks: 3) { done[$0] = true } }
            #expect(done == [true, true, true])
            usleepForTest(20_000)
        }
    }

    @Test("nonsensical numbers of threads count as one", arguments: [0, -5, Int.min])
    func clamped(threads: Int) {
        #expect(ThreadPool(threads: threads).threads == 1)
    }
}

/// Longer than a worker spins.
private func usleepForTest(_ microseconds: UInt32) { usleep(microseconds) }
