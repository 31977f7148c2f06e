import Datasets
import EquiVAE
import Foundation
import Integrity
import Numerics
import Probes
import Reporting

/// Evaluates a trained EquiVAE beside the same model before training and beside chance, and draws its figures.
enum EvaluateEquiVAEStep {
    static func run(_ context: StepContext) throws {
        let source = EquiVAESource(context)
        let parts = try source.parts()
        let configuration = try source.configuration(for: parts)
        let arithmetic = try source.model.arithmetic()
        let seed = source.model.seed
        let untrained = try EquiVAE(configuration: configuration, seed: seed, arithmetic: arithmetic)
        let trained = try EquiVAE(
            configuration: configuration, weights: context.path("weights.safetensors", of: "training"), arithmetic: arithmetic)
        let labels = try TrainingLabels(parts, labelled: source.labelled(), seed: seed)
        guard let split = Split(rawValue: try context.string("split")), split != .training else {
            throw context.refusal("split", "test or validation")
        }
        let protocolUsed = try EquiVAEProtocol(context, parts: parts, split: split, labels: labels)

        let comparison = EquiVAEComparison(
            row: source.model.title, trained: try protocolUsed.measure(trained, name: "trained", part: 0),
            untrained: try protocolUsed.measure(untrained, name: "untrained", part: 1), protocolUsed: protocolUsed,
            images: try source.imageSource(), labels: try context.string("labels"))
        let pictures = try EquiVAEPictures(trained, protocolUsed, row: comparison.row)
        for picture in pictures.files { try AtomicFile.write(picture.png, to: context.outputs + "/" + picture.name) }

        var metrics = comparison.json
        metrics["report"] = ["tables": .array(comparison.tables), "pictures": .array(pictures.files.map(\.json))]
        try context.writeMetrics(metrics)
    }
}
