import Datasets
import NeuralNetworks
import Numerics
import TopographicVAE

/// A model in training on one arithmetic, with one kind of input.
final class Contender {
    let name: String
    let threads: Int
    /// Whether a step's time has the making of its sequences in it.
    let loads: Bool
    private let step: () -> Double
    private var number = 0
    private(set) var seconds: [Double] = []

    /// The paper's MNIST model: 18 capsules of 18, 18 frames of 3×28×28, 8 sequences a batch.
    static let configuration = ModelConfiguration(
        frameShape: FrameShape(channels: 3, height: 28, width: 28), sequenceLength: 18, capsules: 18, capsuleSize: 18,
        topography: .shifting(window: 13, neighbourhood: 13))
    static let sequences = 8

    /// What a step trains on.
    enum Source {
        /// Batches that are there when a step's time begins.
        case batches([[Float]])
        /// Sequences that are made within a step's time.
        case dataset(any SequenceDataset)
    }

    init(arithmetic: String, threads: Int, input: String, source: Source) throws {
        name = "\(arithmetic), \(input)"
        self.threads = threads
        loads = if case .dataset = source { true } else { false }
        let pool = ThreadPool(threads: threads)
        let chosen: any Arithmetic = arithmetic == "openblas" ? OpenBLASArithmetic(pool: pool) : PortableArithmetic(pool: pool)
        let model = try TopographicVAE(configuration: Contender.configuration, seed: Sequences.seed, arithmetic: chosen)
        let optimizer = OptimizerConfiguration.momentumSGD(learningRate: 1e-4, momentum: 0.9)
        switch source {
        case .batches(let batches):
            let step = TrainingStep(model: model, sequences: Contender.sequences, optimizer: optimizer.makeOptimizer(model.parameters))
            var number = 0
            self.step = {
                step.pass.input.copy(from: batches[number % batches.count])
                let noise = PhiloxNoise.training(seed: Sequences.seed, step: UInt32(number))
                number += 1
                return duration { _ = step.run(noise, number: number) }
            }
        case .dataset(let dataset):
            let trainer = try Trainer(
                model: model, dataset: dataset, optimizer: optimizer, batchSize: Contender.sequences, seed: Sequences.seed)
            step = { duration { _ = trainer.step() } }
        }
    }

    /// Makes one step; a first one is not recorded.
    func run() {
        let time = step()
        number += 1
        if number > 1 { seconds.append(time) }
    }
}
