import Foundation
import Numerics
import Testing

@Suite("Random draws")
struct RandomDrawTests {
    let elementwise = Elementwise(pool: ThreadPool(threads: 2))

    private func normals(_ count: Int, seed: UInt64 = 1, step: UInt32 = 0, from position: UInt64 = 0) -> [Float] {
        let matrix = Matrix(rows: 1, columns: count)
        elementwise.fillNormal(matrix, Philox(seed: seed), .evaluation, step: step, firstPosition: position)
        return matrix.values
    }

    @Test("a draw depends on its position, not on where a fill starts", arguments: [UInt64(1), 3, 4, 63, 64, 1000])
    func position(_ start: UInt64) {
        #expect(normals(300, from: start) == Array(normals(300 + Int(start)).dropFirst(Int(start))))
    }

    @Test("seed, step and purpose each give another stream")
    func streams() {
        let base = normals(64)
        #expect(base != normals(64, seed: 2))
        #expect(base != normals(64, step: 1))
        let other = Matrix(rows: 1, columns: 64)
        elementwise.fillNormal(other, Philox(seed: 1), .figure, step: 0)
        #expect(base != other.values)
    }

    @Test("the first draws are Box and Muller's of the first Philox block")
    func boxMuller() {
        let words = Philox(seed: 1).words(.evaluation, step: 0, position: 0)
        func pair(_ a: UInt32, _ b: UInt32) -> [Double] {
            let radius = (-2 * log((Double(a) + 1) / 4294967296)).squareRoot()
            let angle = 2 * Double.pi * Double(b) / 4294967296
            return [radius * cos(angle), radius * sin(angle)]
        }
        for (found, expected) in zip(normals(4), pair(words[0], words[1]) + pair(words[2], words[3])) {
            #expect(abs(Double(found) - expected) <= 1e-6 * abs(expected) + 1e-12, "\(found), expected \(expected)")
        }
    }

    @Test("a million draws have the normal distribution's moments and tails")
    func moments() {
        let draws = normals(1_000_000).map(Double.init)
        func mean(_ value: (Double) -> Double) -> Double { draws.reduce(0) { $0 + value($1) } / Double(draws.count) }
        #expect(abs(mean { $0 }) < 0.005)
        #expect(abs(mean { $0 * $0 } - 1) < 0.008)
        #expect(abs(mean { $0 * $0 * $0 }) < 0.02)
        #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 0.06)
        #expect(abs(mean { abs($0) > 1.959964 ? 1 : 0 } - 0.05) < 0.0012)
        #expect(draws.allSatisfy { $0.isFinite })
    }

    @Test("uniform draws fill the interval evenly and stay inside it")
    func uniform() {
        let matrix = Matrix(rows: 1, columns: 100_000)
        elementwise.fillUniform(matrix, bound: 0.25, Philox(seed: 3), .initialisation, step: 2)
        var tenths = [Int](repeating: 0, count: 10)
        for value in matrix.buffer {
            #expect(value >= -0.25 && value < 0.25)
            tenths[min(9, Int((value + 0.25) * 20))] += 1
        }
        #expect(tenths.allSatisfy { abs($0 - 10_000) < 500 }, "tenths \(tenths)")
    }
}
