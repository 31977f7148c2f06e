import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Importance sampling against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct ImportanceSamplingReferenceTests {
    @Test("the official sum and the unbiased mean of ten weights agree for every frame", arguments: RecordedModel.allCases)
    func agrees(_ recorded: RecordedModel) throws {
        let file = try Reference.open(recorded.rawValue)
        let model = try recorded.make(file)
        for parameter in model.parameters { parameter.value.copy(from: try file.floats("step2/updated/\(parameter.name)").values) }
        let pass = ForwardPass(model: model, sequences: 2)
        pass.input.copy(from: try file.floats("x").values)
        let (shape, epsilon) = try file.floats("is/epsilon")
        let size = pass.frames * model.configuration.latents
        let latents = shape[1]

        pass.encode()
        let estimates = ImportanceSampling(pass, samples: 10) { sample in
            func draws(_ latent: Int) -> [Float] {
                Array(epsilon[(sample * latents + latent) * size..<(sample * latents + latent + 1) * size])
            }
            return RecordedNoise(z: draws(0), u: latents > 1 ? draws(1) : [])
        }

        #expect(relativeDifference(estimates.official.map(Float.init), try file.floats("is/official_estimate").values) < 1e-5)
        #expect(relativeDifference(estimates.unbiased.map(Float.init), try file.floats("is/estimate").values) < 1e-5)
    }
}
