import Foundation
import Integrity
import Workflows

/// A step's result log in MLPerf's format: what was run, and every number of its metrics.
public enum ResultLog {
    public static func text(invocation: StepInvocation, metrics: JSONValue?, started: Date, finished: Date) -> String {
        func milliseconds(_ date: Date) -> Int { max(0, Int(date.timeIntervalSince1970 * 1000)) }
        let start = milliseconds(started)
        let end = max(start, milliseconds(finished))
        let metadata: [String: MLLOGValue] = ["step": .text(invocation.step)]
        var events = [
            MLLOGEvent(
                timeMilliseconds: start, kind: .pointInTime, key: "submission_benchmark", value: .text(invocation.artifact.alias),
                metadata: metadata),
            MLLOGEvent(timeMilliseconds: start, kind: .pointInTime, key: "seed", value: .integer(invocation.seed), metadata: metadata),
            MLLOGEvent(timeMilliseconds: start, kind: .intervalStart, key: "run_start", metadata: metadata),
        ]
        for (path, number) in numbers(of: metrics ?? .null) {
            var metadata = metadata
            metadata["metric"] = .text(path)
            events.append(
                MLLOGEvent(timeMilliseconds: end, kind: .pointInTime, key: "eval_accuracy", value: .number(number), metadata: metadata))
        }
        events.append(
            MLLOGEvent(
                timeMilliseconds: end, kind: .intervalEnd, key: "run_stop", metadata: metadata.merging(["status": .text("success")]) { $1 })
        )
        // The keys are fixed and JSON's numbers are finite, so no event can be refused; a log is never worth failing a step for.
        return (try? MLLOGWriter.text(events)) ?? ""
    }

    /// The scalar metrics by dotted path, in order; what is only shown in the report, and whole curves, are left to the metrics file.
    private static func numbers(of value: JSONValue, path: String = "") -> [(String, Double)] {
        if let number = value.numberValue { return [(path, number)] }
        return (value.objectValue ?? [:]).sorted { $0.key < $1.key }.filter { path != "" || $0.key != "report" }
            .flatMap { numbers(of: $0.value, path: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }
}
