import EquiVAE
import NeuralNetworks
import Numerics
import Testing

@Suite("The sum over classes that a step estimates")
struct ClassExpectationTests {
    private let logits: [Float] = [0.3, 1.4, -0.8, 0.9, 0.1]
    private let bounds = [-90.0, -70, -150, -72, -88]

    private var distribution: Categorical {
        var distribution = Categorical(rows: 1, classes: 5)
        distribution.set(logits: Matrix(rows: 1, columns: 5, values: logits))
        return distribution
    }

    /// The mean over evenly spaced draws, which is the expectation but for the grid's width.
    private func average(exact: Int, _ measure: (ClassExpectation, [ClassExpectation.Term]) -> [Double]) -> [Double] {
        let expectation = ClassExpectation(classes: 5, exact: exact)
        let draws = 100_000
        var sums: [Double] = []
        for draw in 0..<draws {
            let terms = expectation.terms(of: distribution, row: 0, uniform: (Double(draw) + 0.5) / Double(draws))
            let values = measure(expectation, terms)
            sums = sums.isEmpty ? values : zip(sums, values).map { $0 + $1 }
        }
        return sums.map { $0 / Double(draws) }
    }

    @Test("is right on average, and so is its gradient, however many classes are summed exactly", arguments: 1...5)
    func unbiased(_ exact: Int) {
        let q = (0..<5).map { distribution.probability($0, row: 0) }
        let sum = zip(q, bounds).reduce(0) { $0 + $1.0 * $1.1 }
        let estimate = average(exact: exact) { _, terms in [terms.reduce(0) { $0 + $1.weight * bounds[$1.label] }] }
        #expect(abs(estimate[0] - sum) < 1e-2)

        let gradient = (0..<5).map { q[$0] * (bounds[$0] - sum) }
        let estimated = average(exact: exact) { expectation, terms in
            expectation.logitGradient(terms, bounds: terms.map { bounds[$0.label] }, distribution: distribution, row: 0)
        }
        for (found, expected) in zip(estimated, gradient) { #expect(abs(found - expected) < 1e-2, "\(found), expected \(expected)") }
    }

    @Test("decodes the most probable classes and one more")
    func terms() {
        let expectation = ClassExpectation(classes: 5, exact: 2)
        #expect(expectation.classesPerImage == 3)
        let terms = expectation.terms(of: distribution, row: 0, uniform: 0)
        #expect(terms.prefix(2).map(\.label) == [1, 3])
        #expect(Set(terms.map(\.label)).count == 3)
        #expect(abs(terms.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    }

    @Test("decodes every class once where all are summed", arguments: [4, 5])
    func all(_ exact: Int) {
        let terms = ClassExpectation(classes: 5, exact: exact).terms(of: distribution, row: 0, uniform: 0.7)
        #expect(terms.map(\.label) == [0, 1, 2, 3, 4])
    }

    @Test("a draw never leaves the classes that remain, at either end of its range", arguments: [0, 0.5, 1 - 0x1p-53])
    func ends(_ uniform: Double) {
        let terms = ClassExpectation(classes: 5, exact: 1).terms(of: distribution, row: 0, uniform: uniform)
        #expect(terms.count == 2)
        #expect(terms[1].label != terms[0].label)
    }
}
