import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// The submission checker: whether a submission is what `reprise submit` makes of a run, no more, no less, and keeps the rules of its division.
///
/// What it proves is that one key signed one consistent record: every byte named, every verdict computed again. That the numbers were computed at
/// all, only an audit shows.
public struct SubmissionChecker: Sendable {
    /// The keys that the reader trusts. Without them a submission is judged by the keys that it brings, and the reader is told.
    public let trusted: [PublicKey]
    /// The one key that may have signed the submission; nil takes any.
    public let only: PublicKey?
    /// The project to compare plans, rules and claims with.
    public let catalogue: Catalogue?

    /// Why results are not comparable before anything was compared.
    static let notCompared = "the plan was compared with no project's workflow"

    public init(trusted: [PublicKey], only: PublicKey? = nil, catalogue: Catalogue?) {
        self.trusted = trusted
        self.only = only
        self.catalogue = catalogue
    }

    /// Checks an unpacked submission.
    ///
    /// - Parameter path: the submitter's folder, or a folder that holds it alone, as an archive does.
    /// - Throws: where a file cannot be read, ``SubmissionError/noSubmission(path:)`` where there is nothing like a submission. Whatever is wrong
    ///   with the submission itself is a finding.
    public func check(folder path: String) throws -> CheckedSubmission {
        guard let located = SubmissionFolder.locate(in: path) else { throw SubmissionError.noSubmission(path: path) }
        var checked = CheckedSubmission(folder: located)
        let folder: SubmissionFolder
        do throws(WorkflowError) { folder = try SubmissionFolder(located) } catch {
            guard case .unsupportedFile(let file, let reason) = error else { throw error }
            checked.note(.layout, at: file, reason)
            return checked
        }
        let document: SubmissionDocument
        do { document = try SubmissionDocument(json: try folder.json(SubmissionLayout.document)) } catch {
            checked.note(.malformed, at: SubmissionLayout.document, "\(error)")
            return checked
        }
        checked.document = document
        if located != path, SubmissionName.path(document.submitter) != (located as NSString).lastPathComponent {
            checked.note(.layout, at: SubmissionLayout.document, "the folder is not named for the submitter “\(document.submitter)”")
        }
        try SignatureCheck.look(at: folder, document: document, only: only, &checked)
        try RecordCheck.look(at: folder, document: document, &checked)
        RecordTextCheck.look(prefix: SubmissionLayout.record + "/", &checked)
        LayoutCheck.look(
            at: folder, document: document, replicates: checked.record.map { $0.plan.matrix?.seeds ?? 1 }, &checked)
        if let record = checked.record {
            DerivedFilesCheck.look(at: folder, document: document, record: record, comparison: checked.comparison, &checked)
            let workflows = PlanCheck.look(at: folder, document: document, record: record, catalogue: catalogue, &checked)
            DivisionCheck.look(document: document, record: record, workflows: workflows, &checked)
        }
        RedactionCheck.look(at: folder, document: document, &checked)
        CheckpointCheck.look(at: folder, document: document, &checked)
        try PrivateDataCheck.look(at: folder, &checked)
        signers(&checked)
        return checked
    }

    /// Looks at a bare record, without a submitter: what a project keeps of its own runs. Its outputs may be absent.
    public func check(record run: RunFolder) throws -> CheckedSubmission {
        var checked = CheckedSubmission(folder: run.path)
        let accepted = only.map { [$0] } ?? trusted
        let verification = try RunVerifier(trusted: accepted).verify(run, recordAlone: true)
        if let stranger = RecordCheck.signer(of: run, unknownTo: accepted) {
            checked.note(.untrustedKey, at: RunFolder.manifestName, "is signed by the key \(stranger), which is not trusted here")
            checked.record = verification.record
            return checked
        }
        RecordCheck.look(at: run, verification, prefix: "", &checked)
        guard let record = checked.record else { return checked }
        RecordTextCheck.look(prefix: "", &checked)
        checked.system = .object(
            SystemDescription.derived(from: record, submitter: SystemDescription.unknown, division: .open, name: SystemDescription.unknown)
                .filter { !["submitter", "division", "system_name"].contains($0.key) })
        if let catalogue { PlanCheck.compare(record, with: catalogue, at: "run.json", &checked) }
        if checked.absentOutputs > 0 {
            checked.note(.outputsAbsent, at: "steps", "\(checked.absentOutputs) outputs are not here; their digests are signed")
        }
        return checked
    }

    /// Tells whose word all of this is.
    private func signers(_ checked: inout CheckedSubmission) {
        guard let submitter = checked.submitterKey, let recorder = checked.recorderKey else { return }
        if submitter != recorder {
            checked.note(
                .otherRecorder, at: SubmissionLayout.recordKey, "recorded by key \(recorder.keyID), submitted by key \(submitter.keyID)")
        }
        let known = trusted + (only.map { [$0] } ?? [])
        if !known.contains(submitter), !known.contains(recorder) {
            checked.note(
                .unknownSigner, at: SubmissionLayout.submitterKey, "neither \(submitter.keyID) nor the recorder's key is one that you trust"
            )
        }
    }
}
