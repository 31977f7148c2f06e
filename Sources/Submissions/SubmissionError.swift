import Artifacts

/// Why no submission can be made, or why something is none.
public enum SubmissionError: ClassifiedError, Hashable {
    case name(String, what: String)
    case recordDoesNotHold(run: String, findings: [String])
    case lacksOutputs(run: String, count: Int)
    /// Private data where nothing may be changed.
    case privateData(places: [String])
    /// Private data in what the submitter or the workflow says.
    case privateDataBeside(places: [String])
    case refused(findings: [String])
    case system(file: String, field: String, expected: String)
    case exists(path: String)
    case noSubmission(path: String)
    case failed(action: String, path: String, reason: String)

    public var description: String {
        switch self {
        case .name(let name, let what):
            "'\(name.prefix(100))' cannot name \(what): one line of 100 characters with a letter or digit of ASCII"
        case .recordDoesNotHold(let run, let findings):
            SubmissionError.list("\(run): the record does not hold, so it is not submitted (reprise verify says more)", findings)
        case .lacksOutputs(let run, let count):
            "\(run): only outputs are absent (\(count)): a record without its outputs is submitted with --record"
        case .privateData(let places):
            SubmissionError.list(
                "private data stands in signed evidence, which nobody may change; mend the step that wrote it and run again", places)
        case .privateDataBeside(let places):
            SubmissionError.list("private data stands beside the record; take it out of --system or of the workflow", places)
        case .refused(let findings): SubmissionError.list("the submission would not pass reprise check", findings)
        case .system(let file, let field, let expected): "\(file): \(field.isEmpty ? "the file" : field) should be \(expected)"
        case .exists(let path): "\(path) is there already: remove it, or name another file"
        case .noSubmission(let path): "\(path) is neither a submission's archive nor the folder of one"
        case .failed(let action, let path, let reason): "cannot \(action) \(path): \(reason)"
        }
    }

    /// A sentence and at most ten places.
    private static func list(_ sentence: String, _ places: [String]) -> String {
        let rest = places.count > 10 ? ["and \(places.count - 10) more"] : []
        return ([sentence] + (places.prefix(10) + rest).map { "  \($0)" }).joined(separator: "\n")
    }

    public var exitClass: ExitClass {
        switch self {
        case .recordDoesNotHold, .lacksOutputs, .privateData, .privateDataBeside, .refused: .checkFailed
        case .name, .system, .exists, .noSubmission: .badInput
        case .failed: .environment
        }
    }
}
