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
        let source = ModelSource(context: context)
        let dataset = try source.dataset()
        let configuration = try source.configuration(for: dataset)
        let arithmetic = try source.arithmetic()
        let untrained = try TopographicVAE(configuration: configuration, seed: source.seed, arithmetic: arithmetic)
        let trained = try TopographicVAE(
            configuration: configuration, weights: context.path("weights.safetensors", of: "training"), arithmetic: arithmetic)

        func count(_ parameter: String, outOf available: Int) throws -> Int {
            let asked = try context.integer(parameter)
            return asked == 0 ? available : min(asked, available)
        }
        let sequences = try count("test_sequences", outOf: dataset.count(of: .test))
        let importanceSequences = try count("importance_sequences", outOf: sequences)
        let samples = try context.integer("importance_samples")

        func evaluate(_ model: TopographicVAE, name: String, part: Int) throws -> EvaluationResult {
            try Evaluation.run(
                model: model, dataset: dataset, split: .test, sequences: sequences, seed: source.seed, importanceSamples: samples,
                importanceSequences: importanceSequences
            ) { done, total in
                context.report(part * total + done, of: 2 * total, unit: "sequences", text: name)
            }
        }
        let results = EvaluationComparison(
            row: context.invocation.model?["variation"]?.stringValue ?? context.invocation.step, factorNames: dataset.factorNames,
            trained: try evaluate(trained, name: "trained", part: 0), untrained: try evaluate(untrained, name: "untrained", part: 1),
            chance: Evaluation.chance(configuration: configuration, sequences: min(sequences, 64), seed: source.seed),
            heldOut: dataset.hasHeldOutParts)

        let images = Philox(seed: source.seed).permutation(of: dataset.count(of: .test), .figure, step: 0)
            .prefix(try context.integer("figure_sequences"))
        let traversal = try CapsuleTraversal(model: trained, dataset: dataset, split: .test, images: Array(images), seed: source.seed)
        let picture = try TraversalPicture(traversal, frameShape: dataset.frameShape)
        try AtomicFile.write(picture.png, to: context.outputs + "/capsule-traversal.png")

        var metrics = results.json
        metrics["report"] = [
            "tables": [results.table],
            "pictures": [
                [
                    "file": "capsule-traversal.png",
                    "caption": .string(
                        "\(results.row): test sequences; their reconstructions; and the first frame's capsules, rolled forward and decoded"),
                    "alternative": .string(
                        "Rows of small images in threes: a transforming input, the model's reconstruction of it, and what it predicts by rolling the first frame's capsules"),
                    "row_labels": .array(picture.rowLabels.map { .string($0) }),
                ]
            ],
        ]
        try context.writeMetrics(metrics)
    }
}

/// The metrics of a row, trained beside its controls, for programs and for the report.
struct EvaluationComparison {
    var row: String
    var factorNames: [String]
    var trained: EvaluationResult
    var untrained: EvaluationResult
    /// E_eq of activations that know nothing.
    var chance: Double
    var heldOut: Bool

    var json: JSONValue {
        [
            "trained": metrics(trained), "untrained": metrics(untrained), "chance": ["equivariance_error": .number(chance)],
            "sequences": .number(Double(trained.sequences)), "importance_sequences": .number(Double(trained.importanceSequences)),
            "importance_samples": .number(Double(trained.importanceSamples)), "held_out": .bool(heldOut),
        ]
    }

    private func number(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }

    private func metrics(_ result: EvaluationResult) -> JSONValue {
        var correlations: [String: JSONValue] = [:]
        for (name, correlation) in zip(factorNames, result.capsuleCorrelation) { correlations[name] = number(correlation) }
        return [
            "negative_log_likelihood": number(result.negativeLogLikelihood), "kl": number(result.kl),
            "equivariance_error": number(result.equivarianceError), "cap_corr": .object(correlations),
            "importance": [
                "official": number(result.logLikelihoodOfficial), "unbiased": number(result.logLikelihoodUnbiased),
                "unbiased_nll": number(-result.logLikelihoodUnbiased),
            ],
            "roll_forward": [
                "direct": number(result.rollForward.direct), "roll_forward": number(result.rollForward.rollForward),
                "hold_first": number(result.rollForward.holdFirst), "gap": number(result.rollForward.gap),
                "gain": number(result.rollForward.holdFirst - result.rollForward.rollForward),
            ],
        ]
    }

    var table: JSONValue {
        var rows: [JSONValue] = []
        func add(
            _ name: String, unit: String, _ value: (EvaluationResult) -> Double?, chance: Double? = nil, _ explanation: String
        ) {
            rows.append([
                "name": .string(name), "unit": .string(unit), "trained": number(value(trained)), "untrained": number(value(untrained)),
                "chance": number(chance), "explanation": .string(explanation),
            ])
        }
        add(
            "Roll-forward gap", unit: "1", { $0.rollForward.gap }, chance: 1,
            "(roll-forward − direct) / (hold-first − direct): 0 is perfect, 1 is no better than not rolling")
        add("NLL, direct", unit: "nats per frame", { $0.rollForward.direct }, "every frame encoded and decoded")
        add("NLL, roll-forward", unit: "nats per frame", { $0.rollForward.rollForward }, "later frames predicted by rolling the first frame's capsules")
        add("NLL, hold-first", unit: "nats per frame", { $0.rollForward.holdFirst }, "later frames predicted by the first frame's capsules as they are")
        add(
            "log p(x), official", unit: "nats per frame", { $0.logLikelihoodOfficial },
            "importance sampling as the paper's code prints it, which sums the weights: too high by log \(trained.importanceSamples)")
        add("log p(x), unbiased", unit: "nats per frame", { $0.logLikelihoodUnbiased }, "importance sampling with the mean of the weights")
        add(
            "E_eq", unit: "sum of absolute differences", { $0.equivarianceError }, chance: chance,
            "equivariance error; lower is better, and partly structural: see the untrained column")
        for (index, name) in factorNames.enumerated() {
            add(
                "CapCorr \(name)", unit: "Pearson correlation", { $0.capsuleCorrelation.indices.contains(index) ? $0.capsuleCorrelation[index] : nil },
                chance: 0, "correlation of observed and true roll; 1 is perfect, and structural for a window that spans the sequence")
        }
        add("KL", unit: "nats per frame", { $0.kl }, "of both encoders, to the prior")
        let held = heldOut ? "held-out test images" : "fresh sequences of the images that were trained on (the data set has no held-out part)"
        return [
            "title": .string(row), "rows": .array(rows),
            "note": .string("Means over \(trained.sequences) sequences of \(held); log p(x) over \(trained.importanceSequences) of them, \(trained.importanceSamples) samples each."),
        ]
    }
}

/// Sequences as a picture: for each, its frames, their reconstructions, and the rolled first frame.
struct TraversalPicture {
    let png: [UInt8]
    let rowLabels: [String]

    init(_ traversal: CapsuleTraversal, frameShape: FrameShape) throws {
        var grid = try ImageGrid(
            channels: frameShape.channels, height: frameShape.height, width: frameShape.width, gap: 1, scale: 1, background: 0.5)
        var labels: [String] = []
        for sequence in traversal.sequences {
            try grid.append(row: sequence.input)
            try grid.append(row: sequence.reconstruction)
            try grid.append(row: sequence.rolled)
            labels += ["input (\(sequence.movingFactor) moves)", "reconstruction", "rolled"]
        }
        png = try grid.image().encoded()
        rowLabels = labels
    }
}
