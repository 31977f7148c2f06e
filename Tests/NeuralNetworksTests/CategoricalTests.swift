import Foundation
import NeuralNetworks
import Numerics
import Testing

@Suite("Categorical distributions")
struct CategoricalTests {
    private func distribution(_ logits: [Float]) -> Categorical {
        var distribution = Categorical(rows: 1, classes: logits.count)
        distribution.set(logits: Matrix(rows: 1, columns: logits.count, values: logits))
        return distribution
    }

    @Test("probabilities are the softmax of the logits, and their entropy is in nats")
    func softmax() {
        let logits: [Float] = [0.5, -1, 2, 0]
        let distribution = distribution(logits)
        let sum = logits.reduce(0) { $0 + exp(Double($1)) }
        var entropy = 0.0
        for (label, logit) in logits.enumerated() {
            let expected = exp(Double(logit)) / sum
            #expect(abs(distribution.probability(label, row: 0) - expected) < 1e-12)
            #expect(abs(distribution.logProbability(label, row: 0) - log(expected)) < 1e-12)
            entropy -= expected * log(expected)
        }
        #expect(abs(distribution.entropy(row: 0) - entropy) < 1e-12)
        #expect(distribution.mode(row: 0) == 2)
    }

    @Test("large logits neither overflow nor lose the small probabilities' logarithms")
    func extremes() {
        let distribution = distribution([1e4, 0, -1e4])
        #expect(distribution.probability(0, row: 0) == 1)
        #expect(abs(distribution.logProbability(1, row: 0) + 1e4) < 1e-6)
        #expect(distribution.logProbability(2, row: 0).isFinite)
        #expect(distribution.entropy(row: 0) == 0)
    }

    @Test("of equal logits the first is the mode")
    func ties() { #expect(distribution([1, 3, 3]).mode(row: 0) == 1) }
}

@Suite("Likelihoods of rows with targets and weights of their own")
struct WeightedLikelihoodTests {
    private let target = Matrix(rows: 2, columns: 3, values: [0.1, 0.9, 0.5, 1, 0, 0.25])
    private let found = Matrix(rows: 3, columns: 3, values: [0.2, 0.7, 0.4, 0.9, 0.3, 0.5, 0.6, 0.1, 0.3])
    private let targetRows = [1, 0, 1]
    private let weights: [Float] = [0.5, 2, 1.25]

    @Test("Bernoulli: each row is compared with its own target, and the gradient carries its weight")
    func bernoulli() {
        let gradient = Matrix(rows: 3, columns: 3)
        var rows = [Double](repeating: 0, count: 3)
        BernoulliLikelihood.negativeLogLikelihood(
            probability: found, target: target, targetRows: targetRows, weights: weights, argumentGradient: gradient, rows: &rows,
            elementwise: arithmetic().elementwise)
        for row in 0..<3 {
            var expected = 0.0
            for column in 0..<3 {
                let (p, x) = (Double(found[row, column]), Double(target[targetRows[row], column]))
                expected -= x * log(p) + (1 - x) * log(1 - p)
                #expect(abs(Double(gradient[row, column]) - Double(weights[row]) * (p - x)) < 1e-6)
            }
            #expect(abs(rows[row] - expected) < 1e-5)
        }
    }

    @Test("Gaussian: density, and gradients by mean and log σ against finite differences")
    func gaussian() {
        let gradient = Matrix(rows: 3, columns: 3)
        func loss(_ logScale: Float, gradient: Matrix? = nil) -> (rows: [Double], byScale: Double) {
            var rows = [Double](repeating: 0, count: 3)
            let byScale = GaussianLikelihood.negativeLogLikelihood(
                mean: found, target: target, targetRows: targetRows, logScale: logScale, weights: weights, meanGradient: gradient,
                rows: &rows,
                pool: ThreadPool(threads: 2))
            return (rows, byScale)
        }
        func weighted(_ rows: [Double]) -> Double { zip(rows, weights).reduce(0) { $0 + $1.0 * Double($1.1) } }
        let logScale: Float = -0.75
        let result = loss(logScale, gradient: gradient)
        for row in 0..<3 {
            var expected = 0.0
            for column in 0..<3 {
                let difference = (Double(found[row, column]) - Double(target[targetRows[row], column])) / exp(Double(logScale))
                expected += 0.5 * difference * difference + Double(logScale) + 0.5 * log(2 * Double.pi)
                #expect(
                    abs(Double(gradient[row, column]) - Double(weights[row]) * difference / exp(Double(logScale))) < 1e-5)
            }
            #expect(abs(result.rows[row] - expected) < 1e-6)
        }
        let measured = (weighted(loss(logScale + 1e-3).rows) - weighted(loss(logScale - 1e-3).rows)) / 2e-3
        #expect(abs(measured - result.byScale) < 1e-2)
        // Held below the quantisation of 8-bit pixels: the density of the bound, and a gradient only where it leads back.
        let held = loss(-20)
        #expect(held.byScale < 0 && held.rows == loss(GaussianLikelihood.smallestLogScale).rows)
        for index in 0..<3 { for column in 0..<3 { found[index, column] = target[targetRows[index], column] } }
        #expect(loss(-20).byScale == 0)
    }
}
