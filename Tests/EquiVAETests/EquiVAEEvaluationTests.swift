import Datasets
import EquiVAE
import NeuralNetworks
import Numerics
import Testing

@Suite("Evaluating an EquiVAE")
struct EquiVAEEvaluationTests {
    /// A supervised model of the bars, trained for a moment.
    private func trained() throws -> (model: EquiVAE, codes: ClassCodes, test: ImagePart) {
        let parts = try SmallModel.parts()
        let trainer = try EquiVAETrainer(
            model: SmallModel.make(SmallModel.able, seed: 7), parts: parts, labelled: nil, objective: SmallModel.supervised,
            optimizer: .adam(learningRate: 5e-3), seed: 7)
        for _ in 0..<1200 { _ = trainer.step() }
        let labels = try TrainingLabels(parts, labelled: nil, seed: 7)
        let codes = ClassCodes(model: trainer.model, images: labels.codeImages(most: 20), source: ImagePart(parts, .training))
        return (trainer.model, codes, ImagePart(parts, .test))
    }

    @Test("tells the classes apart by q(y | x) and by the bound, better than before training")
    func classification() throws {
        let (model, codes, test) = try trained()
        let images = Array(0..<test.count)
        let result = ClassificationEvaluation(model: model, codes: codes, images: images, source: test, samples: 2, seed: 1)
        #expect(result.images == 60)
        #expect(result.classifierError < 0.2, "\(result)")
        #expect(result.boundError < 0.3, "\(result)")
        #expect(abs(result.bound + result.negativeLogLikelihood + result.divergence) < 1e-9)

        let untrained = try SmallModel.make(SmallModel.able, seed: 7)
        let untrainedCodes = ClassCodes(model: untrained, images: codes.images, source: ImagePart(test.parts, .training))
        let control = ClassificationEvaluation(model: untrained, codes: untrainedCodes, images: images, source: test, samples: 2, seed: 1)
        #expect(control.bound < result.bound)
        #expect(control.classifierError > 0.3)
    }

    @Test("log p(x) rises with the number of samples and lies above the bound")
    func marginal() throws {
        let (model, codes, test) = try trained()
        let images = Array(0..<40)
        let one = MarginalLikelihood(model: model, codes: codes, images: images, source: test, samples: 1, seed: 2)
        let many = MarginalLikelihood(model: model, codes: codes, images: images, source: test, samples: 64, seed: 2)
        #expect(one.mean < many.mean)
        let bound = ClassificationEvaluation(model: model, codes: codes, images: images, source: test, samples: 8, seed: 2).bound
        // Σ_y p(y) p(x | y) is at least p(x | its class) / K.
        #expect(many.mean > bound - 1.0987)
    }

    @Test(
        "where every class has the same r and the decoder is blind to v, log p(x) is log p(x | r), however many samples", arguments: [1, 7])
    func blind(_ samples: Int) throws {
        let (model, codes, test) = try trained()
        let configuration = model.configuration
        func fill(_ name: String, columns: Range<Int>? = nil) throws {
            let value = try #require(model.parameters.first { $0.name == name }).value
            for row in 0..<value.rows { for column in columns ?? 0..<value.columns { value[row, column] = 0 } }
        }
        try fill("f.head.weight")
        try fill(
            "decoder.dense.0.weight",
            columns: configuration.invariantSize..<configuration.invariantSize + configuration.equivariantSize)
        // q(v | r, x) = N(0, I): every importance weight is p(x | r).
        try fill("encoder.head.1.weight")
        try fill("encoder.head.1.bias")
        let same = ClassCodes(model: model, images: codes.images, source: ImagePart(test.parts, .training))
        let images = Array(0..<20)
        let found = MarginalLikelihood(model: model, codes: same, images: images, source: test, samples: samples, seed: 2).mean
        let expected = ClassificationEvaluation(model: model, codes: same, images: images, source: test, samples: 1, seed: 2)
        #expect(abs(found - expected.bound) < 1e-4, "\(found), expected \(expected.bound)")
        #expect(abs(expected.divergence) < 1e-6)
    }

    @Test("an image's results do not depend on what else is evaluated with it")
    func batches() throws {
        let (model, codes, test) = try trained()
        let all = Representations(model: model, codes: codes, images: Array(0..<60), source: test, seed: 3)
        let few = Representations(model: model, codes: codes, images: Array(0..<7), source: test, seed: 3)
        #expect(few.invariant.values == Array(all.invariant.values.prefix(few.invariant.count)))
        #expect(few.equivariant.values == Array(all.equivariant.values.prefix(few.equivariant.count)))
        #expect(all.labels == (0..<60).map { test.label(of: $0) })
    }

    @Test("another class's r costs likelihood, and so does noise in place of v")
    func controls() throws {
        let (model, codes, test) = try trained()
        let controls = RoutingControls(model: model, codes: codes, images: Array(0..<60), source: test, seed: 4)
        #expect(controls.negativeLogLikelihood.own < controls.negativeLogLikelihood.otherClass)
        #expect(controls.negativeLogLikelihood.own < controls.negativeLogLikelihood.noise)
        let untrained = try SmallModel.make(SmallModel.able, seed: 7)
        let untrainedCodes = ClassCodes(model: untrained, images: codes.images, source: ImagePart(test.parts, .training))
        let before = RoutingControls(model: untrained, codes: untrainedCodes, images: Array(0..<60), source: test, seed: 4)
        #expect(controls.otherClassRecognised > before.otherClassRecognised)
        #expect(controls.otherClassRecognised > controls.originalRecognised)
    }

    @Test("figures have the shape they promise, with values that can be shown")
    func figures() throws {
        let (model, codes, test) = try trained()
        let figures = EquiVAEFigures(model: model, codes: codes, seed: 1)
        let archetypes = figures.archetypes()
        #expect(archetypes.count == 3)
        #expect(archetypes.allSatisfy { $0.count == 96 && $0.allSatisfy { (0...1).contains($0) } })
        #expect(figures.styleTransfer([0, 1], from: test).map(\.count) == [4, 4])
        #expect(figures.classSamples(5).map(\.count) == [5, 5, 5])
        let interpolation = figures.interpolations([(0, 3)], steps: 4, from: test)
        #expect(interpolation.map(\.count) == [6])
    }
}
