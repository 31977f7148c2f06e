import Integrity
import Workflows

/// A run's own result log in MLPerf's format, beside those of its steps: what was measured for each claim over all seeds, which no step of its own
/// can know.
enum ClaimLog {
    /// - Parameter finished: of the run's last step.
    static func text(_ comparison: RunComparison, finished: Timestamp) throws -> String {
        let plan = comparison.record.plan
        let time = max(0, finished.secondsSince1970) * 1000
        func event(_ key: String, _ value: MLLOGValue, _ metadata: [String: MLLOGValue] = [:]) -> MLLOGEvent {
            MLLOGEvent(timeMilliseconds: time, kind: .pointInTime, key: key, value: value, metadata: metadata)
        }
        var events = [event("submission_benchmark", .text(plan.workflow.alias))]
        for replicate in 0..<(plan.matrix?.seeds ?? 1) { events.append(event("seed", .integer(plan.seed + replicate))) }
        for result in comparison.results {
            guard let measured = result.measured, let binding = result.binding else { continue }
            var metadata: [String: MLLOGValue] = [
                "claim": .text(result.claim.id), "metric": .text(binding.measure.description), "verdict": .text(result.verdict.rawValue),
            ]
            if let seeds = result.measuredSeeds {
                metadata["seeds"] = .integer(seeds.count)
                metadata["standard_deviation"] = seeds.standardDeviation.map { .number($0) } ?? .null
            }
            events.append(event("eval_accuracy", .number(measured), metadata))
        }
        return try MLLOGWriter.text(events)
    }
}
