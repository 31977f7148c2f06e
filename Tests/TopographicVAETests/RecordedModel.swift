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

/// The recorded training of a small model. Shapes and the number of steps are the recording's; so are window, neighbourhood, learning rate and
/// momentum where it has scalars of these names, else they are 3, 3, 0.01 and 0.9.
struct RecordedModel {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case topographic = "training-steps-tvae"
        case plain = "training-steps-vae"

        var testDescription: String { rawValue }
    }

    let kind: Kind
    let file: NPZFile
    let configuration: ModelConfiguration
    let sequences: Int
    let steps: Int
    let learningRate: Float
    let momentum: Float

    init(_ kind: Kind) throws {
        self.kind = kind
        file = try Reference.open(kind.rawValue)
        let input = try file.array("x").shape
        let noise = try file.array("step0/epsilon_z").shape
        try #require(input.count == 5 && noise.count == 4 && input.prefix(2) == noise.prefix(2), "x \(input), epsilon_z \(noise)")
        sequences = input[0]
        let window = Int(try file.setting("window") ?? 3)
        let neighbourhood = Int(try file.setting("neighbourhood") ?? 3)
        learningRate = Float(try file.setting("learning_rate") ?? 1e-2)
        momentum = Float(try file.setting("momentum") ?? 0.9)
        configuration = ModelConfiguration(
            frameShape: FrameShape(channels: input[2], height: input[3], width: input[4]), sequenceLength: input[1], capsules: noise[2],
            capsuleSize: noise[3], topography: kind == .topographic ? .shifting(window: window, neighbourhood: neighbourhood) : .none)
        let numbers = Set(file.names.compactMap { $0.prefixMatch(of: /step(\d+)\//).flatMap { Int($0.1) } })
        steps = numbers.count
        try #require(numbers == Set(0..<steps), "recorded steps \(numbers.sorted())")
    }

    /// With the recorded initial parameters, all of them.
    func make(arithmetic: any Arithmetic = arithmetic()) throws -> TopographicVAE {
        let model = try TopographicVAE(configuration: configuration, seed: 0, arithmetic: arithmetic)
        let names = model.parameters.map { "initial/\($0.name)" }
        #expect(Set(names) == Set(file.names.filter { $0.hasPrefix("initial/") }), "the recorded parameters are others")
        try load("initial", into: model)
        return model
    }

    /// The parameters after the last step.
    func loadTrained(into model: TopographicVAE) throws { try load("step\(steps - 1)/updated", into: model) }

    private func load(_ prefix: String, into model: TopographicVAE) throws {
        for parameter in model.parameters {
            let (shape, values) = try file.floats("\(prefix)/\(parameter.name)")
            try #require(shape == parameter.shape, "\(parameter.name) is recorded as \(shape)")
            parameter.value.copy(from: values)
        }
    }

    func noise(step: Int) throws -> RecordedNoise {
        RecordedNoise(
            z: try file.floats("step\(step)/epsilon_z").values,
            u: kind == .topographic ? try file.floats("step\(step)/epsilon_u").values : [])
    }
}
