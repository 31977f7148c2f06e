import Datasets
import Foundation
import Numerics
import TopographicVAE

/// A tiny data set for tests: a bar on a 4×4 picture that moves by columns or by rows, four frames a sequence. Pure, as the protocol asks.
struct MovingBars: SequenceDataset {
    var sequenceLength = 4
    var frameShape = FrameShape(channels: 2, height: 4, width: 4)
    var factorNames = ["column", "row"]
    var factorSizes = [4, 4]
    var classCount = 2
    var hasHeldOutParts = true
    var trainingImages = 37
    var background: (Float, Float) = (0.1, 0.2)

    func count(of split: Split) -> Int { split == .training ? trainingImages : 21 }

    func fill(_ batch: inout SequenceBatch, split: Split, images: [Int], epoch: UInt32, seed: UInt64) {
        for (sequence, image) in images.enumerated() {
            let words = Philox(seed: seed).words(.transformation, step: epoch, position: UInt64(image))
            let moving = Int(words[0] % 2)
            batch.movingFactor[sequence] = moving
            batch.labels[sequence] = image % 2
            var values = [Int(words[1] % 4), Int(words[2] % 4)]
            for frame in 0..<4 {
                let place = sequence * 4 + frame
                batch.factors[place * 2] = values[0]
                batch.factors[place * 2 + 1] = values[1]
                for pixel in 0..<16 {
                    batch.frames[place * 32 + pixel] = pixel % 4 == values[0] ? 1 : background.0
                    batch.frames[place * 32 + 16 + pixel] = pixel / 4 == values[1] ? 1 : background.1
                }
                values[moving] = (values[moving] + 1) % 4
            }
        }
    }
}

enum SmallModel {
    static func configuration(_ topography: Topography = .shifting(window: 3, neighbourhood: 3)) -> ModelConfiguration {
        ModelConfiguration(
            frameShape: FrameShape(channels: 2, height: 4, width: 4), sequenceLength: 4, capsules: 3, capsuleSize: 4, topography: topography
        )
    }

    static func make(
        _ topography: Topography = .shifting(window: 3, neighbourhood: 3), seed: UInt64 = 3, arithmetic: any Arithmetic = arithmetic()
    )
        throws -> TopographicVAE
    {
        try TopographicVAE(configuration: configuration(topography), seed: seed, arithmetic: arithmetic)
    }

    static func bits(_ model: TopographicVAE) -> [String: [UInt32]] {
        Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.value.values.map(\.bitPattern)) })
    }
}

/// A folder that is removed with the value that holds it.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("reprise-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}
