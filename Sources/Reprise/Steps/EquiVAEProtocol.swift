import Datasets
import EquiVAE
import Integrity
import Numerics
import Probes

/// What an evaluation looks at: the same for the trained model and for its control.
struct EquiVAEProtocol {
    let context: StepContext
    let seed: UInt64
    let part: ImagePart
    private let training: ImagePart
    /// The labelled images that make r of each class.
    let codeImages: [[Int]]
    /// The evaluated images, and the first of them, on which log p(x) is estimated.
    let images: [Int]
    let importanceImages: [Int]
    let boundSamples: Int
    let importanceSamples: Int
    /// Training images that the probes are fitted to, none of which made an r; the probes are asked about the evaluated images.
    let probeImages: [Int]
    let figureImages: Int

    init(_ context: StepContext, parts: LabelledImageParts, split: Split, labels: TrainingLabels) throws {
        self.context = context
        seed = UInt64(context.invocation.seed)
        part = ImagePart(parts, split)
        training = ImagePart(parts, .training)
        codeImages = labels.codeImages(most: try context.integer("code_images"))
        let asked = try context.integer("test_images")
        images = Array(0..<(asked == 0 ? part.count : min(asked, part.count)))
        importanceImages = Array(images.prefix(try context.integer("importance_images")))
        boundSamples = try context.integer("bound_samples")
        importanceSamples = try context.integer("importance_samples")
        let used = Set(codeImages.joined())
        let free = (0..<training.count).lazy.filter { !used.contains($0) }
        probeImages = Array(free.prefix(try context.integer("probe_images")))
        figureImages = try context.integer("figure_images")
        let probed = Set(probeImages.map(training.label(of:)))
        guard probed.count == codeImages.count else {
            throw context.refusal(
                "probe_images", "enough training images beside the code_images that each of the \(codeImages.count) classes is among them")
        }
        guard !EquiVAEPictures.pairs(images, part).isEmpty else {
            throw context.refusal("test_images", "enough that two of them are of one class, for the figure of interpolations")
        }
    }

    func codes(_ model: EquiVAE) -> ClassCodes { ClassCodes(model: model, images: codeImages, source: training) }

    /// - Parameter part: 0 or 1, which half of the work this is, for the progress display.
    func measure(_ model: EquiVAE, name: String, part half: Int) throws -> EquiVAEMeasures {
        let codes = codes(model)
        func report(_ share: Double, _ text: String) {
            context.report(Int((Double(half) + share) * 500), of: 1000, unit: "‰", text: "\(name), \(text)")
        }
        let classification = ClassificationEvaluation(
            model: model, codes: codes, images: images, source: part, samples: boundSamples, seed: seed
        ) { report(0.5 * Double($0) / Double($1), "class by bound") }
        let likelihood =
            importanceImages.isEmpty
            ? nil
            : MarginalLikelihood(
                model: model, codes: codes, images: importanceImages, source: part, samples: importanceSamples, seed: seed
            ) { report(0.5 + 0.3 * Double($0) / Double($1), "log p(x)") }
        let routing = RoutingControls(model: model, codes: codes, images: images, source: part, seed: seed)
        report(0.85, "probes")
        let fitted = Representations(model: model, codes: codes, images: probeImages, source: training, seed: seed)
        let asked = Representations(model: model, codes: codes, images: images, source: part, seed: seed)
        func probe(_ features: KeyPath<Representations, Matrix>) throws -> EquiVAEMeasures.Probe {
            let pool = model.arithmetic.elementwise.pool
            let classes = model.configuration.classes
            let linear = try LinearProbe(features: fitted[keyPath: features], labels: fitted.labels, classCount: classes, pool: pool)
            let nearest = try NearestNeighbours(
                features: fitted[keyPath: features], labels: fitted.labels, classCount: classes,
                neighbours: min(5, fitted.labels.count))
            return EquiVAEMeasures.Probe(
                linear: try linear.accuracy(on: asked[keyPath: features], labels: asked.labels),
                nearest: try nearest.accuracy(on: asked[keyPath: features], labels: asked.labels, pool: pool))
        }
        let measures = EquiVAEMeasures(
            classification: classification, likelihood: likelihood, routing: routing, invariant: try probe(\.invariant),
            equivariant: try probe(\.equivariant), equivariantMean: try probe(\.equivariantMean))
        report(1, "done")
        return measures
    }
}
