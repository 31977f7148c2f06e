import EquiVAE
import Foundation
import NeuralNetworks
import Numerics
import Testing

/// One training step beside the same step in PyTorch's automatic differentiation (`Reference/make.py`).
@Suite("A training step against PyTorch")
struct TrainingStepReferenceTests {
    struct Reference: Decodable {
        struct Case: Decodable, CustomTestStringConvertible, Sendable {
            var likelihood: String
            var channels: Int
            var unlabelled: Int
            var exact: Int
            var bound_examples: Int
            var alpha: Double
            var warmth: Double
            var balance: Double
            var dropout: Double
            var labelled_share: Double
            var uniforms: [Double]
            var loss: Double
            var labelled_bound: Double
            var classification: Double
            var gradients: [String: [Double]]

            var testDescription: String { "\(likelihood), \(unlabelled) unlabelled, \(exact) summed" }
        }

        var cases: [Case]
    }

    static let cases: [Reference.Case] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference/reference.json")
        guard let data = try? Data(contentsOf: file), let reference = try? JSONDecoder().decode(Reference.self, from: data) else {
            return []
        }
        return reference.cases
    }()

    @Test("the reference was read") func read() { #expect(TrainingStepReferenceTests.cases.count == 4) }

    @Test("loss and every gradient agree", arguments: cases, TestedArithmetic.allCases)
    func agree(_ reference: Reference.Case, _ tested: TestedArithmetic) throws {
        let likelihood = try #require(PixelLikelihood(rawValue: reference.likelihood))
        let model = try SmallModel.make(
            SmallModel.configuration(likelihood: likelihood, channels: reference.channels), arithmetic: tested.make())
        for (number, parameter) in model.parameters.enumerated() {
            parameter.value.copy(from: waves(parameter.value.count, phase: Double(number), scale: 0.4))
        }
        let warmup = reference.warmth < 1 ? 10 : 0
        let step = EquiVAEStep(
            model: model,
            objective: TrainingObjective(
                classificationWeight: reference.alpha, unlabelledBatch: reference.unlabelled, boundExamples: reference.bound_examples,
                classifierWarmup: warmup, balanceWeight: reference.balance, dropout: reference.dropout,
                exactClasses: reference.exact), labelledShare: reference.labelled_share,
            optimizer: MomentumSGD(parameters: model.parameters, learningRate: 1, momentum: 0))
        step.input.copy(from: waves(step.input.count, phase: 0.5, scale: 0.45).map { Float(0.5 + Double($0)) })
        let statistics = step.computeGradients(
            RecordedNoise(uniforms: reference.uniforms), number: Int((reference.warmth * 10).rounded()))

        func close(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) < 2e-5 * max(1, abs(expected)) }
        #expect(close(statistics.loss, reference.loss), "\(statistics.loss), expected \(reference.loss)")
        #expect(close(statistics.labelledBound, reference.labelled_bound))
        #expect(close(statistics.classification, reference.classification))
        #expect(Set(reference.gradients.keys) == Set(model.parameters.map(\.name)))
        for parameter in model.parameters {
            let expected = reference.gradients[parameter.name] ?? []
            let found = parameter.gradient.values
            #expect(found.count == expected.count, "\(parameter.name)")
            let scale = max(1e-3, expected.map(abs).max() ?? 0)
            let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(worst < 1e-4 * scale, "\(parameter.name): off by \(worst) where the largest is \(scale)")
        }
    }
}
