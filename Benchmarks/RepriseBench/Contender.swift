import Datasets
import Numerics
import TopographicVAE

/// A model in training on one arithmetic, with one kind of input.
final class Contender {
    let name: String
    let threads: Int
    private let step: TrainingStep
    private let batches: [[Float]]
    private var number = 0
    private(set) var seconds: [Double] = []

    /// The paper's MNIST model: 18 capsules of 18, 18 frames of 3×28×28, 8 sequences a batch.
    static let configuration = ModelConfiguration(
        frameShape: FrameShape(channels: 3, height: 28, width: 28), sequenceLength: 18, capsules: 18, capsuleSize: 18,
        topography: .shifting(window: 13, neighbourhood: 13))
    static let sequences = 8

    init(arithmetic: String, threads: Int, input: String, batches: [[Float]]) throws {
        name = "\(arithmetic), \(input)"
        self.threads = threads
        self.batches = batches
        let pool = ThreadPool(threads: threads)
        let chosen: any Arithmetic = arithmetic == "openblas" ? OpenBLASArithmetic(pool: pool) : PortableArithmetic(pool: pool)
        let model = try TopographicVAE(configuration: Contender.configuration, seed: 1, arithmetic: chosen)
        step = TrainingStep(
            model: model, sequences: Contender.sequences,
            optimizer: OptimizerConfiguration.momentumSGD(learningRate: 1e-4, momentum: 0.9).makeOptimizer(for: model))
    }

    /// Makes one step; a first one is not recorded.
    func run() {
        step.pass.input.copy(from: batches[number % batches.count])
        number += 1
        let time = duration { _ = step.run(PhiloxNoise.training(seed: 1, step: UInt32(number)), number: number) }
        if number > 1 { seconds.append(time) }
    }
}
