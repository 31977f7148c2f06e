import Integrity
import Reporting
import Workflows

/// A submission, or a bare record, with all that a check found: what a page about it shows.
public struct CheckedSubmission: Sendable {
    /// An archive's own digest and size.
    public struct Archive: Hashable, Sendable {
        public var digest: SHA256Digest
        public var bytes: Int
    }

    /// Nil for a bare record, and where `submission.json` cannot be read.
    public internal(set) var document: SubmissionDocument?
    public internal(set) var record: RunRecord?
    /// The results beside the paper's; nil where the record gives none.
    public internal(set) var comparison: RunComparison?
    /// The system description; of a bare record what its environment gives.
    public internal(set) var system: JSONValue?
    /// The key whose signature over the submission holds.
    public internal(set) var submitterKey: PublicKey?
    /// The key whose signature over the manifest holds.
    public internal(set) var recorderKey: PublicKey?
    /// The digests that the record's signer vouches for, by path in the record: what an audit compares with.
    public internal(set) var digests: [String: SHA256Digest] = [:]
    /// Outputs that the manifest names and that are not there.
    public internal(set) var absentOutputs = 0
    /// Why the results cannot stand beside those of others, in words; nil where they can. See ``isComparable``.
    public internal(set) var incomparableReason: String? = SubmissionChecker.notCompared
    /// The folder that was looked at: the submission's, or the record's.
    public internal(set) var folder: String
    /// Nil where a folder was checked.
    public internal(set) var archive: Archive?
    /// Errors and notes, in the order in which they were found.
    public private(set) var findings: [SubmissionFinding] = []
    private var noted: Set<SubmissionFinding> = []

    init(folder: String) { self.folder = folder }

    public var errors: [SubmissionFinding] { findings.filter { $0.severity == .error } }
    public var notes: [SubmissionFinding] { findings.filter { $0.severity == .note } }
    /// Whether nothing speaks against it.
    public var isAccepted: Bool { errors.isEmpty }

    /// Whether the results can be ranked with others of the reader's project: the plan was made again from the reader's own workflow, paper and
    /// scripts and is the same, byte for byte, and every departure from the paper is declared. Otherwise the verdicts are those of a workflow that
    /// the reader does not know, and must be shown as such.
    public var isComparable: Bool { isAccepted && incomparableReason == nil }

    /// The verdicts in one line that says whose workflow they are by; nil where the record gives none.
    public var verdictLine: String? {
        comparison.map { isComparable ? $0.summary.line : "verdicts by its own workflow, not this project's: \($0.summary.line)" }
    }

    public var submitter: String? { document?.submitter }
    public var division: BenchmarkLog.Division? { document?.division }
    public var benchmark: ArtifactReference? { document?.benchmark ?? record?.plan.workflow }
    public var variation: String? { record?.plan.variation ?? document?.variation }
    public var arithmetic: JSONValue? { record?.arithmetic }

    /// Where the record lies.
    public var recordFolder: RunFolder { RunFolder(path: document == nil ? folder : folder + "/" + SubmissionLayout.record) }

    /// Adds a finding; one that names the same cause at the same place again is left out.
    public mutating func note(_ code: SubmissionCode, at place: String, _ problem: String) {
        let finding = SubmissionFinding(code, at: place, problem)
        if noted.insert(finding).inserted { findings.append(finding) }
    }

    mutating func add(_ others: [SubmissionFinding]) {
        for finding in others { note(finding.code, at: finding.place, finding.problem) }
    }

    /// For programs.
    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "accepted": .bool(isAccepted), "submitter": text(submitter), "division": text(division?.rawValue),
            "benchmark": benchmark?.json ?? .null, "variation": text(variation), "run": text(record?.id), "arithmetic": arithmetic ?? .null,
            "system": system ?? .null, "submitter_keyid": text(submitterKey?.keyID), "recorder_keyid": text(recorderKey?.keyID),
            "archive": archive.map { ["sha256": .string($0.digest.hex), "bytes": .number(Double($0.bytes))] } ?? .null,
            "absent_outputs": .number(Double(absentOutputs)), "summary": text(verdictLine),
            "comparable": .bool(isComparable), "incomparable_reason": text(isAccepted ? incomparableReason : nil),
            "findings": .array(findings.map(\.json)),
        ]
    }
}
