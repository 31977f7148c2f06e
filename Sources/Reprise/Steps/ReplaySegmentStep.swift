import Foundation
import Integrity
import Workflows

/// An auditor's step: repeats one segment of a recorded training and says what state it ends in.
///
/// It is started with the recorded training's own inputs file, whose program says which training that is; which segment is meant comes by the
/// environment, since it is no part of what determined the result.
enum ReplaySegmentStep {
    static let fromVariable = "REPRISE_AUDIT_FROM"
    static let toVariable = "REPRISE_AUDIT_TO"
    /// Set where the arithmetic may differ from the recorded one, so that only closeness can be asked for.
    static let toleranceVariable = "REPRISE_AUDIT_TOLERANCE"

    static func run(_ context: StepContext) throws {
        guard let kind = BuiltinStep(program: context.invocation.program)?.training else {
            throw StepError.usage("\(context.invocation.program.joined(separator: " ")) is no training that can be replayed")
        }
        try run(kind, context)
    }

    private static func run<Kind: Training>(_ kind: Kind.Type, _ context: StepContext) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let from = environment[fromVariable].flatMap(Int.init), let to = environment[toVariable].flatMap(Int.init) else {
            throw StepError.usage("\(fromVariable) and \(toVariable) say which segment to replay: started by `reprise audit`")
        }
        let trainer = try Kind(context).trainer
        let segments = try TrainingSegments(context)
        guard (0..<to).contains(from), to <= segments.steps else {
            throw StepError.usage("the training has no segment from step \(from) to \(to)")
        }
        let recorded = context.runFolder + "/" + RunFolder.outputs(ofStep: context.invocation.step) + "/"
        // The first segment starts from the seed itself: nothing recorded is trusted.
        if from > 0 { try trainer.restoreCheckpoint(recorded + TrainingSegments.checkpointPath(position: from)) }
        guard trainer.position == from else {
            throw StepError.usage("the checkpoint at step \(from) says that it stands at step \(trainer.position)")
        }
        let begun = Date()
        while trainer.position < to {
            _ = trainer.step()
            if trainer.position.isMultiple(of: 10) { context.report(trainer.position - from, of: to - from, unit: "steps") }
        }
        let seconds = Date().timeIntervalSince(begun)

        let state = context.outputs + "/state.safetensors"
        try trainer.saveCheckpoint(state)
        var metrics: JSONValue = [
            "state": .string(try SHA256Digest.ofFile(at: state).digest.hex), "seconds": .number(seconds), "from": .number(Double(from)),
            "to": .number(Double(to)),
        ]
        // A record that was published without its outputs has the digest alone, which is enough for bits.
        let end = recorded + segments.recordedState(position: to)
        if FileManager.default.fileExists(atPath: end) { metrics["deviation"] = .number(try StateDeviation(end, state).largest) }
        if to == segments.steps {
            let weights = context.outputs + "/" + TrainingSegments.weightsFile
            try trainer.saveWeights(weights)
            metrics["weights"] = .string(try SHA256Digest.ofFile(at: weights).digest.hex)
        }
        try context.writeMetrics(metrics)
    }
}
