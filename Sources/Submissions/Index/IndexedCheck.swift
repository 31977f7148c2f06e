/// One of the things that were checked of an entry, as a page lists them: several codes of findings, under words for readers.
public struct IndexedCheck: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        /// It holds, and the reader should know what the notes say.
        case noted
        /// What it would have been compared with was not at hand.
        case notCompared
        /// It says nothing about an entry of this kind.
        case notApplicable
        /// Nobody did it.
        case notDone
    }

    public let title: String
    public let outcome: Outcome
    public let notes: [SubmissionFinding]

    /// What is looked at, in the order in which it is.
    package struct Subject: Sendable {
        var title: String
        /// The codes that it may find.
        package var codes: Set<SubmissionCode>
        /// Whether a bare record has it.
        var isOfRecords = true
        /// Whether only an archive has it.
        var isOfArchives = false
    }

    package static let subjects = [
        Subject(
            title: "The archive is well-formed, and nothing in it can write elsewhere", codes: [.archive], isOfRecords: false,
            isOfArchives: true),
        Subject(
            title: "The tree is complete, holds nothing else, and each file has its form",
            codes: [.layout, .missingFile, .unknownFile, .malformed], isOfRecords: false),
        Subject(
            title: "The submitter's signature names every file with its digest",
            codes: [.signature, .signerKey, .untrustedKey, .digest, .unknownSigner, .otherRecorder], isOfRecords: false),
        Subject(
            title: "The manifest is signed, and names every file of the record with its digest", codes: [.recordManifest, .recordFile]),
        Subject(title: "OpenSSL alone can verify the manifest's signature", codes: [.openSSLFiles], isOfRecords: false),
        Subject(
            title: "Each step's attestation is signed, and its inputs are what the steps before it produced",
            codes: [.recordPlan, .recordInputs, .recordAttestation]),
        Subject(title: "The verdicts follow from the recorded metrics", codes: [.verdicts]),
        Subject(
            title: "What is said beside the record follows from it (identity, logs, system)",
            codes: [.identity, .resultLog, .systemIncomplete, .systemDisagrees], isOfRecords: false),
        Subject(title: "Report, crate, logs and texts are what the record gives", codes: [.recordText, .otherText]),
        Subject(title: "The plan is what the workflow gives", codes: [.plan, .planNotCompared, .otherWorkflow, .differsFromOurs]),
        Subject(title: "The claims are the paper's, as this project has them", codes: [.claims, .otherClaims]),
        Subject(
            title: "The rules of the division are kept, and every departure is declared",
            codes: [.closedDivision, .undeclaredDeviation, .deviationsUnknown],
            isOfRecords: false),
        Subject(
            title: "What was removed is declared, and no private data are left", codes: [.redaction, .privateData, .redacted],
            isOfRecords: false),
        Subject(title: "The outputs are all there, or none but the metrics", codes: [.checkpoints, .outputsAbsent]),
        Subject(title: "A part of each training, computed again, gives the same bits", codes: [.audit, .audited, .notAudited]),
    ]

    /// What was checked of an accepted entry, in order.
    static func all(of checked: CheckedSubmission, notes: [SubmissionFinding]) -> [IndexedCheck] {
        let isRecord = checked.document == nil
        return subjects.map { subject in
            let own = notes.filter { subject.codes.contains($0.code) }
            let outcome: Outcome =
                if isRecord && !subject.isOfRecords || checked.archive == nil && subject.isOfArchives {
                    .notApplicable
                } else if subject.codes.contains(.audit), own.isEmpty {
                    .notDone
                } else if own.contains(where: { [.planNotCompared, .otherClaims, .otherWorkflow, .deviationsUnknown].contains($0.code) }) {
                    .notCompared
                } else if isRecord, subject.codes.contains(.claims), notes.contains(where: { $0.code == .planNotCompared }) {
                    // Of a bare record the claims are compared with the plan, or not at all.
                    .notCompared
                } else {
                    own.isEmpty ? .passed : .noted
                }
            return IndexedCheck(title: subject.title, outcome: outcome, notes: own)
        }
    }
}
