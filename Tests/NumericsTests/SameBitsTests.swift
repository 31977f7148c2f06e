import Numerics
import Testing

/// The promise of the kernels: neither the instruction set nor the number of threads changes a bit.
@Suite("The same bits on every instruction set and any number of threads")
struct SameBitsTests {
    static let settings: [(InstructionSet, Int)] = InstructionSet.available.flatMap { set in
        [1, 2, 5].map { (set, $0) }
    }

    private func everything(_ set: InstructionSet, threads: Int) -> [String: [UInt64]] {
        let elementwise = Elementwise(pool: ThreadPool(threads: threads), instructionSet: set)
        // Odd sizes leave remainders in every vector width; enough elements for several tasks.
        let (rows, columns) = (97, 371)
        func matrix() -> Matrix { Matrix(rows: rows, columns: columns) }
        func words(_ matrices: Matrix...) -> [UInt64] { matrices.flatMap { bits($0).map(UInt64.init) } }
        let a = sampleMatrix(rows, columns, stream: 1, scale: 6)
        let b = sampleMatrix(rows, columns, stream: 2, scale: 2)
        let c = sampleMatrix(rows, columns, stream: 3)
        var results: [String: [UInt64]] = [:]

        let output = matrix()
        elementwise.exponential(a, into: output)
        results["exp"] = words(output)
        elementwise.logarithm(a, into: output)
        // A NaN's payload is no result.
        results["log"] = output.values.map { $0.isNaN ? 0 : UInt64($0.bitPattern) }
        elementwise.sigmoid(a, into: output)
        results["sigmoid"] = words(output)

        let gradient = matrix()
        let target = matrix()
        elementwise.sigmoid(b, into: target)
        let likelihood = elementwise.bernoulli(probability: output, target: target, scale: 0.25, gradient: gradient)
        results["bernoulli"] = words(gradient) + [likelihood.bitPattern]

        let head = sampleMatrix(rows, 2 * columns, stream: 4)
        let deviation = matrix()
        let sample = matrix()
        elementwise.gaussianSample(head: head, noise: c, deviation: deviation, sample: sample)
        let divergence = elementwise.gaussianDivergence(head: head, deviation: deviation)
        let headGradient = Matrix(rows: rows, columns: 2 * columns)
        elementwise.gaussianGradient(
            sampleGradient: b, head: head, deviation: deviation, noise: c, scale: 0.1, headGradient: headGradient)
        results["gaussian"] = words(deviation, sample, headGradient) + [divergence.bitPattern]

        let value = sampleMatrix(rows, columns, stream: 5)
        let first = matrix()
        let second = matrix()
        for _ in 0..<2 {
            elementwise.adam(
                value: value, first: first, second: second, gradient: a, rate: 0.01, beta1: 0.9, beta2: 0.999, correction: 0.03,
                epsilon: 1e-8)
            elementwise.momentumSGD(value: value, momentum: first, gradient: b, rate: 0.01, factor: 0.9)
        }
        results["optimisers"] = words(value, first, second)

        elementwise.fillNormal(output, Philox(seed: 9), .evaluation, step: 3)
        results["normals"] = words(output)
        elementwise.fillUniform(output, bound: 0.3, Philox(seed: 9), .evaluation, step: 3)
        results["uniforms"] = words(output)

        let sums = Matrix(rows: 1, columns: 7)
        elementwise.columnSums(a, into: sums)
        results["column sums"] = words(sums)

        let v = matrix()
        let scratch = Matrix(rows: rows, columns: 8 * 53)
        elementwise.topographicSum(
            a, squared: true, into: v, groups: rows, lanes: 1,
            neighbourhood: TopographicNeighbourhood(
                [TopographicTap(rowShift: 0, columnShift: 0), TopographicTap(rowShift: -1, columnShift: 9)], rows: 7, columns: 53),
            scratch: scratch)
        elementwise.topographicQuotient(z: b, v: v, mu: 3, into: output)
        let through = matrix()
        let muGradient = elementwise.topographicQuotientGradient(tGradient: c, t: output, v: v, zGradient: gradient, vGradient: through)
        results["topographic"] = words(v, output, gradient, through) + [muGradient.bitPattern]
        return results
    }

    @Test("every kernel agrees bit for bit with the baseline on one thread", arguments: settings)
    func sameBits(_ set: InstructionSet, threads: Int) {
        let expected = everything(.baseline, threads: 1)
        let found = everything(set, threads: threads)
        for (name, bits) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(found[name] == bits, "\(name) with \(set) on \(threads) threads")
        }
    }
}
