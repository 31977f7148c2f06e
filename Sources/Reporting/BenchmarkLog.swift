import Artifacts
import Integrity
import Workflows

/// What one replicate (one seed) of a finished run measured, as an MLPerf log: a submission's `result_<n>.txt`. The format is MLPerf's; no
/// compliance with its benchmarks is claimed. `mlperf/rules.yaml` says, in the language of MLPerf's own checker, what such a log must hold.
///
/// All of it follows from the run's record, times from the steps' attestations: the same record gives the same bytes.
public enum BenchmarkLog {
    /// Whether the paper's protocol was followed to the letter, in MLPerf's words.
    public enum Division: String, Hashable, Sendable, CaseIterable {
        /// The protocol to the letter: results can be compared.
        case closed
        /// Anything, as long as it is declared.
        case open
    }

    /// The number of logs that a run gives: one a seed.
    public static func replicates(of comparison: RunComparison) -> Int { comparison.record.plan.matrix?.seeds ?? 1 }

    /// The log of a replicate: who submits what, the steps that the seed needed, and for each claim what was measured.
    ///
    /// - Parameters:
    ///   - replicate: from 0, in the order of seeds; below ``replicates(of:)``.
    ///   - division: as the submitter declares it.
    ///   - submitter: the submitter's name.
    ///   - platform: the name of the system description.
    /// - Throws: ``BenchmarkLogError``; what reading the steps' attestations gives.
    public static func text(
        of comparison: RunComparison, replicate: Int, division: Division, submitter: String, platform: String
    ) throws -> String {
        let plan = comparison.record.plan
        guard (0..<replicates(of: comparison)).contains(replicate) else {
            throw BenchmarkLogError.replicate(replicate, count: replicates(of: comparison))
        }
        for (field, text) in [("submitter", submitter), ("platform", platform)] where text.isEmpty {
            throw BenchmarkLogError.empty(field: field)
        }
        let steps = plan.steps.filter { isPart($0, ofReplicate: replicate) }
        var events: [MLLOGEvent] = []
        for step in steps { events += try self.events(of: step, replicate: replicate, comparison) }
        guard events.contains(where: { $0.key == "eval_accuracy" }) else {
            throw BenchmarkLogError.nothingMeasured(run: comparison.record.id)
        }
        // A step from the cache may have run long before those that stand before it in the plan. Sorting keeps the plan's order among equals.
        events = events.enumerated().sorted {
            ($0.element.timeMilliseconds, $0.offset) < ($1.element.timeMilliseconds, $1.offset)
        }.map(\.element)

        let start = events.first?.timeMilliseconds ?? 0
        let stop = events.last?.timeMilliseconds ?? start
        func event(
            _ key: String, _ value: MLLOGValue, at time: Int, _ kind: MLLOGEvent.Kind = .pointInTime, _ metadata: [String: MLLOGValue] = [:]
        ) -> MLLOGEvent {
            MLLOGEvent(timeMilliseconds: time, kind: kind, key: key, value: value, metadata: metadata)
        }
        let benchmark: [String: MLLOGValue] = [
            "workflow": .text(plan.workflow.name), "variation": .text(plan.variation), "scale": .text(plan.scale.rawValue),
        ]
        return try MLLOGWriter.text(
            [
                event("submission_benchmark", .text(plan.workflow.alias), at: start, .pointInTime, benchmark),
                event("submission_division", .text(division.rawValue), at: start),
                event("submission_org", .text(submitter), at: start),
                event("submission_platform", .text(platform), at: start),
                event("seed", .integer(plan.seed + replicate), at: start),
                event("run_start", .null, at: start, .intervalStart),
            ] + events + [
                event("run_stop", .null, at: stop, .intervalEnd, ["status": .text("success"), "replicate": .integer(replicate)])
            ])
    }

    /// Whether a step is of the replicate, or of all of them.
    private static func isPart(_ step: PlannedStep, ofReplicate replicate: Int) -> Bool {
        step.place?.replicate.map { $0 == replicate + 1 } ?? true
    }

    /// A step's start and stop, and between them and the next step's what it measured for the claims.
    private static func events(of step: PlannedStep, replicate: Int, _ comparison: RunComparison) throws -> [MLLOGEvent] {
        let provenance = try StepHistory.provenance(of: step, in: comparison.folder)
        let start = provenance.startedOn.secondsSince1970 * 1000
        let stop = provenance.finishedOn.secondsSince1970 * 1000
        let metadata: [String: MLLOGValue] = ["step": .text(step.name), "artifact": .text(step.artifact.name)]
        var events = [
            MLLOGEvent(timeMilliseconds: start, kind: .intervalStart, key: "block_start", metadata: metadata),
            MLLOGEvent(timeMilliseconds: stop, kind: .intervalEnd, key: "block_stop", metadata: metadata),
        ]
        for result in comparison.results {
            guard let binding = result.binding, let value = value(of: binding.measure, in: step, comparison) else { continue }
            var metadata: [String: MLLOGValue] = [
                "claim": .text(result.claim.id), "metric": .text(binding.measure.path.joined(separator: ".")), "step": .text(step.name),
            ]
            metadata["row"] = step.place.map { .text($0.row) }
            metadata["unit"] = result.claim.unit.map { .text($0) }
            events.append(
                MLLOGEvent(timeMilliseconds: stop, kind: .pointInTime, key: "eval_accuracy", value: .number(value), metadata: metadata))
        }
        return events
    }

    /// The number that a reference leads to in this very step; nil where it means another, or the step did not measure it.
    private static func value(of reference: MetricReference, in step: PlannedStep, _ comparison: RunComparison) -> Double? {
        let isMeant =
            if let row = reference.row { step.place?.group == reference.step && step.place?.row == row } else {
                step.name == reference.step
            }
        guard isMeant, case .number(let value) = MetricReference(step: step.name, path: reference.path).resolve(in: comparison.metrics)
        else {
            return nil
        }
        return value
    }
}

/// Why a run gives no benchmark log.
public enum BenchmarkLogError: ClassifiedError, Hashable {
    case replicate(Int, count: Int)
    case empty(field: String)
    case nothingMeasured(run: String)

    public var description: String {
        switch self {
        case .replicate(let replicate, let count): "there is no replicate \(replicate): the run has \(count), counted from 0"
        case .empty(let field): "the \(field)'s name is empty: a result log must say it"
        case .nothingMeasured(let run):
            "run \(run) measured nothing for any claim, so there is no result to log: its workflow must bind claims to measures"
        }
    }

    public var exitClass: ExitClass { .badInput }
}
