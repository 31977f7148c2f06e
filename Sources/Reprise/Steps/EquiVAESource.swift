import Datasets
import EquiVAE
import NeuralNetworks
import Numerics

/// Turns an invocation's words into the images and the configuration of an EquiVAE.
struct EquiVAESource {
    /// What any model's step needs.
    let model: ModelSource
    private let context: StepContext

    init(_ context: StepContext) {
        self.context = context
        model = ModelSource(context)
    }

    private enum Images: String {
        case mnist, svhn
    }

    private func images() throws -> Images {
        guard let images = Images(rawValue: try context.string("images")) else { throw context.refusal("images", "mnist or svhn") }
        return images
    }

    /// The labelled images that the step's `data` input provides, divided by the run's seed.
    func parts() throws -> LabelledImageParts {
        switch try images() {
        case .mnist:
            try LabelledImageParts(
                images: LabelledImages(model.mnistImages(.training)), testImages: LabelledImages(model.mnistImages(.test)),
                splitSeed: model.seed)
        case .svhn:
            try LabelledImageParts(
                images: LabelledImages(SVHNImages(path: context.path("train_32x32.mat", of: "data"))),
                testImages: LabelledImages(SVHNImages(path: context.path("test_32x32.mat", of: "data"))), splitSeed: model.seed)
        }
    }

    /// Whose images these are, for every display.
    func imageSource() throws -> String {
        switch try images() {
        case .mnist: "MNIST"
        case .svhn: "SVHN"
        }
    }

    /// How many training images keep their label; nil: all.
    func labelled() throws -> Int? {
        let text = try context.string("labels")
        if text == "all" { return nil }
        guard let count = Int(text), count > 0, "\(count)" == text else { throw context.refusal("labels", "a number of images, or all") }
        return count
    }

    func configuration(for parts: LabelledImageParts) throws -> EquiVAEConfiguration {
        guard let likelihood = try model.parameter("likelihood")?.stringValue.flatMap(PixelLikelihood.init(rawValue:)) else {
            throw model.refusal("likelihood", PixelLikelihood.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return try EquiVAEConfiguration(
            image: ImageShape(height: parts.height, width: parts.width, channels: parts.channels), classes: parts.classCount,
            channels: (first: model.integer("first_channels"), second: model.integer("second_channels")), hidden: model.integer("hidden"),
            invariantSize: model.integer("invariant_size"), equivariantSize: model.integer("equivariant_size"),
            complementaryExamples: model.integer("complementary_examples"), likelihood: likelihood)
    }
}
