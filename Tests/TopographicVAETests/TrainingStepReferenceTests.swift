import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

/// Replays recorded draws.
struct RecordedNoise: NoiseSource {
    var z: [Float]
    var u: [Float]

    func fill(_ noise: Matrix, for latent: Latent, elementwise: Elementwise) { noise.copy(from: latent == .z ? z : u) }
}

/// The model of the recorded training steps: 2 sequences of 6 frames 3×8×8, 3 capsules × 6.
enum RecordedModel: String, CaseIterable, CustomTestStringConvertible {
    case topographic = "training-steps-tvae"
    case plain = "training-steps-vae"

    var testDescription: String { rawValue }

    /// With the recorded initial parameters.
    func make(_ file: NPZFile, arithmetic: any Arithmetic = arithmetic()) throws -> TopographicVAE {
        let configuration = ModelConfiguration(
            frameShape: FrameShape(channels: 3, height: 8, width: 8), sequenceLength: 6, capsules: 3, capsuleSize: 6,
            topography: self == .topographic ? .shifting(window: 3, neighbourhood: 3) : .none)
        let model = try TopographicVAE(configuration: configuration, seed: 0, arithmetic: arithmetic)
        for parameter in model.parameters { parameter.value.copy(from: try file.floats("initial/\(parameter.name)").values) }
        return model
    }

    func noise(_ file: NPZFile, step: Int) throws -> RecordedNoise {
        RecordedNoise(
            z: try file.floats("step\(step)/epsilon_z").values,
            u: self == .topographic ? try file.floats("step\(step)/epsilon_u").values : [])
    }
}

@Suite("Three training steps against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct TrainingStepReferenceTests {
    @Test("losses, activations, every gradient and every update agree", arguments: RecordedModel.allCases, TestedArithmetic.allCases)
    func agrees(_ recorded: RecordedModel, _ tested: TestedArithmetic) throws {
        let file = try Reference.open(recorded.rawValue)
        let model = try recorded.make(file, arithmetic: tested.make())
        let optimizer = MomentumSGD(parameters: model.parameters, learningRate: 1e-2, momentum: 0.9)
        let training = TrainingStep(model: model, sequences: 2, optimizer: optimizer)
        training.pass.input.copy(from: try file.floats("x").values)

        for step in 0..<3 {
            let noise = try recorded.noise(file, step: step)
            _ = training.computeGradients(noise)
            let gradients = model.parameters.map(\.gradient.values)
            let statistics = training.run(noise, number: step + 1)

            #expect(relativeDifference(statistics.kl, try file.scalar("step\(step)/kl")) < 1e-5, "kl of step \(step)")
            #expect(
                relativeDifference(statistics.negativeLogLikelihood, try file.scalar("step\(step)/negative_log_likelihood")) < 1e-5,
                "negative log-likelihood of step \(step)")
            #expect(relativeDifference(statistics.loss, try file.scalar("step\(step)/loss")) < 1e-5, "loss of step \(step)")
            #expect(relativeDifference(training.pass.t.values, try file.floats("step\(step)/t").values) < 1e-5, "t of step \(step)")
            #expect(
                relativeDifference(training.pass.probability.values, try file.floats("step\(step)/x_mean").values) < 1e-5,
                "p(x|t) of step \(step)")
            let error = EquivarianceError.mean(training.pass.t, sequenceLength: 6, capsules: 3, capsuleSize: 6)
            #expect(relativeDifference(error, try file.scalar("step\(step)/equivariance_error")) < 1e-5, "E_eq of step \(step)")
            for (parameter, found) in zip(model.parameters, gradients) {
                let gradient = try file.floats("step\(step)/grad/\(parameter.name)").values
                #expect(relativeDifference(found, gradient) < 1e-4, "gradient by \(parameter.name), step \(step)")
                let updated = try file.floats("step\(step)/updated/\(parameter.name)").values
                #expect(relativeDifference(parameter.value.values, updated) < 1e-4, "\(parameter.name) after step \(step)")
            }
        }
    }

    @Test("initial parameters lie within the bounds that the reference draws from", arguments: RecordedModel.allCases)
    func initialisationBounds(_ recorded: RecordedModel) throws {
        let file = try Reference.open(recorded.rawValue)
        let recordedModel = try recorded.make(file)
        let own = try TopographicVAE(configuration: recordedModel.configuration, seed: 1, arithmetic: arithmetic())
        for (parameter, reference) in zip(own.parameters, recordedModel.parameters) where parameter.value.count > 500 {
            let largest = parameter.value.values.map(abs).max() ?? 0
            let expected = reference.value.values.map(abs).max() ?? 0
            #expect(abs(largest / expected - 1) < 0.02, "largest entry of \(parameter.name): \(largest), the reference's \(expected)")
        }
    }
}
