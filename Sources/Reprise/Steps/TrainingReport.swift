import Integrity
import Reporting
import TopographicVAE

/// What the report shows of a training: its curves, and the last epoch's averages beside the untrained model's.
struct TrainingReport {
    var row: String
    var progress: TrainingProgress
    var factorNames: [String]
    /// E_eq of activations that know nothing; nil where the model has no sequences of capsules.
    var chance: Double?
    /// What the window of the last epoch is, in words.
    var window: String
    /// Whose images these are.
    var images: String

    var json: JSONValue { ["charts": .array([learningCurve] + (equivarianceCurve.map { [$0] } ?? [])), "tables": [table]] }

    /// The curves of all rows of a run share one chart.
    private var learningCurve: JSONValue {
        chart(
            "learning-curves", "Learning curves", yLabel: "NLL, nats per frame",
            summary: "Negative log-likelihood of the training batches over the steps of the optimiser",
            points: progress.points.map { ($0.position, $0.negativeLogLikelihood) })
    }

    private var equivarianceCurve: JSONValue? {
        let points = progress.points.compactMap { point in point.equivarianceError.map { (point.position, $0) } }
        guard !points.isEmpty else { return nil }
        let chance = chance.map { "; activations that know nothing have \(NumberText.measured($0))" } ?? ""
        return chart(
            "equivariance", "E_eq over training", yLabel: "E_eq, sum of absolute differences",
            summary:
                "Equivariance error of single training batches from the untrained model, the first point, on: lower is better\(chance)",
            points: points)
    }

    private func chart(_ id: String, _ title: String, yLabel: String, summary: String, points: [(position: Int, value: Double)])
        -> JSONValue
    {
        [
            "id": .string(id), "title": .string(title), "summary": .string(summary), "x_label": "optimiser steps",
            "y_label": .string(yLabel), "x_scale": "logarithmic", "y_scale": "logarithmic",
            "series": [
                [
                    "name": .string(row),
                    "points": .array(points.map { .array([.number(Double($0.position)), .number($0.value)]) }),
                ]
            ],
        ]
    }

    private var table: JSONValue {
        let means = progress.lastEpoch.means(factorNames: factorNames)
        let first = progress.points.first
        var rows: [JSONValue] = []
        func add(_ name: String, unit: String, _ trained: Double?, untrained: Double?, chance: Double? = nil, _ explanation: String) {
            rows.append([
                "name": .string(name), "unit": .string(unit), "trained": JSONValue(optional: trained),
                "untrained": JSONValue(optional: untrained), "chance": JSONValue(optional: chance), "explanation": .string(explanation),
            ])
        }
        add(
            "NLL", unit: "nats per frame", means.negativeLogLikelihood, untrained: first?.negativeLogLikelihood,
            "of the training batches, as they are reconstructed")
        add("KL", unit: "nats per frame", means.kl, untrained: first?.kl, "of both encoders, to the prior")
        if means.equivarianceError != nil {
            add(
                "E_eq", unit: "L1", means.equivarianceError, untrained: first?.equivarianceError, chance: chance,
                "equivariance error, lower is better; partly structural: see the untrained column")
            for factor in means.capsuleCorrelation {
                add(
                    "CapCorr \(factor.factorName)", unit: "r", factor.correlation, untrained: nil, chance: 0,
                    "Pearson correlation of observed and true roll, over \(factor.sequences) sequences that this factor moves")
            }
        }
        return [
            "title": .string("\(row), training batches"), "rows": .array(rows),
            "note": .string(
                "Images: \(images). Trained: means over \(window), each batch measured on the activations that it was trained on, as the paper's code does; CapCorr pools their sequences. Untrained: the first batch."
            ),
        ]
    }
}
