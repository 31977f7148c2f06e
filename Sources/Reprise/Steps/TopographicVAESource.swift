import Datasets
import TopographicVAE

/// Turns an invocation's words into the sequences and the configuration of a Topographic VAE.
struct TopographicVAESource {
    /// What any model's step needs.
    let model: ModelSource
    private let context: StepContext

    init(_ context: StepContext) {
        self.context = context
        model = ModelSource(context)
    }

    /// The sequences that the step's `data` input provides.
    func dataset() throws -> any SequenceDataset {
        func sequences(_ mode: MNISTSequences.Mode) throws -> MNISTSequences {
            try MNISTSequences(
                images: model.mnistImages(.training), testImages: model.mnistImages(.test), splitSeed: model.seed, mode: mode)
        }
        switch try context.string("sequences") {
        case "mnist": return try sequences(.single)
        case "mnist-dual": return try sequences(.rotationAndHue)
        case "mnist-perspective-hue": return try sequences(.perspectiveAndHue)
        case "mnist-frames":
            return try MNISTFrames(images: model.mnistImages(.training), testImages: model.mnistImages(.test), splitSeed: model.seed)
        case "sprites":
            let images = try SpriteImages(path: context.path("sprites-\(try context.integer("side")).npy", of: "data"))
            return SpriteSequences(images: images)
        case "dsprites": return try SpriteSequences(images: SpriteImages(path: context.path("dsprites-64.npy", of: "data")))
        default: throw context.refusal("sequences", "mnist, mnist-dual, mnist-perspective-hue, mnist-frames, sprites or dsprites")
        }
    }

    /// Whose images the sequences show, in words for every display: what stands in for something says so.
    func imageSource() throws -> String {
        switch try context.string("sequences") {
        case "sprites": "generated sprites, which stand in for dSprites"
        case "dsprites": "dSprites"
        default: "MNIST"
        }
    }

    /// The model's row, as the plan resolved it from the model artifact.
    func configuration(for dataset: any SequenceDataset) throws -> ModelConfiguration {
        let topography: Topography
        switch try model.parameter("topography")?.stringValue {
        case "none": topography = .none
        case "shifting": topography = .shifting(window: try model.integer("window"), neighbourhood: try model.integer("neighbourhood"))
        case "stationary": topography = .stationary(time: try model.integer("time"), space: try model.integer("space"))
        case "torus": topography = .torus(side: try model.integer("side"), window: try model.integer("window"))
        default: throw model.refusal("topography", "none, shifting, stationary or torus")
        }
        return try ModelConfiguration(
            frameShape: dataset.frameShape, sequenceLength: dataset.sequenceLength, capsules: model.integer("capsules"),
            capsuleSize: model.integer("capsule_size"), topography: topography, initialMu: Float(model.number("initial_mu")))
    }
}
