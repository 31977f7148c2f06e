import Foundation
import NeuralNetworks
import Numerics
import Testing

@Suite("Gaussian latents")
struct GaussianHeadTests {
    let elementwise = arithmetic().elementwise
    let encoded = sampleMatrix(5, 2 * 21, stream: 1, scale: 2)

    private func head() -> GaussianHead {
        let head = GaussianHead(size: 21, rows: 5)
        head.noise.copy(from: sampleMatrix(5, 21, stream: 2, scale: 2))
        head.reparameterize(encoded, elementwise: elementwise)
        return head
    }

    private func mean(_ row: Int, _ column: Int) -> Double { Double(encoded[row, column]) }
    private func logVariance(_ row: Int, _ column: Int) -> Double { Double(encoded[row, 21 + column]) }

    @Test("samples, divergence and density ratio follow their formulas")
    func formulas() {
        let head = head()
        var divergence = 0.0
        var ratios = [Double](repeating: 0, count: 5)
        for row in 0..<5 {
            for column in 0..<21 {
                let deviation = exp(logVariance(row, column) / 2)
                let noise = Double(head.noise[row, column])
                let sample = mean(row, column) + deviation * noise
                #expect(abs(Double(head.sample[row, column]) - sample) < 1e-5)
                divergence += 0.5 * (deviation * deviation + mean(row, column) * mean(row, column) - 1 - logVariance(row, column))
                ratios[row] += -0.5 * sample * sample + 0.5 * noise * noise + log(deviation)
            }
        }
        #expect(abs(head.divergence(encoded, elementwise: elementwise) - divergence) < 1e-4)
        var found = [Double](repeating: 0, count: 5)
        found.withUnsafeMutableBufferPointer { head.logRatio(encoded, into: $0, elementwise: elementwise) }
        for (found, expected) in zip(found, ratios) { #expect(abs(found - expected) < 1e-4, "\(found), expected \(expected)") }
    }

    @Test("a standard normal has no divergence from the prior")
    func noDivergence() {
        let head = GaussianHead(size: 3, rows: 2)
        let standard = Matrix(rows: 2, columns: 6)
        head.reparameterize(standard, elementwise: elementwise)
        #expect(head.divergence(standard, elementwise: elementwise) == 0)
    }

    @Test("the gradient through sample and divergence agrees with finite differences")
    func gradient() {
        let head = head()
        let cotangent = sampleMatrix(5, 21, stream: 3)
        let gradient = Matrix(rows: 5, columns: 42)
        head.backward(
            sampleGradient: cotangent, encoded: encoded, divergenceScale: 0.3, encodedGradient: gradient, elementwise: elementwise)
        let scale = Double(Float(0.3))
        let derivative = directionalDerivative(of: encoded, gradient: gradient, stream: 9) {
            head.reparameterize(encoded, elementwise: elementwise)
            return inner(head.sample, cotangent) + scale * head.divergence(encoded, elementwise: elementwise)
        }
        #expect(agree(derivative), "\(derivative)")
    }
}

@Suite("Bernoulli likelihood")
struct BernoulliLikelihoodTests {
    let elementwise = arithmetic().elementwise

    private func loss(_ probability: [Float], _ target: [Float]) -> (total: Double, gradient: [Float]) {
        let gradient = Matrix(rows: 1, columns: probability.count)
        let total = BernoulliLikelihood.negativeLogLikelihood(
            probability: Matrix(rows: 1, columns: probability.count, values: probability),
            target: Matrix(rows: 1, columns: target.count, values: target), scale: 1, argumentGradient: gradient, elementwise: elementwise)
        return (total, gradient.values)
    }

    @Test("follows its formula for targets between 0 and 1")
    func formula() {
        let probability: [Float] = [0.1, 0.5, 0.9, 0.3, 1e-5]
        let target: [Float] = [0, 1, 0.25, 0.7, 1]
        let expected = zip(probability, target).reduce(0.0) {
            $0 - Double($1.1) * log(Double($1.0)) - (1 - Double($1.1)) * log1p(-Double($1.0))
        }
        #expect(abs(loss(probability, target).total - expected) < 1e-6 * expected)
    }

    @Test("certainty that is wrong costs −log ε, not infinity, and has no gradient; ε = 2⁻²³")
    func clamp() {
        let wrong = loss([0, 1], [1, 0])
        #expect(abs(wrong.total - 2 * 23 * log(2.0)) < 1e-4, "\(wrong.total)")
        #expect(wrong.gradient == [0, 0])
        let atBounds = loss([0x1p-23, 1 - 0x1p-23], [1, 0])
        #expect(atBounds.gradient == [0x1p-23 - 1, 1 - 0x1p-23], "the bounds themselves are inside, as in torch")
    }

    @Test("the gradient by the sigmoid's argument agrees with finite differences")
    func gradient() {
        let argument = sampleMatrix(4, 300, stream: 1, scale: 4)
        let target = sampleMatrix(4, 300, stream: 2, scale: 0.5)
        for index in 0..<target.count { target.pointer[index] += 0.5 }
        let probability = Matrix(rows: 4, columns: 300)
        let gradient = Matrix(rows: 4, columns: 300)
        func total() -> Double {
            elementwise.sigmoid(argument, into: probability)
            return BernoulliLikelihood.negativeLogLikelihood(
                probability: probability, target: target, scale: 1, argumentGradient: gradient, elementwise: elementwise)
        }
        _ = total()
        let computed = Matrix(rows: 4, columns: 300, values: gradient.values)
        let derivative = directionalDerivative(of: argument, gradient: computed, stream: 9, total)
        #expect(agree(derivative), "\(derivative)")
    }
}
