import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Importance sampling against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct ImportanceSamplingReferenceTests {
    @Test("the official sum and the unbiased mean of the weights agree for every frame", arguments: RecordedModel.Kind.allCases)
    func agrees(_ kind: RecordedModel.Kind) throws {
        let recorded = try RecordedModel(kind)
        let file = recorded.file
        let model = try recorded.make()
        try recorded.loadTrained(into: model)
        let pass = ForwardPass(model: model, sequences: recorded.sequences)
        pass.input.copy(from: try file.floats("x").values)
        let (shape, epsilon) = try file.floats("is/epsilon")
        let size = pass.frames * model.configuration.latents
        let latents = kind == .topographic ? 2 : 1
        try #require(shape.count == 6 && shape[0] > 0 && shape[1] == latents && epsilon.count == shape[0] * latents * size, "\(shape)")

        pass.encode()
        let estimates = ImportanceSampling(pass, samples: shape[0]) { sample in
            func draws(_ latent: Int) -> [Float] {
                Array(epsilon[(sample * latents + latent) * size..<(sample * latents + latent + 1) * size])
            }
            return RecordedNoise(z: draws(0), u: latents > 1 ? draws(1) : [])
        }

        #expect(relativeDifference(estimates.official.map(Float.init), try file.floats("is/official_estimate").values) < 1e-5)
        #expect(relativeDifference(estimates.unbiased.map(Float.init), try file.floats("is/estimate").values) < 1e-5)
    }
}
