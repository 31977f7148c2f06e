import Artifacts

/// What can go wrong between a workflow's name and its finished, verified record.
public enum WorkflowError: ClassifiedError, Hashable {
    case malformedRecord(file: String, field: String, expected: String)
    case malformedWorkflow(workflow: String, field: String, expected: String)
    case unknownVariation(workflow: String, variation: String, known: [String])
    case unknownParameter(workflow: String, parameter: String, known: [String])
    /// A row that the workflow's matrix does not have; `known` is empty where the workflow has no matrix.
    case unknownRow(workflow: String, row: String, known: [String])
    /// A step's process ended badly without saying why.
    case stepFailed(step: String, reason: String, log: String, lastLines: [String])
    /// A step ended with an error message of its own.
    case stepRefused(step: String, message: String, exitClass: ExitClass)
    /// A step's process was killed, not by us.
    case stepKilled(step: String, signal: Int, log: String)
    case unknownStep(step: String, run: String)
    /// A step that reads what another should have left, and did not.
    case notProduced(step: String, producer: String)
    case interrupted(run: String)
    case runBusy(run: String)
    case unknownRun(name: String, known: [String])
    case runChanged(run: String, what: String)
    case unsupportedFile(path: String, reason: String)
    case notFinished(run: String)
    case system(action: String, path: String, reason: String)

    public var description: String {
        switch self {
        case .malformedRecord(let file, let field, let expected):
            "\(file): \(field.isEmpty ? "the file" : field) should be \(expected)"
        case .malformedWorkflow(let workflow, let field, let expected):
            "workflow \(workflow): \(field) should be \(expected)"
        case .unknownVariation(let workflow, let variation, let known):
            "workflow \(workflow) has no variation '\(variation)'; it has: \(known.joined(separator: ", "))"
        case .unknownParameter(let workflow, let parameter, let known):
            "workflow \(workflow) has no parameter '\(parameter)'; --set takes: \(known.joined(separator: ", "))"
        case .unknownRow(let workflow, _, []):
            "workflow \(workflow) has no rows: --only is for workflows with a matrix"
        case .unknownRow(let workflow, let row, let known):
            "workflow \(workflow) has no row '\(row)'\(Suggestions.hint(row, among: known)); --only takes: \(known.joined(separator: ", "))"
        case .stepFailed(let step, let reason, let log, let lastLines):
            (["step \(step) failed: \(reason); its log: \(log)"] + lastLines.map { "  | \($0)" }).joined(separator: "\n")
        case .stepRefused(let step, let message, _):
            "step \(step): \(message)"
        case .stepKilled(let step, let signal, let log):
            "step \(step) was killed by signal \(signal)\(signal == 9 ? " (out of memory?)" : ""); --resume continues it; its log: \(log)"
        case .unknownStep(let step, let run):
            "run \(run) has no step '\(step)'"
        case .notProduced(let step, let producer):
            "step \(step) was not started: step \(producer), which it reads from, is not done"
        case .interrupted(let run):
            "interrupted; nothing is lost: the same command with --resume continues run \(run)"
        case .runBusy(let run):
            "run \(run) is being worked on by another process; wait for it or stop it"
        case .unknownRun(let name, let known):
            known.isEmpty
                ? "no run '\(name)': there are no runs yet; start one with: reprise run quickstart"
                : "no run '\(name)'; the latest are: \(known.joined(separator: ", "))"
        case .runChanged(let run, let what):
            "run \(run) cannot be resumed: \(what); start it again without --resume (finished steps that still apply come from the cache)"
        case .unsupportedFile(let path, let reason):
            "\(path): \(reason)"
        case .notFinished(let run):
            "run \(run) is not finished: continue it with --resume"
        case .system(let action, let path, let reason):
            "cannot \(action) \(path): \(reason)"
        }
    }

    /// How the command line should end.
    public var exitClass: ExitClass {
        switch self {
        case .malformedRecord, .stepFailed, .notProduced, .unsupportedFile, .notFinished: .checkFailed
        case .malformedWorkflow, .unknownVariation, .unknownParameter, .unknownRow, .unknownRun, .unknownStep, .runChanged:
            .badInput
        case .stepRefused(_, _, let exitClass): exitClass
        case .interrupted, .runBusy, .system, .stepKilled: .environment
        }
    }
}
