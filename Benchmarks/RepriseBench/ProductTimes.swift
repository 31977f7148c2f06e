import Foundation
import Numerics

/// The three products of one dense layer on portable arithmetic, with all that a training step does in them.
final class ProductTimes {
    /// Inputs and outputs of the paper's layers.
    static let shapes = [(2352, 972), (972, 648), (648, 648), (324, 648), (648, 972), (972, 2352)]

    private let arithmetic: PortableArithmetic
    private let input: Matrix
    private let output: Matrix
    private let inputGradient: Matrix
    private let weight: Matrix
    private let momentum: Matrix
    private let bias: Matrix
    private let biasGradient: Matrix
    private var least = [Double](repeating: .infinity, count: 3)

    init(_ shape: (inputs: Int, outputs: Int), threads: Int) {
        arithmetic = PortableArithmetic(pool: ThreadPool(threads: threads))
        let examples = Contender.sequences * Contender.configuration.sequenceLength
        input = Matrix(rows: examples, columns: shape.inputs)
        output = Matrix(rows: examples, columns: shape.outputs)
        inputGradient = Matrix(rows: examples, columns: shape.inputs)
        weight = Matrix(rows: shape.outputs, columns: shape.inputs)
        momentum = Matrix(rows: shape.outputs, columns: shape.inputs)
        bias = Matrix(rows: 1, columns: shape.outputs)
        biasGradient = Matrix(rows: 1, columns: shape.outputs)
        for (step, matrix) in [input, weight].enumerated() {
            arithmetic.elementwise.fillUniform(matrix, bound: 0.1, Philox(seed: Sequences.seed), .figure, step: UInt32(step))
        }
    }

    func run() {
        for _ in 0..<3 {
            let times = [
                duration { arithmetic.forward(input: input, weight: weight, bias: bias, activation: .rectifier, output: output) },
                duration {
                    arithmetic.inputGradient(outputGradient: output, weight: weight, rectifierOutput: input, inputGradient: inputGradient)
                },
                duration {
                    arithmetic.updateWeight(
                        outputGradient: output, input: input, weightGradient: weight, biasGradient: biasGradient,
                        update: .momentumSGD(value: weight, momentum: momentum, rate: 1e-9, factor: 0.9))
                },
            ]
            for (index, time) in times.enumerated() { least[index] = min(least[index], time) }
        }
    }

    var line: String {
        let operations = 2 * Double(input.rows) * Double(weight.count)
        let rates = least.map { String(format: "%7.0f", operations / $0 / 1e9) }.joined()
        return String(format: "%5d to %4d: ", weight.columns, weight.rows) + rates
    }
}
