import Datasets
import Foundation
import Integrity
import NeuralNetworks
import Numerics
import TopographicVAE
import Workflows

/// Turns an invocation's words into the objects of the computing half: data set, model configuration, arithmetic, optimiser.
struct ModelSource {
    let context: StepContext

    /// The sequences that the step's `data` input provides.
    func dataset() throws -> any SequenceDataset {
        func images(_ prefix: String) throws -> MNISTImages {
            try MNISTImages(
                imagesPath: context.path("\(prefix)-images-idx3-ubyte.gz", of: "data"),
                labelsPath: context.path("\(prefix)-labels-idx1-ubyte.gz", of: "data"))
        }
        func sequences(_ mode: MNISTSequences.Mode) throws -> MNISTSequences {
            try MNISTSequences(images: images("train"), testImages: images("t10k"), splitSeed: seed, mode: mode)
        }
        switch try context.string("sequences") {
        case "mnist": return try sequences(.single)
        case "mnist-dual": return try sequences(.rotationAndHue)
        case "mnist-perspective-hue": return try sequences(.perspectiveAndHue)
        case "mnist-frames":
            return try MNISTFrames(images: images("train"), testImages: images("t10k"), splitSeed: seed)
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
        guard let parameters = context.invocation.model?["parameters"] else {
            throw StepError.usage("step \(context.invocation.step): the workflow names no model for it")
        }
        func integer(_ name: String) throws -> Int {
            guard let value = parameters[name]?.integerValue else {
                throw StepError.badParameter(step: context.invocation.step, name: "model.\(name)", expected: "a whole number")
            }
            return value
        }
        let topography: Topography
        switch parameters["topography"]?.stringValue {
        case "none": topography = .none
        case "shifting": topography = .shifting(window: try integer("window"), neighbourhood: try integer("neighbourhood"))
        case "stationary": topography = .stationary(time: try integer("time"), space: try integer("space"))
        case "torus": topography = .torus(side: try integer("side"), window: try integer("window"))
        default:
            throw StepError.badParameter(
                step: context.invocation.step, name: "model.topography", expected: "none, shifting, stationary or torus")
        }
        guard let mu = parameters["initial_mu"]?.numberValue else {
            throw StepError.badParameter(step: context.invocation.step, name: "model.initial_mu", expected: "a number")
        }
        return try ModelConfiguration(
            frameShape: dataset.frameShape, sequenceLength: dataset.sequenceLength, capsules: integer("capsules"),
            capsuleSize: integer("capsule_size"), topography: topography, initialMu: Float(mu))
    }

    func optimizer() throws -> OptimizerConfiguration {
        let rate = Float(try context.number("learning_rate"))
        switch try context.string("optimizer") {
        case "sgd": return .momentumSGD(learningRate: rate, momentum: Float(try context.number("momentum")))
        case "adam": return .adam(learningRate: rate)
        default: throw context.refusal("optimizer", "sgd or adam")
        }
    }

    /// The arithmetic that the plan records; refused where this process would compute with another.
    func arithmetic() throws -> any Arithmetic {
        let planned = context.invocation.arithmetic
        guard let found = ArithmeticRecord.found(for: planned), let choice = ArithmeticRecord.choice(planned) else {
            throw StepError.usage("no arithmetic is called \(PlanPrinter.text(planned["name"] ?? .null))")
        }
        // An auditor who compares within a tolerance may have other kernels.
        guard found == planned || ProcessInfo.processInfo.environment[ReplaySegmentStep.toleranceVariable] != nil else {
            throw StepError.wrongArithmetic(planned: ArithmeticRecord.text(planned), found: ArithmeticRecord.text(found))
        }
        if let problem = InstructionSet.problem { throw StepError.usage(problem) }
        let threads = ProcessInfo.processInfo.environment["REPRISE_THREADS"].flatMap(Int.init) ?? 1
        let pool = ThreadPool(threads: min(max(1, threads), 1024))
        return choice == .portable ? PortableArithmetic(pool: pool) : OpenBLASArithmetic(pool: pool)
    }

    /// What the report calls the row: the workflow's word for it, else the model's variation.
    var title: String {
        if let title = context.invocation.parameters["title"]?.stringValue, !title.isEmpty { return title }
        return context.invocation.model?["variation"]?.stringValue ?? context.invocation.step
    }

    var seed: UInt64 { UInt64(context.invocation.seed) }
}
