import EquiVAE
import Integrity
import NeuralNetworks

/// The metrics of an EquiVAE, trained beside its control, for programs and for the report.
struct EquiVAEComparison {
    var row: String
    var trained: EquiVAEMeasures
    var untrained: EquiVAEMeasures
    var protocolUsed: EquiVAEProtocol
    /// Whose images these are.
    var images: String
    /// How many training images had labels, in words.
    var labels: String

    /// The share of the evaluated images, in percent, that always guessing the most frequent class gets right.
    private var guessed: Double {
        var counts = [Int](repeating: 0, count: protocolUsed.codeImages.count)
        for image in protocolUsed.images { counts[protocolUsed.part.label(of: image)] += 1 }
        return 100 * Double(counts.max() ?? 0) / Double(max(1, protocolUsed.images.count))
    }

    var json: JSONValue {
        [
            "trained": trained.json, "untrained": untrained.json,
            "chance": ["error": .number(100 - guessed), "accuracy": .number(guessed)],
            "images": .string(images), "labels": .string(labels), "split": .string(protocolUsed.part.split.rawValue),
            "test_images": .number(Double(protocolUsed.images.count)), "probe_images": .number(Double(protocolUsed.probeImages.count)),
            "code_images": .number(Double(protocolUsed.codeImages.reduce(0) { $0 + $1.count })),
            "bound_samples": .number(Double(protocolUsed.boundSamples)),
            "importance_images": .number(Double(protocolUsed.importanceImages.count)),
            "importance_samples": .number(Double(protocolUsed.importanceSamples)),
        ]
    }

    var tables: [JSONValue] { [table] }

    private var table: JSONValue {
        func row(
            _ name: String, unit: String, chance: Double? = nil, _ explanation: String, _ value: (EquiVAEMeasures) -> Double?
        ) -> ComparisonRow {
            ComparisonRow(
                name: name, unit: unit, trained: value(trained), untrained: value(untrained), chance: chance, explanation: explanation)
        }
        let right = guessed
        let wrong = 100 - right
        let part = protocolUsed.part.split.rawValue
        let rows = [
            row("Error of q(y | x)", unit: "%", chance: wrong, "the classifier on f's features") {
                100 * $0.classification.classifierError
            },
            row(
                "Error by bound", unit: "%", chance: wrong,
                "argmax over y of the bound L(x, y), means of \(protocolUsed.boundSamples) samples of v"
            ) {
                100 * $0.classification.boundError
            },
            row("y from r, linear", unit: "%", chance: right, "logistic regression on f(x), an image's own contribution to r") {
                100 * $0.invariant.linear
            },
            row("y from r, 5 nearest", unit: "%", chance: right, "5 nearest neighbours on f(x)") { 100 * $0.invariant.nearest },
            row(
                "y from v, linear", unit: "%", chance: right,
                "logistic regression on v ~ q(v | r, x) under the image's own class; near chance is better"
            ) {
                100 * $0.equivariant.linear
            },
            row("y from v, 5 nearest", unit: "%", chance: right, "5 nearest neighbours on v") { 100 * $0.equivariant.nearest },
            row(
                "y from the mean of v, linear", unit: "%", chance: right,
                "on the mean of q(v | r, x), which also shows what its noise hides"
            ) {
                100 * $0.equivariantMean.linear
            },
            row("y from the mean of v, 5 nearest", unit: "%", chance: right, "on the mean of q(v | r, x)") {
                100 * $0.equivariantMean.nearest
            },
            row(
                "log p(x)", unit: "nats per image", "importance sampling over \(protocolUsed.importanceSamples) samples of v for each class"
            ) {
                $0.likelihood?.mean
            },
            row("Bound", unit: "nats per image", "L(x, y) under the image's own class") { $0.classification.bound },
            row(
                "NLL", unit: "nats per image",
                "−log p(x | r, v) under the image's own r and v, means of \(protocolUsed.boundSamples) samples"
            ) { $0.classification.negativeLogLikelihood },
            row("NLL, r of another class", unit: "nats per image", "control: r replaced by a random other class's") {
                $0.routing.negativeLogLikelihood.otherClass
            },
            row("NLL, v noise", unit: "nats per image", "control: v replaced by a draw from its prior") {
                $0.routing.negativeLogLikelihood.noise
            },
            row("Decoded, seen as its own class", unit: "%", chance: right, "of images decoded from their own r and v, by q(y | x)") {
                100 * $0.routing.ownRecognised
            },
            row("Decoded under another r, seen as that class", unit: "%", chance: right, "r decides the class") {
                100 * $0.routing.otherClassRecognised
            },
            row("Decoded under another r, seen as the original", unit: "%", chance: right, "what v alone still tells of the class") {
                100 * $0.routing.originalRecognised
            },
            row("Decoded from noise, seen as r's class", unit: "%", chance: right, "r alone decides the class") {
                100 * $0.routing.noiseRecognised
            },
            row("KL", unit: "nats per image", "of q(v | r, x) from its prior") { $0.classification.divergence },
        ]
        return [
            "title": .string(self.row), "rows": .array(rows.map(\.json)),
            "note": .string(
                "Images: \(images), labels: \(labels). Measured on \(protocolUsed.images.count) \(part) images (log p(x) on \(protocolUsed.importanceImages.count) of them); r of each class is the mean of f over its labelled training images, at most \(protocolUsed.codeImages.map(\.count).max() ?? 0) a class; probes are fitted to \(protocolUsed.probeImages.count) other training images with their labels, which a semi-supervised training did not have. Chance is always guessing the most frequent class. q(y | x) is the model's own, so what it sees in decoded images shows whether the model agrees with itself."
            ),
        ]
    }
}
