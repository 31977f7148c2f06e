import NeuralNetworks
import Numerics

/// The places for a batch of N images outside training: the images, their encoder features and q(y | x).
final class ImageBatch {
    let model: EquiVAE
    let count: Int
    /// [N, H·W·C]
    let input: Matrix
    private(set) var labels: [Int]
    private let encoder: ConvolutionalFeatures.Activations
    private let invariant: ConvolutionalFeatures.Activations
    private let hidden: Matrix
    /// f of each image, [N, R]; after ``load(_:from:)``.
    let terms: Matrix
    private let logits: Matrix
    private(set) var distribution: Categorical

    init(model: EquiVAE, count: Int) {
        self.model = model
        self.count = count
        input = Matrix(rows: count, columns: model.configuration.image.count)
        labels = [Int](repeating: 0, count: count)
        encoder = ConvolutionalFeatures.Activations(model.encoderFeatures, images: count, training: false)
        invariant = ConvolutionalFeatures.Activations(model.invariantFeatures, images: count, training: false)
        hidden = Matrix(rows: count, columns: model.configuration.hidden)
        terms = Matrix(rows: count, columns: model.configuration.invariantSize)
        logits = Matrix(rows: count, columns: model.configuration.classes)
        distribution = Categorical(rows: count, classes: model.configuration.classes)
    }

    /// [N, F]; after ``load(_:from:)``.
    var features: Matrix { encoder.features }

    func load(_ images: [Int], from source: ImagePart) {
        precondition(images.count == count, "\(images.count) images for a batch of \(count)")
        source.fill(input, images: images)
        labels = images.map { source.label(of: $0) }
        model.encoderFeatures.forward(input, encoder, arithmetic: model.arithmetic)
        distribution = classify(input)
        model.invariantHead.forward(hidden, into: terms, arithmetic: model.arithmetic)
    }

    /// q(y | x) of these images, [N, H·W·C].
    func classify(_ images: Matrix) -> Categorical {
        model.invariantFeatures.forward(images, invariant, arithmetic: model.arithmetic)
        model.invariantDense.forward(invariant.features, into: hidden, arithmetic: model.arithmetic)
        model.classifierHead.forward(hidden, into: logits, arithmetic: model.arithmetic)
        var result = Categorical(rows: count, classes: model.configuration.classes)
        result.set(logits: logits)
        return result
    }
}

extension Array where Element == Int {
    /// Slices of at most `size`.
    func batches(of size: Int) -> [[Int]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) } }
}
