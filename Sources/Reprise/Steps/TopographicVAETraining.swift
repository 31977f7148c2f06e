import Foundation
import Integrity
import TopographicVAE

/// Trains a row of the Topographic VAE or of the plain VAE beside it.
struct TopographicVAETraining: Training {
    static let negativeLogLikelihood = "negative_log_likelihood"
    static let kl = "kl"
    static let loss = "loss"
    /// Nil where the model has no sequences of capsules.
    static let equivarianceError = "equivariance_error"
    static let measures = TrainingMeasures(averaged: [negativeLogLikelihood, kl, loss], momentary: [equivarianceError])

    let trainer: Trainer
    private let source: TopographicVAESource
    private let steps: Int

    init(_ context: StepContext) throws {
        source = TopographicVAESource(context)
        let dataset = try source.dataset()
        let model = try TopographicVAE(
            configuration: source.configuration(for: dataset), seed: source.model.seed, arithmetic: source.model.arithmetic())
        trainer = try Trainer(
            model: model, dataset: dataset, optimizer: source.model.optimizer(), batchSize: context.integer("batch_size"),
            seed: source.model.seed)
        steps = try context.integer("steps")
    }

    var stepsPerEpoch: Int { trainer.stepsPerEpoch }

    func averaged(_ statistics: StepStatistics) -> [Double] { [statistics.negativeLogLikelihood, statistics.kl, statistics.loss] }

    func momentary() -> [Double?] { [trainer.equivarianceError()] }

    func progressText(_ statistics: StepStatistics) -> String {
        String(format: "NLL %.1f  KL %.1f", statistics.negativeLogLikelihood, statistics.kl)
    }

    var emptyLastEpoch: TopographicVAELastEpoch {
        TopographicVAELastEpoch(factorSizes: trainer.dataset.factorSizes, capsuleSize: trainer.model.configuration.capsuleSize)
    }

    func add(_ statistics: StepStatistics, momentary: [Double?], to lastEpoch: inout TopographicVAELastEpoch) {
        lastEpoch.means.add([statistics.negativeLogLikelihood, statistics.kl], momentary: momentary)
        trainer.countRolls(into: &lastEpoch.rolls)
    }

    func metrics(_ progress: TrainingProgress<TopographicVAETraining>) throws -> [String: JSONValue] {
        let curve = progress.curve
        var metrics: [String: JSONValue] = [:]
        if let initial = curve.initial {
            metrics["initial"] = curve.json(of: initial, [Self.negativeLogLikelihood, Self.kl, Self.equivarianceError])
        }
        if let last = curve.points.last { metrics["final"] = curve.json(of: last, Self.measures.averaged) }
        let correlations = progress.lastEpoch.capsuleCorrelation(factorNames: trainer.dataset.factorNames)
        var lastEpoch = progress.lastEpoch.means.json
        lastEpoch["cap_corr"] = .object(
            Dictionary(correlations.map { ($0.factorName, JSONValue(optional: $0.correlation)) }, uniquingKeysWith: { $1 }))
        metrics["last_epoch"] = lastEpoch
        let images = try source.imageSource()
        metrics["images"] = .string(images)
        let chance = EquivarianceError.chance(
            for: trainer.model.configuration, sequences: 64, seed: trainer.seed, arithmetic: trainer.model.arithmetic)
        metrics["chance"] = [Self.equivarianceError: JSONValue(optional: chance)]
        metrics["report"] =
            TopographicVAETrainingReport(
                row: source.model.title, curve: curve, means: progress.lastEpoch.means, correlations: correlations, chance: chance,
                window: LastEpoch(steps: steps, stepsPerEpoch: stepsPerEpoch).text, images: images
            ).json
        return metrics
    }
}
