import Datasets
import EquiVAE
import Foundation
import NeuralNetworks
import Numerics

/// A model and a data set small enough for exhaustive tests: three classes of 8×12 images.
enum SmallModel {
    static let classes = 3

    static func configuration(likelihood: PixelLikelihood = .bernoulli, channels: Int = 1, examples: Int = 2) -> EquiVAEConfiguration {
        EquiVAEConfiguration(
            image: ImageShape(height: 8, width: 12, channels: channels), classes: classes, channels: (first: 2, second: 3), hidden: 5,
            invariantSize: 2, equivariantSize: 2, complementaryExamples: examples, likelihood: likelihood)
    }

    /// Large enough to learn the bars.
    static var able: EquiVAEConfiguration {
        var configuration = configuration()
        configuration.channels = (first: 8, second: 16)
        configuration.hidden = 32
        configuration.invariantSize = 4
        configuration.equivariantSize = 4
        return configuration
    }

    static func make(
        _ configuration: EquiVAEConfiguration = configuration(), seed: UInt64 = 1,
        arithmetic: any Arithmetic = TestedArithmetic.portable.make()
    ) throws -> EquiVAE {
        try EquiVAE(configuration: configuration, seed: seed, arithmetic: arithmetic)
    }

    /// Bars: class 0 horizontal, 1 vertical, 2 both; where they lie and how dark they are differs from image to image.
    static func images(_ count: Int, firstImage: Int = 0, channels: Int = 1) throws -> LabelledImages {
        var pixels: [UInt8] = []
        var labels: [UInt8] = []
        for image in firstImage..<firstImage + count {
            let label = image % classes
            let place = image / classes
            let ink = UInt8(120 + 17 * (place % 8))
            for row in 0..<8 {
                for column in 0..<12 {
                    let horizontal = label != 1 && row == place % 8
                    let vertical = label != 0 && column == place * 5 % 12
                    for _ in 0..<channels { pixels.append(horizontal || vertical ? ink : 10) }
                }
            }
            labels.append(UInt8(label))
        }
        return try LabelledImages(height: 8, width: 12, channels: channels, classCount: classes, pixels: pixels, labels: labels)
    }

    static func parts(_ count: Int = 180, channels: Int = 1) throws -> LabelledImageParts {
        try LabelledImageParts(
            images: images(count, channels: channels), testImages: images(60, firstImage: count, channels: channels), splitSeed: 3)
    }

    static let semiSupervised = TrainingObjective(
        classificationWeight: 2, unlabelledBatch: 12, boundExamples: 1, classifierWarmup: 5, balanceWeight: 1, dropout: 0.25,
        exactClasses: 1)
    static let supervised = TrainingObjective(
        classificationWeight: 1, unlabelledBatch: 0, boundExamples: 3, classifierWarmup: 0, exactClasses: 1)

    static func bits(_ model: EquiVAE) -> [[UInt32]] { model.parameters.map { $0.value.values.map(\.bitPattern) } }
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

/// Noise as `Reference/make.py` has it.
struct RecordedNoise: EquiVAENoise {
    var uniforms: [Double]

    func fillEquivariant(_ noise: Matrix, elementwise: Elementwise) { noise.copy(from: waves(noise.count, phase: 0.25, scale: 1)) }
    func fillDropout(_ numbers: Matrix, elementwise: Elementwise) { numbers.copy(from: waves(numbers.count, phase: 0.75, scale: 1)) }
    func uniform(row: Int) -> Double { uniforms[row] }
}

/// Sines of positions: numbers that a test and `Reference/make.py` share.
func waves(_ count: Int, phase: Double, scale: Double) -> [Float] {
    (0..<count).map { Float(scale * sin(1.7 * Double($0) + phase)) }
}
