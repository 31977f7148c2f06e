import Datasets
import Foundation
import Integrity
import Numerics
import Reporting
import TopographicVAE
import Workflows

/// Evaluates a trained row beside the same row before training and beside chance, and draws its figures.
enum EvaluateTopographicVAEStep {
    static func run(_ context: StepContext) throws {
        let source = TopographicVAESource(context)
        let seed = source.model.seed
        let dataset = try source.dataset()
        let configuration = try source.configuration(for: dataset)
        let arithmetic = try source.model.arithmetic()
        let untrained = try TopographicVAE(configuration: configuration, seed: seed, arithmetic: arithmetic)
        let trained = try TopographicVAE(
            configuration: configuration, weights: context.path("weights.safetensors", of: "training"), arithmetic: arithmetic)

        func count(_ parameter: String, outOf available: Int) throws -> Int {
            let asked = try context.integer(parameter)
            return asked == 0 ? available : min(asked, available)
        }
        let sequences = try count("test_sequences", outOf: dataset.count(of: .test))
        let importanceSequences = try count("importance_sequences", outOf: sequences)
        let samples = try context.integer("importance_samples")

        // log p(x) costs samples × decoding, so it may be asked for on fewer sequences than the rest.
        func evaluate(_ model: TopographicVAE, name: String, part: Int) throws -> EvaluationComparison.Measures {
            let all = try Evaluation.run(
                model: model, dataset: dataset, split: .test, sequences: sequences, seed: seed, importanceSamples: 0
            ) { done, total in
                context.report(2 * part * total + done, of: 4 * total, unit: "sequences", text: name)
            }
            let importance = try Evaluation.run(
                model: model, dataset: dataset, split: .test, sequences: importanceSequences, seed: seed, importanceSamples: samples
            ) { done, total in
                context.report(
                    (2 * part + 1) * sequences + done * sequences / total, of: 4 * sequences, unit: "sequences", text: "\(name), log p(x)")
            }
            return EvaluationComparison.Measures(all: all, importance: importance)
        }
        let comparison = EvaluationComparison(
            row: source.model.title,
            trained: try evaluate(trained, name: "trained", part: 0), untrained: try evaluate(untrained, name: "untrained", part: 1),
            chance: EquivarianceError.chance(
                for: configuration, sequences: min(sequences, 64), seed: seed, arithmetic: arithmetic),
            heldOut: dataset.hasHeldOutParts, images: try source.imageSource())

        let traversal = try CapsuleTraversal(
            model: trained, dataset: dataset, split: .test, images: context.integer("figure_sequences"), seed: seed)
        let picture = try TraversalPicture(traversal)
        try AtomicFile.write(picture.png, to: context.outputs + "/capsule-traversal.png")

        var metrics = comparison.json
        metrics["report"] = [
            "tables": [comparison.table],
            "pictures": [
                [
                    "file": "capsule-traversal.png",
                    "caption": .string("\(comparison.row): \(picture.caption)"), "alternative": .string(picture.alternative),
                    "row_labels": .array(picture.rowLabels.map { .string($0) }),
                ]
            ],
        ]
        try context.writeMetrics(metrics)
    }
}

/// The metrics of a row, trained beside its controls, for programs and for the report.
struct EvaluationComparison {
    /// A model's measures: everything on all sequences, and log p(x) on its own, perhaps smaller, number of them.
    struct Measures {
        var all: EvaluationResult
        var importance: EvaluationResult
    }

    var row: String
    var trained: Measures
    var untrained: Measures
    /// E_eq of activations that know nothing.
    var chance: Double?
    var heldOut: Bool
    /// Whose images these are.
    var images: String

    var json: JSONValue {
        [
            "trained": metrics(trained), "untrained": metrics(untrained), "chance": ["equivariance_error": number(chance)],
            "sequences": .number(Double(trained.all.sequences)), "importance_sequences": .number(Double(trained.importance.sequences)),
            "importance_samples": .number(Double(trained.importance.importanceSamples)), "held_out": .bool(heldOut),
            "images": .string(images),
        ]
    }

    private func number(_ value: Double?) -> JSONValue { JSONValue(optional: value) }

    private func metrics(_ measures: Measures) -> JSONValue {
        let result = measures.all
        let rollForward = result.rollForward
        return [
            "negative_log_likelihood": number(result.negativeLogLikelihood), "kl": number(result.kl),
            "equivariance_error": number(result.equivarianceError),
            "cap_corr": .object(
                Dictionary(result.capsuleCorrelation.map { ($0.factorName, number($0.correlation)) }, uniquingKeysWith: { $1 })),
            "importance": [
                "official": number(measures.importance.logLikelihoodOfficial),
                "unbiased": number(measures.importance.logLikelihoodUnbiased),
                "unbiased_nll": number(measures.importance.logLikelihoodUnbiased.map { -$0 }),
            ],
            "roll_forward": [
                "direct": number(rollForward?.direct), "roll_forward": number(rollForward?.rollForward),
                "hold_first": number(rollForward?.holdFirst), "gap": number(rollForward?.gap),
                "gain": number(rollForward.map { $0.holdFirst - $0.rollForward }),
            ],
        ]
    }

    var table: JSONValue {
        var rows: [ComparisonRow] = []
        func add(
            _ name: String, unit: String, _ value: (Measures) -> Double?, chance: Double? = nil, _ explanation: String
        ) {
            rows.append(
                ComparisonRow(
                    name: name, unit: unit, trained: value(trained), untrained: value(untrained), chance: chance, explanation: explanation))
        }
        add(
            "Roll-forward gap", unit: "1", { $0.all.rollForward?.gap }, chance: 1,
            "(roll-forward − direct) / (hold-first − direct): 0 is perfect, 1 is no better than not rolling")
        add("NLL, direct", unit: "nats per frame", { $0.all.rollForward?.direct }, "every frame encoded and decoded")
        add(
            "NLL, roll-forward", unit: "nats per frame", { $0.all.rollForward?.rollForward },
            "later frames predicted by rolling the first frame's capsules")
        add(
            "NLL, hold-first", unit: "nats per frame", { $0.all.rollForward?.holdFirst },
            "later frames predicted by the first frame's capsules as they are")
        add(
            "log p(x), official", unit: "nats per frame", { $0.importance.logLikelihoodOfficial },
            "importance sampling as the paper's code prints it, which sums the weights: too high by log \(trained.importance.importanceSamples)"
        )
        add(
            "log p(x), unbiased", unit: "nats per frame", { $0.importance.logLikelihoodUnbiased },
            "importance sampling with the mean of the weights")
        add(
            "E_eq", unit: "L1", { $0.all.equivarianceError }, chance: chance,
            "equivariance error, a sum of absolute differences; lower is better, and partly structural: see the untrained column")
        for name in trained.all.capsuleCorrelation.map(\.factorName) {
            add(
                "CapCorr \(name)", unit: "r", { $0.all.capsuleCorrelation.first { $0.factorName == name }?.correlation },
                chance: 0,
                "Pearson correlation of observed and true roll; 1 is perfect, and structural for a window that spans the sequence")
        }
        add("KL", unit: "nats per frame", { $0.all.kl }, "of both encoders, to the prior")
        let held =
            heldOut ? "held-out test images" : "fresh sequences of the images that were trained on (the data set has no held-out part)"
        return [
            "title": .string(row), "rows": .array(rows.map(\.json)),
            "note": .string(
                "Images: \(images). Means over \(trained.all.sequences) sequences of \(held); log p(x) over \(trained.importance.sequences) of them, \(trained.importance.importanceSamples) samples each."
            ),
        ]
    }
}

/// Sequences as a picture: for each, its frames, their reconstructions, and the rolled first frame. Single frames, which nothing can
/// follow, are shown side by side above their reconstructions.
struct TraversalPicture {
    let png: [UInt8]
    let rowLabels: [String]
    let caption: String
    let alternative: String

    init(_ traversal: CapsuleTraversal) throws {
        let shape = traversal.frameShape
        var grid = try ImageGrid(channels: shape.channels, height: shape.height, width: shape.width, gap: 1, scale: 1, background: 0.5)
        if traversal.sequences.allSatisfy({ $0.input.count == 1 }) {
            try grid.append(row: traversal.sequences.flatMap(\.input))
            try grid.append(row: traversal.sequences.flatMap(\.reconstruction))
            rowLabels = ["input", "reconstruction"]
            caption = "test images and their reconstructions"
            alternative = "Two rows of small images: inputs, and below each the model's reconstruction of it"
        } else {
            var labels: [String] = []
            for sequence in traversal.sequences {
                try grid.append(row: sequence.input)
                try grid.append(row: sequence.reconstruction)
                try grid.append(row: sequence.traversal)
                labels += ["input\(TraversalPicture.motion(of: sequence))", "reconstruction", "rolled forward"]
            }
            rowLabels = labels
            caption = "test sequences; their reconstructions; and the first frame's capsules, rolled forward and decoded"
            alternative =
                "Rows of small images in threes: a transforming input, the model's reconstruction of it, and what it predicts by rolling the first frame's capsules"
        }
        png = try grid.image().encoded()
    }

    private static func motion(of sequence: CapsuleTraversal.Sequence) -> String {
        switch sequence.movingFactors.count {
        case 0: ""
        case 1: " (\(sequence.movingFactors[0]) moves)"
        default: " (\(sequence.movingFactors.joined(separator: " and ")) move together)"
        }
    }
}
