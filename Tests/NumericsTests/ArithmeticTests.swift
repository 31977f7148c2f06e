import Numerics
import Testing

@Suite("Dense-layer products")
struct ArithmeticTests {
    struct Shape: CustomTestStringConvertible {
        var examples: Int
        var inputs: Int
        var outputs: Int
        var biases: Int
        var testDescription: String { "\(examples) examples, \(inputs) → \(outputs), \(biases) biases" }
    }

    static let shapes = [
        Shape(examples: 1, inputs: 1, outputs: 1, biases: 1), Shape(examples: 7, inputs: 33, outputs: 12, biases: 3),
        Shape(examples: 12, inputs: 300, outputs: 1100, biases: 1100), Shape(examples: 5, inputs: 1200, outputs: 130, biases: 1),
        Shape(examples: 700, inputs: 20, outputs: 48, biases: 4),
    ]

    private func expectClose(_ found: Matrix, _ what: String, _ exact: (Int, Int) -> Double) {
        var worst = 0.0
        for row in 0..<found.rows {
            for column in 0..<found.columns { worst = max(worst, abs(Double(found[row, column]) - exact(row, column))) }
        }
        #expect(worst < 2e-4, "\(what) is off by \(worst)")
    }

    @Test("forward applies weights, shared biases and each activation", arguments: shapes, TestedArithmetic.allCases)
    func forward(_ shape: Shape, _ tested: TestedArithmetic) {
        let arithmetic = tested.make()
        let x = sampleMatrix(shape.examples, shape.inputs, stream: 1)
        let w = sampleMatrix(shape.outputs, shape.inputs, stream: 2)
        let b = sampleMatrix(1, shape.biases, stream: 3)
        let y = Matrix(rows: shape.examples, columns: shape.outputs)
        let span = shape.outputs / shape.biases
        let sums = Matrix(rows: shape.examples, columns: shape.outputs)
        arithmetic.forward(input: x, weight: w, bias: b, activation: .identity, output: sums)
        expectClose(sums, "the sum") { row, column in
            (0..<shape.inputs).reduce(Double(b[0, column / span])) { $0 + Double(x[row, $1]) * Double(w[column, $1]) }
        }
        arithmetic.forward(input: x, weight: w, bias: b, activation: .rectifier, output: y)
        expectClose(y, "the rectifier") { max(0, Double(sums[$0, $1])) }
        let expected = Matrix(rows: shape.examples, columns: shape.outputs)
        arithmetic.elementwise.sigmoid(sums, into: expected)
        arithmetic.forward(input: x, weight: w, bias: b, activation: .sigmoid, output: y)
        #expect(bits(y) == bits(expected))
    }

    @Test("the input's gradient is dY · W, 0 where the rectifier was silent", arguments: shapes, TestedArithmetic.allCases)
    func inputGradient(_ shape: Shape, _ tested: TestedArithmetic) {
        let arithmetic = tested.make()
        let dy = sampleMatrix(shape.examples, shape.outputs, stream: 4)
        let w = sampleMatrix(shape.outputs, shape.inputs, stream: 2)
        let rectified = sampleMatrix(shape.examples, shape.inputs, stream: 5)
        for index in 0..<rectified.count { rectified.pointer[index] = max(0, rectified.pointer[index]) }
        let dx = Matrix(rows: shape.examples, columns: shape.inputs)
        func exact(_ row: Int, _ column: Int) -> Double {
            (0..<shape.outputs).reduce(0) { $0 + Double(dy[row, $1]) * Double(w[$1, column]) }
        }
        arithmetic.inputGradient(outputGradient: dy, weight: w, rectifierOutput: nil, inputGradient: dx)
        expectClose(dx, "the gradient", exact)
        arithmetic.inputGradient(outputGradient: dy, weight: w, rectifierOutput: rectified, inputGradient: dx)
        expectClose(dx, "the masked gradient") { rectified[$0, $1] > 0 ? exact($0, $1) : 0 }
    }

    @Test("the weights' gradient is dYᵀ · X, the biases' the sums over what they cover", arguments: shapes, TestedArithmetic.allCases)
    func weightGradient(_ shape: Shape, _ tested: TestedArithmetic) {
        let arithmetic = tested.make()
        let x = sampleMatrix(shape.examples, shape.inputs, stream: 1)
        let dy = sampleMatrix(shape.examples, shape.outputs, stream: 4)
        let dw = Matrix(rows: shape.outputs, columns: shape.inputs)
        let db = Matrix(rows: 1, columns: shape.biases)
        arithmetic.weightGradient(outputGradient: dy, input: x, weightGradient: dw, biasGradient: db)
        expectClose(dw, "the weights' gradient") { row, column in
            (0..<shape.examples).reduce(0) { $0 + Double(dy[$1, row]) * Double(x[$1, column]) }
        }
        let span = shape.outputs / shape.biases
        expectClose(db, "the biases' gradient") { _, bias in
            (bias * span..<(bias + 1) * span).reduce(0) { sum, column in
                (0..<shape.examples).reduce(sum) { $0 + Double(dy[$1, column]) }
            }
        }
    }

    @Test("the number of threads does not change a bit", arguments: shapes, TestedArithmetic.allCases)
    func threads(_ shape: Shape, _ tested: TestedArithmetic) {
        let x = sampleMatrix(shape.examples, shape.inputs, stream: 1)
        let w = sampleMatrix(shape.outputs, shape.inputs, stream: 2)
        let b = sampleMatrix(1, shape.biases, stream: 3)
        let results = [1, 2, 3].map { threads in
            let arithmetic = tested.make(threads: threads)
            let y = Matrix(rows: shape.examples, columns: shape.outputs)
            let dw = Matrix(rows: shape.outputs, columns: shape.inputs)
            let db = Matrix(rows: 1, columns: shape.biases)
            let dx = Matrix(rows: shape.examples, columns: shape.inputs)
            arithmetic.forward(input: x, weight: w, bias: b, activation: .rectifier, output: y)
            arithmetic.weightGradient(outputGradient: y, input: x, weightGradient: dw, biasGradient: db)
            arithmetic.inputGradient(outputGradient: y, weight: w, rectifierOutput: x, inputGradient: dx)
            return [y, dw, db, dx].map(bits)
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test("updating a weight at once gives the bits of its gradient and then the update", arguments: shapes, TestedArithmetic.allCases)
    func updateWeight(_ shape: Shape, _ tested: TestedArithmetic) {
        let arithmetic = tested.make()
        let x = sampleMatrix(shape.examples, shape.inputs, stream: 1)
        let dy = sampleMatrix(shape.examples, shape.outputs, stream: 4)
        let results = [false, true].map { atOnce in
            let value = sampleMatrix(shape.outputs, shape.inputs, stream: 7)
            let momentum = sampleMatrix(shape.outputs, shape.inputs, stream: 8)
            let gradient = Matrix(rows: shape.outputs, columns: shape.inputs)
            let db = Matrix(rows: 1, columns: shape.biases)
            let update = ParameterUpdate.momentumSGD(value: value, momentum: momentum, rate: 0.1, factor: 0.9)
            if atOnce {
                arithmetic.updateWeight(outputGradient: dy, input: x, weightGradient: gradient, biasGradient: db, update: update)
            } else {
                arithmetic.weightGradient(outputGradient: dy, input: x, weightGradient: gradient, biasGradient: db)
                arithmetic.elementwise.apply(update, gradient: gradient)
            }
            return [value, momentum, db].map(bits)
        }
        #expect(results[0] == results[1])
    }

    @Test("says what computes, and what environment a process should start with")
    func identification() {
        let arithmetic = OpenBLASArithmetic(pool: ThreadPool(threads: 1))
        #expect(arithmetic.name == "openblas")
        #expect(arithmetic.version.hasPrefix("OpenBLAS 0."), "\(arithmetic.version)")
        #expect(OpenBLASArithmetic.recommendedEnvironment()["OPENBLAS_NUM_THREADS"] == "1")
        #expect((OpenBLASArithmetic.recommendedEnvironment()["OPENBLAS_CORETYPE"] == nil) == (InstructionSet.best == .baseline))
    }
}
