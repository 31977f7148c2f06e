import Datasets
import NeuralNetworks
import Numerics
import TopographicVAE

/// Single frames for tests: a bar of one of three columns of a 4×4 picture, its class, in one of four brightnesses.
struct StillBars: SequenceDataset {
    let sequenceLength = 1
    var frameShape = FrameShape(channels: 1, height: 4, width: 4)
    let factorNames: [String] = []
    let factorSizes: [Int] = []
    var classCount = 3
    let hasHeldOutParts = true

    func count(of split: Split) -> Int { split == .training ? 48 : 60 }

    func fill(_ batch: inout SequenceBatch, split: Split, images: [Int], epoch: UInt32, seed: UInt64) {
        for (place, image) in images.enumerated() {
            let label = image % 3
            batch.labels[place] = label
            batch.movingFactor[place] = -1
            for pixel in 0..<16 { batch.frames[place * 16 + pixel] = pixel % 4 == label ? 0.4 + 0.2 * Float(image / 3 % 4) : 0 }
        }
    }

    static func configuration(_ topography: Topography, latents: Int = 9) -> ModelConfiguration {
        ModelConfiguration(
            frameShape: FrameShape(channels: 1, height: 4, width: 4), sequenceLength: 1, capsules: 1, capsuleSize: latents,
            topography: topography, initialMu: 10)
    }

    static func model(_ topography: Topography, latents: Int = 9, threads: Int = 2) throws -> TopographicVAE {
        try TopographicVAE(configuration: configuration(topography, latents: latents), seed: 3, arithmetic: arithmetic(threads: threads))
    }

    static func trainer(_ topography: Topography) throws -> Trainer {
        try Trainer(
            model: model(topography), dataset: StillBars(), optimizer: .adam(learningRate: 0.01), batchSize: 12, seed: 3)
    }
}
