import Numerics
import Testing

@Suite("Portable arithmetic agrees with OpenBLAS to rounding")
struct ArithmeticAgreementTests {
    /// Shapes drawn at random, one-row, odd and prime sizes among them.
    static let shapes: [[Int]] = (0..<24).map { number in
        let philox = Philox(seed: 17)
        let primes = [1, 2, 3, 5, 7, 31, 61, 127, 257]
        return (0..<3).map { which in
            let position = UInt64(3 * number + which)
            let isPrime = philox.integer(below: 3, .figure, step: 0, position: position) == 0
            return isPrime
                ? primes[philox.integer(below: primes.count, .figure, step: 1, position: position)]
                : 1 + philox.integer(below: 300, .figure, step: 2, position: position)
        }
    }

    /// The first element that differs by more than a sum of `terms` products of numbers below 1 can differ by rounding.
    private func disagreement(_ a: Matrix, _ b: Matrix, terms: Int) -> String? {
        let tolerance = 2 * Float(terms + 2) * Float.ulpOfOne * Float(terms).squareRoot()
        for (index, (x, y)) in zip(a.buffer, b.buffer).enumerated() {
            if x.isNaN && y.isNaN || x == y || abs(x - y) <= tolerance { continue }
            return "row \(index / a.columns), column \(index % a.columns): \(x) and \(y)"
        }
        return nil
    }

    @Test("on random shapes, and on what infinities and NaNs reach", arguments: shapes, [false, true])
    func agrees(_ shape: [Int], _ isInfected: Bool) {
        let (examples, inputs, outputs) = (shape[0], shape[1], shape[2])
        let x = sampleMatrix(examples, inputs, stream: 1)
        let w = sampleMatrix(outputs, inputs, stream: 2)
        let b = sampleMatrix(1, outputs, stream: 3)
        let dy = sampleMatrix(examples, outputs, stream: 4)
        if isInfected {
            w[outputs / 2, inputs / 3] = .infinity
            w[outputs / 3, inputs / 2] = .nan
            dy[examples / 2, outputs / 3] = -.infinity
            dy[examples / 3, outputs / 2] = .nan
        }
        let results = TestedArithmetic.allCases.map { tested in
            let arithmetic = tested.make()
            let y = Matrix(rows: examples, columns: outputs)
            let dx = Matrix(rows: examples, columns: inputs)
            let dw = Matrix(rows: outputs, columns: inputs)
            let db = Matrix(rows: 1, columns: outputs)
            arithmetic.forward(input: x, weight: w, bias: b, activation: .identity, output: y)
            arithmetic.inputGradient(outputGradient: dy, weight: w, rectifierOutput: nil, inputGradient: dx)
            arithmetic.weightGradient(outputGradient: dy, input: x, weightGradient: dw, biasGradient: db)
            return [y, dx, dw, db]
        }
        for (name, place, terms) in [
            ("forward", 0, inputs), ("gradient by the input", 1, outputs), ("gradient by the weight", 2, examples),
            ("gradient by the bias", 3, examples),
        ] {
            #expect(disagreement(results[0][place], results[1][place], terms: terms) == nil, "\(name), \(shape)")
        }
    }
}
