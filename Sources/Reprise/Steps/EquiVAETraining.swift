import EquiVAE
import Foundation
import Integrity
import NeuralNetworks

/// Trains an EquiVAE, with all labels or with some.
struct EquiVAETraining: Training {
    static let loss = "loss"
    static let negativeLogLikelihood = "negative_log_likelihood"
    static let kl = "kl"
    static let crossEntropy = "cross_entropy"
    static let measures = TrainingMeasures(averaged: [loss, negativeLogLikelihood, kl, crossEntropy])

    let trainer: EquiVAETrainer
    private let source: EquiVAESource
    private let steps: Int

    init(_ context: StepContext) throws {
        source = EquiVAESource(context)
        steps = try context.integer("steps")
        let parts = try source.parts()
        let labelled = try source.labelled()
        let configuration = try source.configuration(for: parts)
        let boundExamples = try context.integer("bound_examples")
        let objective = try TrainingObjective(
            classificationWeight: context.number("classification_weight"),
            unlabelledBatch: labelled == nil ? 0 : context.integer("unlabelled_batch"),
            boundExamples: boundExamples == 0 ? configuration.complementaryExamples + 1 : boundExamples,
            classifierWarmup: context.integer("classifier_warmup"), balanceWeight: context.number("balance_weight"),
            dropout: context.number("dropout"),
            exactClasses: context.integer("exact_classes"))
        let decayFrom = Int(try context.number("decay_from") * Double(steps))
        let warmup = try context.integer("warmup_steps")
        guard warmup <= decayFrom else { throw context.refusal("warmup_steps", "at most \(decayFrom), the steps before the decay") }
        let model = try EquiVAE(configuration: configuration, seed: source.model.seed, arithmetic: source.model.arithmetic())
        trainer = try EquiVAETrainer(
            model: model, parts: parts, labelled: labelled, objective: objective,
            optimizer: .adam(
                learningRate: Float(context.number("learning_rate")),
                schedule: .linear(
                    warmup: warmup, from: decayFrom, to: steps,
                    finalFraction: context.number("final_rate"))),
            seed: source.model.seed)
    }

    var stepsPerEpoch: Int { trainer.stepsPerEpoch }

    func averaged(_ statistics: EquiVAEStatistics) -> [Double] {
        [statistics.loss, statistics.negativeLogLikelihood, statistics.divergence, statistics.classification]
    }

    func progressText(_ statistics: EquiVAEStatistics) -> String {
        String(
            format: "NLL %.1f  KL %.1f  cross entropy %.3f", statistics.negativeLogLikelihood, statistics.divergence,
            statistics.classification)
    }

    func metrics(_ progress: TrainingProgress<EquiVAETraining>) throws -> [String: JSONValue] {
        let curve = progress.curve
        var metrics: [String: JSONValue] = ["images": .string(try source.imageSource()), "last_epoch": progress.lastEpoch.json]
        if let initial = curve.initial { metrics["initial"] = curve.json(of: initial) }
        if let last = curve.points.last { metrics["final"] = curve.json(of: last) }
        func chart(_ id: String, _ title: String, _ summary: String, _ label: String, _ measure: String) -> JSONValue {
            TrainingChart(
                id: id, title: title, summary: summary, yLabel: label, row: source.model.title, points: curve.values(measure)
            ).json
        }
        metrics["report"] = [
            "charts": [
                chart(
                    "learning-curves", "Learning curves",
                    "Negative log-likelihood of the training images over the steps of the optimiser", "NLL, nats per image",
                    Self.negativeLogLikelihood),
                chart(
                    "classification", "Cross entropy of q(y | x) on the labelled images",
                    "How surprised the classifier is by the labels that it is trained on, over the steps of the optimiser",
                    "−log q(y | x), nats", Self.crossEntropy),
            ]
        ]
        return metrics
    }
}
