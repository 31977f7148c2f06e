import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Training steps against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct TrainingStepReferenceTests {
    @Test(
        "losses, activations, every gradient and every update agree", arguments: RecordedModel.Kind.allCases, TestedArithmetic.allCases)
    func agrees(_ kind: RecordedModel.Kind, _ tested: TestedArithmetic) throws {
        let recorded = try RecordedModel(kind)
        let file = recorded.file
        let model = try recorded.make(arithmetic: tested.make())
        let configuration = recorded.configuration
        let optimizer = MomentumSGD(parameters: model.parameters, learningRate: recorded.learningRate, momentum: recorded.momentum)
        let training = TrainingStep(model: model, sequences: recorded.sequences, optimizer: optimizer)
        training.pass.input.copy(from: try file.floats("x").values)

        for step in 0..<recorded.steps {
            let noise = try recorded.noise(step: step)
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
            let error = EquivarianceError.mean(
                training.pass.t, sequenceLength: configuration.sequenceLength, capsules: configuration.capsules,
                capsuleSize: configuration.capsuleSize)
            #expect(relativeDifference(error, try file.scalar("step\(step)/equivariance_error")) < 1e-5, "E_eq of step \(step)")
            for (parameter, found) in zip(model.parameters, gradients) {
                let gradient = try file.floats("step\(step)/grad/\(parameter.name)").values
                #expect(relativeDifference(found, gradient) < 1e-4, "gradient by \(parameter.name), step \(step)")
                let updated = try file.floats("step\(step)/updated/\(parameter.name)").values
                #expect(relativeDifference(parameter.value.values, updated) < 1e-4, "\(parameter.name) after step \(step)")
            }
        }
    }

    @Test("initial parameters lie within the bounds that the reference draws from", arguments: RecordedModel.Kind.allCases)
    func initialisationBounds(_ kind: RecordedModel.Kind) throws {
        let recordedModel = try RecordedModel(kind).make()
        let own = try TopographicVAE(configuration: recordedModel.configuration, seed: 1, arithmetic: arithmetic())
        for (parameter, reference) in zip(own.parameters, recordedModel.parameters) where parameter.value.count > 500 {
            let largest = parameter.value.values.map(abs).max() ?? 0
            let expected = reference.value.values.map(abs).max() ?? 0
            #expect(abs(largest / expected - 1) < 0.02, "largest entry of \(parameter.name): \(largest), the reference's \(expected)")
        }
    }
}
