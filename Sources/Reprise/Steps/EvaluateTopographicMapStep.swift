import Foundation
import Integrity
import Reporting
import TopographicVAE

/// Measures how a trained model's latents are organised on their torus, beside the same model before training, and draws both maps.
enum EvaluateTopographicMapStep {
    static func run(_ context: StepContext) throws {
        let source = TopographicVAESource(context)
        let dataset = try source.dataset()
        let configuration = try source.configuration(for: dataset)
        let arithmetic = try source.model.arithmetic()
        let trained = try TopographicVAE(
            configuration: configuration, weights: context.path("weights.safetensors", of: "training"), arithmetic: arithmetic)
        let untrained = try TopographicVAE(configuration: configuration, seed: source.model.seed, arithmetic: arithmetic)

        let asked = try context.integer("test_images")
        let images = asked == 0 ? dataset.count(of: .test) : asked
        func measure(_ model: TopographicVAE, name: String, part: Int) throws -> TopographicOrganisation {
            try TopographicOrganisation(
                model: model, dataset: dataset, split: .test, images: images, seed: source.model.seed,
                permutations: context.integer("permutations")
            ) { done, total in
                context.report(part * total + done, of: 2 * total, unit: "images", text: name)
            }
        }
        let comparison = OrganisationComparison(
            row: source.model.title,
            trained: try measure(trained, name: "trained", part: 0), untrained: try measure(untrained, name: "untrained", part: 1))

        func write(_ picture: [UInt8], _ name: String) throws { try AtomicFile.write(picture, to: context.outputs + "/" + name) }
        try write(ClassMapPicture(comparison.trained).png, "class-selectivity.png")
        try write(ClassMapPicture(comparison.untrained).png, "class-selectivity-untrained.png")
        try write(maximumActivations(comparison.trained), "maximum-activation.png")

        var metrics = comparison.json
        metrics["report"] = [
            "tables": [comparison.table], "charts": [comparison.chart],
            "pictures": [
                picture(
                    "class-selectivity.png",
                    "\(comparison.row), trained: the digit that each latent responds to most, on the \(comparison.grid). The stronger the colour, the larger d′; a number where d′ is at least \(ClassSelectivity.threshold). Bottom row: the legend",
                    "A square of coloured cells, one a latent, with the number of the digit class that the latent is selective for"),
                picture(
                    "class-selectivity-untrained.png", "\(comparison.row), before training: the same map, the control",
                    "The same square of coloured cells for the untrained model"),
                picture(
                    "maximum-activation.png",
                    "\(comparison.row), trained: for each latent the test image that moves it furthest from 0, on the \(comparison.grid)",
                    "A square of handwritten digits, one a latent"),
            ],
        ]
        try context.writeMetrics(metrics)
    }

    private static func picture(_ file: String, _ caption: String, _ alternative: String) -> JSONValue {
        ["file": .string(file), "caption": .string(caption), "alternative": .string(alternative)]
    }

    private static func maximumActivations(_ organisation: TopographicOrganisation) throws -> [UInt8] {
        let shape = organisation.frameShape
        var grid = try ImageGrid(channels: shape.channels, height: shape.height, width: shape.width, gap: 1, scale: 1, background: 0.5)
        for row in 0..<organisation.side {
            try grid.append(row: Array(organisation.maximumActivation[(row * organisation.side)..<((row + 1) * organisation.side)]))
        }
        return try grid.image().encoded()
    }
}
