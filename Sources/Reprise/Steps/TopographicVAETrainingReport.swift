import Integrity
import Reporting
import TopographicVAE

/// What the report shows of a training: its curves, and the last epoch's averages beside the untrained model's.
struct TopographicVAETrainingReport {
    var row: String
    var curve: TrainingCurve
    var means: LastEpochMeans
    var correlations: [CapsuleCorrelation.Result]
    /// E_eq of activations that know nothing; nil where the model has no sequences of capsules.
    var chance: Double?
    /// What the window of the last epoch is, in words.
    var window: String
    /// Whose images these are.
    var images: String

    var json: JSONValue { ["charts": .array([learningCurve] + (equivarianceCurve.map { [$0] } ?? [])), "tables": [table]] }

    /// The curves of all rows of a run share one chart.
    private var learningCurve: JSONValue {
        TrainingChart(
            id: "learning-curves", title: "Learning curves",
            summary: "Negative log-likelihood of the training batches over the steps of the optimiser", yLabel: "NLL, nats per frame",
            row: row,
            points: curve.values(TopographicVAETraining.negativeLogLikelihood)
        ).json
    }

    private var equivarianceCurve: JSONValue? {
        let points = curve.values(TopographicVAETraining.equivarianceError)
        guard !points.isEmpty else { return nil }
        let chance = chance.map { "; activations that know nothing have \(NumberText.measured($0))" } ?? ""
        return TrainingChart(
            id: "equivariance", title: "E_eq over training",
            summary:
                "Equivariance error of single training batches from the untrained model, the first point, on: lower is better\(chance)",
            yLabel: "E_eq, sum of absolute differences", row: row, points: points
        ).json
    }

    private var table: JSONValue {
        func row(_ name: String, unit: String, _ measure: String, chance: Double? = nil, _ explanation: String) -> ComparisonRow {
            ComparisonRow(
                name: name, unit: unit, trained: means.mean(measure),
                untrained: curve.points.first.flatMap { curve.value(measure, at: $0) }, chance: chance, explanation: explanation)
        }
        var rows = [
            row(
                "NLL", unit: "nats per frame", TopographicVAETraining.negativeLogLikelihood,
                "of the training batches, as they are reconstructed"),
            row("KL", unit: "nats per frame", TopographicVAETraining.kl, "of both encoders, to the prior"),
        ]
        if means.mean(TopographicVAETraining.equivarianceError) != nil {
            rows.append(
                row(
                    "E_eq", unit: "L1", TopographicVAETraining.equivarianceError, chance: chance,
                    "equivariance error, lower is better; partly structural: see the untrained column"))
            rows += correlations.map { factor in
                ComparisonRow(
                    name: "CapCorr \(factor.factorName)", unit: "r", trained: factor.correlation, untrained: nil, chance: 0,
                    explanation:
                        "Pearson correlation of observed and true roll, over \(factor.sequences) sequences that this factor moves")
            }
        }
        return [
            "title": .string("\(self.row), training batches"), "rows": .array(rows.map(\.json)),
            "note": .string(
                "Images: \(images). Trained: means over \(window), each batch measured on the activations that it was trained on, as the paper's code does; CapCorr pools their sequences. Untrained: the first batch."
            ),
        ]
    }
}
