import Integrity

/// One curve of a training as a chart of the report; charts of one id share their axes, so that the rows of a run can be compared.
struct TrainingChart {
    var id: String
    var title: String
    /// What is seen, in a sentence, for those who do not see it.
    var summary: String
    var yLabel: String
    /// `logarithmic` only where no value is 0 or less.
    var yScale = "logarithmic"
    var row: String
    var points: [(position: Int, value: Double)]

    var json: JSONValue {
        [
            "id": .string(id), "title": .string(title), "summary": .string(summary), "x_label": "optimiser steps",
            "y_label": .string(yLabel), "x_scale": "logarithmic", "y_scale": .string(yScale),
            "series": [
                [
                    "name": .string(row),
                    "points": .array(points.map { .array([.number(Double($0.position)), .number($0.value)]) }),
                ]
            ],
        ]
    }
}
