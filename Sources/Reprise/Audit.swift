import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Numerics
import Workflows

/// Replays segments of a run's trainings and compares the states bit by bit.
///
/// A segment is what lies between two kept states. Replaying one needs the run's folder and its data alone, and costs the segment's share of the
/// training. A forger must have every segment right, since nobody knows beforehand which will be replayed.
struct Audit {
    /// A stretch of a recorded training.
    struct Segment: Hashable, CustomStringConvertible {
        var step: String
        var number: Int
        var count: Int
        var from: Int
        var to: Int
        /// The recorded state that it starts from, relative to the run's folder; nil where it starts from the seed.
        var start: String?
        /// The recorded state at its end, or the weights where the training ends.
        var end: String
        var endsTraining: Bool

        var description: String { "\(step), segment \(number) of \(count), steps \(from) to \(to)" }
    }

    struct Finding {
        var segment: Segment
        /// Of the replay alone, without start-up.
        var seconds: Double
        var isSameBits = false
        /// Nil where the replay agrees with the record.
        var problem: String?

        /// How well it agrees, where it does.
        var agreement: String { isSameBits ? "the same bits" : "close, within \(Audit.tolerance) of each tensor's norm" }
    }

    let run: RunFolder
    let record: RunRecord
    /// The digests that the record's signer vouches for.
    let digests: [String: SHA256Digest]
    let engine: LocalEngine
    let environment: [String: String]

    /// An audit in this process's surroundings, and what stops it when the user asks for that; that must be kept as long as the audit goes on.
    static func prepare(
        run: RunFolder, record: RunRecord, digests: [String: SHA256Digest], home: Home, threads: Int?
    ) throws -> (audit: Audit, stop: StopRequest) {
        if let problem = InstructionSet.problem { throw UsageError(problem) }
        if record.binary != (try Executable.digest()) {
            Terminal.note("the run was computed by another build of reprise; if bits differ, build the one that the record names")
        }
        var environment = ArithmeticRecord.stepEnvironment(ProcessInfo.processInfo.environment)
        environment["REPRISE_HOME"] = home.path
        environment["REPRISE_THREADS"] = String(threads ?? ProcessInfo.processInfo.activeProcessorCount)
        let engine = LocalEngine(executable: try Executable.path())
        let stop = StopRequest { engine.cancel() }
        return (Audit(run: run, record: record, digests: digests, engine: engine, environment: environment), stop)
    }

    /// Replays segments of each training, drawn at random.
    ///
    /// - Parameters:
    ///   - segments: of each training; nil replays all.
    ///   - seed: decides which.
    ///   - report: is told of each as soon as it is done.
    /// - Returns: what was found, and how many segments there are in all.
    func sample(segments count: Int?, seed: Int, report: (Finding) -> Void) throws -> (findings: [Finding], total: Int) {
        var findings: [Finding] = []
        var total = 0
        for (number, training) in trainings.enumerated() {
            let segments = try segments(of: training)
            let order = Philox(seed: UInt64(seed)).permutation(of: segments.count, .audit, step: UInt32(number))
            total += segments.count
            for index in count.map({ order.prefix($0).sorted() }) ?? Array(segments.indices) {
                let finding = try replay(segments[index])
                findings.append(finding)
                report(finding)
            }
        }
        return (findings, total)
    }

    /// The steps of the run that are trainings.
    var trainings: [PlannedStep] {
        record.plan.steps.filter { BuiltinStep(program: $0.program)?.training != nil }
    }

    /// Whether a file is a state kept for audits: there are many and they are large, and an audit needs few of them.
    static func isKeptState(_ path: String) -> Bool {
        path.hasPrefix("steps/") && path.contains("/" + StepContract.outputsFolder + "/checkpoints/")
    }

    /// All segments of a training, in order. The division follows from the plan's parameters, never from what files there are.
    func segments(of step: PlannedStep) throws -> [Segment] {
        guard let steps = step.parameters["steps"]?.integerValue, let count = step.parameters["segments"]?.integerValue, steps > 0,
            count > 0
        else { throw StepError.usage("step \(step.name): the plan does not say how long the training was") }
        let segments = TrainingSegments(steps: steps, segments: count)
        let outputs = RunFolder.outputs(ofStep: step.name) + "/"
        let starts = Array(stride(from: 0, to: steps, by: segments.length))
        return starts.enumerated().map { index, from in
            let to = min(from + segments.length, steps)
            return Segment(
                step: step.name, number: index + 1, count: starts.count, from: from, to: to,
                start: from == 0 ? nil : outputs + segments.recordedState(position: from),
                end: outputs + segments.recordedState(position: to), endsTraining: to == steps)
        }
    }

    /// Largest deviation that a replay with OpenBLAS may show, relative to a tensor's norm. Its rounding differs between kernels, and Adam's
    /// first steps, which look at gradients' signs, make much of little: 0.05 was seen after 30 honest steps. Another seed is beyond 1.
    static let tolerance = 0.1

    /// Whether bits are compared; with OpenBLAS, whose rounding is its processor's, closeness is all that can be asked for.
    var isExact: Bool { ArithmeticRecord.choice(record.arithmetic) == .portable }

    /// The steps whose metrics follow from trained weights and data: they can be repeated whole.
    var evaluations: [PlannedStep] {
        record.plan.steps.filter { step in
            step.program.first == StepContract.builtinProgram && step.dataset == nil && !trainings.contains { $0.name == step.name }
        }
    }

    /// Repeats an evaluation and compares its metrics byte for byte.
    ///
    /// - Returns: what differs; nil where nothing does.
    func repeatEvaluation(_ step: PlannedStep) throws -> String? {
        let metrics = RunFolder.outputs(ofStep: step.name) + "/" + StepContract.metricsFile
        guard let expected = digests[metrics] else { return "\(metrics) is missing" }
        return try inPlaceOfItsOwn(step.name) { prepared in
            do throws(WorkflowError) { try engine.run(prepared, progress: { _ in }) } catch {
                guard case .stepRefused(_, let message, .checkFailed) = error else { throw error }
                return message
            }
            let found = try SHA256Digest.ofFile(at: prepared.folder + "/" + StepContract.outputsFolder + "/" + StepContract.metricsFile)
                .digest
            return found == expected
                ? nil : "its metrics, computed again, are \(found.hex.prefix(12))…, the record says \(expected.hex.prefix(12))…"
        }
    }

    /// Brings a step's inputs into the run's folder from a store, where the record lacks them: each must have the recorded digest.
    ///
    /// - Returns: whether all of them are there now.
    func borrowInputs(of step: PlannedStep, from store: Store) -> Bool {
        guard let invocation = try? StepInvocation(file: run.step(step.name) + "/" + StepContract.inputsFile) else { return false }
        for input in invocation.inputs.values {
            for file in input.files {
                let target = run.path + "/" + input.folder + "/" + file.path
                if FileManager.default.fileExists(atPath: target) { continue }
                do {
                    let folder = (target as NSString).deletingLastPathComponent
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                    try store.copy(file.digest, to: target)
                } catch { return false }
            }
        }
        return true
    }

    /// Prepares a recorded step in a folder that is removed afterwards; its inputs are the run's.
    private func inPlaceOfItsOwn<Result>(_ step: String, _ body: (PreparedStep) throws -> Result) throws -> Result {
        let folder = NSTemporaryDirectory() + "reprise-audit-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in [StepContract.outputsFolder, StepContract.scratchFolder] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        let recorded = run.step(step) + "/" + StepContract.inputsFile
        try FileManager.default.copyItem(atPath: recorded, toPath: folder + "/" + StepContract.inputsFile)
        do {
            return try body(
                PreparedStep(
                    invocation: try StepInvocation(file: recorded), runFolder: run.path, folder: folder, artifactFolder: run.path,
                    environment: environment))
        } catch WorkflowError.interrupted {
            Terminal.error("interrupted; an audit keeps nothing: run it again, with the same --random for the same segments")
            throw ExitCode(130)
        }
    }

    /// Repeats a segment in a process of its own and compares.
    func replay(_ segment: Segment) throws -> Finding {
        guard let expected = digests[segment.end] else {
            return Finding(segment: segment, seconds: 0, problem: "\(segment.end) is missing")
        }
        if let start = segment.start, try SHA256Digest.ofFile(at: run.path + "/" + start).digest != digests[start] {
            return Finding(segment: segment, seconds: 0, problem: "\(start) is not the state that the record names")
        }
        return try inPlaceOfItsOwn(segment.step) { prepared in
            var prepared = prepared
            prepared.invocation.program = [StepContract.builtinProgram, BuiltinStep.replaySegment.rawValue]
            prepared.environment[ReplaySegmentStep.fromVariable] = String(segment.from)
            prepared.environment[ReplaySegmentStep.toVariable] = String(segment.to)
            if !isExact { prepared.environment[ReplaySegmentStep.toleranceVariable] = "1" }
            do throws(WorkflowError) { try engine.run(prepared, progress: { _ in }) } catch {
                // A recorded state that the trainer refuses is a finding; anything else stands in the audit's way.
                guard case .stepRefused(_, let message, .checkFailed) = error else { throw error }
                return Finding(segment: segment, seconds: 0, problem: message)
            }
            return try finding(segment, expected: expected, outputs: prepared.folder + "/" + StepContract.outputsFolder)
        }
    }

    /// What a replay left, beside what the record says.
    private func finding(_ segment: Segment, expected: SHA256Digest, outputs: String) throws -> Finding {
        let metrics = try Runner.metrics(at: outputs)
        let key = segment.endsTraining ? "weights" : "state"
        let seconds = metrics?["seconds"]?.numberValue ?? 0
        guard let found = metrics?[key]?.stringValue else { throw StepError.usage("the replay of \(segment.step) left no result") }
        var finding = Finding(segment: segment, seconds: seconds, isSameBits: found == expected.hex)
        let deviation = metrics?["deviation"]?.numberValue
        if !finding.isSameBits, isExact || (deviation ?? .infinity) > Audit.tolerance {
            let distance = deviation.map { " (they differ by \($0) of a tensor's norm)" } ?? ""
            finding.problem =
                "the replay ends in \(found.prefix(12))…, the record says \(expected.hex.prefix(12))…\(distance)"
        }
        return finding
    }

    /// The probability that `replayed` of `total` segments, drawn at random, hit at least one of the altered ones.
    static func detection(altered: Int, total: Int, replayed: Int) -> Double {
        guard altered > 0 else { return 0 }
        var missed = 1.0
        for draw in 0..<min(replayed, total) { missed *= max(0, Double(total - altered - draw)) / Double(total - draw) }
        return 1 - missed
    }
}
