import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// A submission, or a bare record, that passed its check: what a site shows of it.
public struct IndexedEntry: Sendable {
    /// The same run once more, in another file.
    public struct Duplicate: Hashable, Sendable {
        public var name: String
        public var submitter: String?
    }

    /// The file's or the folder's name.
    public let name: String
    /// The record's manifest as it was signed: what tells runs apart.
    public let manifest: SHA256Digest
    /// Nil for a folder.
    public let archive: CheckedSubmission.Archive?
    /// Nil for a bare record.
    public let document: SubmissionDocument?
    /// Without the plan's steps, claims and bindings, which no page shows: an index may hold thousands of entries.
    let record: RunRecord
    /// Fields of the system description, in order.
    public let system: [(name: String, value: String)]
    /// Nil for a bare record.
    public let submitter: IndexedSigner?
    public let recorder: IndexedSigner
    public let checks: [IndexedCheck]
    public let results: [ClaimResult]
    public let measures: [IndexedMeasure]
    public let summary: String
    /// See ``CheckedSubmission/isComparable``.
    public let isComparable: Bool
    /// Outputs that are named and not there.
    public let absentOutputs: Int
    public internal(set) var duplicates: [Duplicate] = []
    /// The name of its page, made of letters that are safe anywhere.
    public internal(set) var slug: String

    /// - Returns: nil where an accepted entry lacks what every page needs, which no honest one does.
    init?(
        _ checked: CheckedSubmission, name: String, notes: [SubmissionFinding], known: [PublicKey], published: [ResultsFolder.PublishedKey]
    ) {
        guard let record = checked.record, let comparison = checked.comparison, let recorder = checked.recorderKey,
            let manifest = IndexedEntry.manifestDigest(checked.recordFolder)
        else { return nil }
        self.name = name
        self.manifest = manifest
        archive = checked.archive
        document = checked.document
        var outline = record
        outline.plan.steps = []
        outline.plan.claims = .array([])
        outline.plan.bindings = .array([])
        self.record = outline
        system = (checked.system?.objectValue ?? [:]).sorted { $0.key < $1.key }.prefix(60).map { ($0.key, IndexedEntry.text($0.value)) }
        submitter = checked.submitterKey.map { IndexedSigner($0, known: known, published: published) }
        self.recorder = IndexedSigner(recorder, known: known, published: published)
        checks = IndexedCheck.all(of: checked, notes: notes)
        results = Array(comparison.results.filter { $0.binding != nil }.prefix(IndexedMeasure.limit))
        measures = IndexedMeasure.all(of: comparison)
        summary = checked.verdictLine ?? comparison.summary.line
        isComparable = checked.isComparable
        absentOutputs = checked.absentOutputs
        let subject = [document?.submitter ?? name, record.plan.workflow.alias].compactMap(SubmissionName.path).joined(separator: "-")
        slug = (subject.isEmpty ? "" : subject + "-") + manifest.hex.prefix(8)
    }

    /// Of the manifest's payload: the envelope around it can be written in more than one way, with the same signature.
    private static func manifestDigest(_ run: RunFolder) -> SHA256Digest? {
        (try? Envelope.read(run.manifest)).map { SHA256Digest.of($0.payload) }
    }

    static func text(_ value: JSONValue?) -> String {
        guard let value else { return SystemDescription.unknown }
        return value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self)
    }

    // MARK: - What entries are filtered by

    var isPaperScale: Bool { record.plan.scale == .paper }
    var divisionText: String { document?.division.rawValue ?? "not submitted" }
    var arithmeticText: String { IndexedEntry.text(record.arithmetic["name"]) }
    var processorText: String { IndexedEntry.text(record.environment["processor"]?["model"]) }
    var variationText: String { record.plan.variation }

    /// Who answers for it: the submitter, or of a bare record the file that it lies in.
    var title: String { document?.submitter ?? name }
    /// The key that the name stands for; two may bear one name.
    var answering: IndexedSigner { submitter ?? recorder }
    var checkpoints: SubmissionDocument.Checkpoints? { document?.checkpoints }

    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "name": .string(name), "page": .string(SitePath.entry(self)), "submitter": text(document?.submitter),
            "division": text(document?.division.rawValue), "benchmark": record.plan.workflow.json,
            "variation": .string(record.plan.variation), "scale": .string(record.plan.scale.rawValue), "run": .string(record.id),
            "arithmetic": record.arithmetic, "processor": .string(processorText), "manifest_payload_sha256": .string(manifest.hex),
            "archive": archive.map { ["sha256": .string($0.digest.hex), "bytes": .number(Double($0.bytes))] } ?? .null,
            "submitter_key": submitter?.json ?? .null, "recorder_key": recorder.json, "comparable": .bool(isComparable),
            "summary": .string(summary), "duplicates": .array(duplicates.map { .string($0.name) }),
        ]
    }
}
