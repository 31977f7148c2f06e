import Integrity

/// All numbers that a run measured, by the references of claims.
struct RunMeasures {
    /// What a reference leads to.
    enum Resolution {
        case number(Double)
        /// Of all replicates of a row.
        case replicates(SeedStatistics)
        case missing(reason: String)
        /// Of a row that the user left out.
        case leftOut(reason: String)
    }

    /// Each step's metrics, by the step's name.
    let metrics: [String: JSONValue]
    let matrix: MatrixSteps

    func resolve(_ reference: MetricReference) -> Resolution {
        guard let row = reference.row else {
            switch reference.resolve(in: metrics) {
            case .number(let number): return .number(number)
            case .missing(let reason): return .missing(reason: reason)
            }
        }
        if let reason = matrix.reasonForAbsence(ofRow: row) { return .leftOut(reason: reason) }
        var values: [Double] = []
        for step in matrix.names(group: reference.step, row: row) {
            switch MetricReference(step: step, path: reference.path).resolve(in: metrics) {
            case .number(let number): values.append(number)
            // A mean over fewer seeds than were asked for would be another measure.
            case .missing(let reason): return .missing(reason: reason)
            }
        }
        return SeedStatistics(values).map(Resolution.replicates)
            ?? .missing(reason: "nothing that has a mean was measured for “\(reference)”")
    }
}
