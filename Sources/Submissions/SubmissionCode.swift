/// What a check of a submission can find. The raw values are stable: programs tell findings apart by them.
public enum SubmissionCode: String, Hashable, Sendable, CaseIterable {
    // What refuses a submission, in the order in which it is looked at.
    /// The archive itself was refused; nothing in it was looked at.
    case archive
    /// The tree is not that of a submission.
    case layout
    case missingFile = "missing-file"
    case unknownFile = "unknown-file"
    /// A file is not of its format.
    case malformed
    /// The submission's signature does not hold.
    case signature
    /// The submission is signed by another key than the one that it brings.
    case signerKey = "signer-key"
    /// Not signed by the key that the reader named; a bare record, by none that the reader trusts.
    case untrustedKey = "untrusted-key"
    /// A file is another than the one that was signed.
    case digest
    /// `run.json`, or what follows from the plan in it, does not hold.
    case recordPlan = "record-plan"
    case recordManifest = "record-manifest"
    case recordInputs = "record-inputs"
    case recordAttestation = "record-attestation"
    case recordFile = "record-file"
    /// A text in the record does not follow from the rest of it, or could do more than be read.
    case recordText = "record-text"
    /// The verdicts do not follow from the metrics and the claims.
    case verdicts
    /// The submission says something else about its run than the record does.
    case identity
    /// A result log is not what the record gives.
    case resultLog = "result-log"
    case openSSLFiles = "openssl-files"
    case systemIncomplete = "system-incomplete"
    case systemDisagrees = "system-disagrees"
    /// The plan is not what its workflow gives.
    case plan
    /// The claims are not those of the paper's artifact.
    case claims
    case closedDivision = "closed-division"
    case undeclaredDeviation = "undeclared-deviation"
    case redaction
    case privateData = "private-data"
    case checkpoints
    /// A replayed part did not come out as recorded.
    case audit
    /// An audit was asked for, and nothing could be replayed.
    case notAudited = "not-audited"

    // What a reader should know.
    /// The record was made by another than the submitter.
    case otherRecorder = "other-recorder"
    /// Neither key is among those that the reader trusts.
    case unknownSigner = "unknown-signer"
    case planNotCompared = "plan-not-compared"
    /// The project has other claims of the paper, in another version.
    case otherClaims = "other-claims"
    /// The workflow under this name is another here; nothing of the results can be ranked with this project's.
    case otherWorkflow = "other-workflow"
    /// How the plan departs from what this project's workflow gives.
    case differsFromOurs = "differs-from-ours"
    /// The submission brings no workflow, so its list of departures cannot be complete.
    case deviationsUnknown = "deviations-unknown"
    /// A text for readers differs from the one that this version writes.
    case otherText = "other-text"
    case outputsAbsent = "outputs-absent"
    case redacted
    case audited

    public enum Severity: String, Hashable, Sendable {
        /// The submission is refused.
        case error
        /// The submission stands; the reader should know.
        case note
    }

    public var severity: Severity {
        switch self {
        case .otherRecorder, .unknownSigner, .planNotCompared, .otherClaims, .otherWorkflow, .differsFromOurs, .deviationsUnknown,
            .otherText, .outputsAbsent, .redacted, .audited:
            .note
        default: .error
        }
    }

    /// What whoever reads the finding can do about it.
    public var remedy: String {
        switch self {
        case .archive: "make the archive with reprise submit; do not unpack this one by other means"
        case .layout, .malformed, .missingFile, .unknownFile, .openSSLFiles:
            "make the submission again with reprise submit, and change nothing in it afterwards"
        case .signature, .digest: "fetch the submission again from its submitter; if it stays so, it was altered after it was signed"
        case .signerKey: "sign with the key whose public half lies in keys/submitter.pub.pem: reprise submit does"
        case .untrustedKey: "get the signer's key by a way that you trust and name it: --key FILE, or reprise keys trust FILE --name NAME"
        case .recordPlan, .recordInputs, .recordAttestation, .recordFile, .recordManifest, .recordText:
            "submit the run's folder as reprise run left it; a record that was changed cannot be mended, run the workflow again"
        case .verdicts:
            "submit the verdicts that the recorded metrics give: run the workflow again, or finish the run with reprise run --resume"
        case .identity, .resultLog: "make the submission again with reprise submit, which writes this from the record"
        case .systemIncomplete: "name what is missing in a JSON file and give it to reprise submit --system"
        case .systemDisagrees: "leave what the record knows of the machine to the record; --system is for the rest"
        case .plan: "run the workflow as it stands in the project, or submit under a workflow of your own"
        case .claims: "hold the run against the paper's claims as the project has them"
        case .closedDivision: "submit to the open division, or run the paper's variation to the letter from a clean commit"
        case .undeclaredDeviation: "declare it: reprise submit lists every deviation by itself"
        case .redaction:
            "only steps' logs may be redacted, each declared with its signed digest; submit again from the run's folder"
        case .privateData: "submit again: reprise submit removes this from logs; elsewhere the step that wrote it must be mended"
        case .checkpoints: "include all outputs or none but the metrics, and say which"
        case .audit: "run the workflow again with the program that the record names; a record that an audit refutes is not to be believed"
        case .notAudited:
            "get the data into your own store with reprise run, or ask for a submission with its outputs (--checkpoints include)"
        case .otherRecorder: "judge whether you believe the recorder's key; an audit does not need it"
        case .unknownSigner: "get the key from the submitter by a way that you trust, then: reprise keys trust FILE --name NAME"
        case .planNotCompared: "check in a checkout of the commit that run.json names"
        case .otherClaims: "compare the claims by eye, or check in a checkout of the commit that run.json names"
        case .otherWorkflow: "do not rank it with this project's results; check in a checkout of the commit that run.json names"
        case .differsFromOurs: "judge whether the result still says what this project's workflow would"
        case .deviationsUnknown: "ask the submitter to submit from a checkout that holds the workflow of the run"
        case .otherText: "read it as the submitter's own words"
        case .outputsAbsent: "run the workflow again to get files with these digests, or ask the submitter for the checkpoints"
        case .redacted: "nothing: the original's digest is signed"
        case .audited: "nothing"
        }
    }
}
