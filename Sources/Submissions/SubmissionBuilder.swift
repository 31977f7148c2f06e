import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// Makes submissions: a run's record, made fit for strangers, with what follows from it, signed.
///
/// Everything but the signature and the submitter's key follows from the run and the request: the same run gives the same bytes.
public struct SubmissionBuilder {
    /// What the submitter chose.
    public struct Request: Sendable {
        public var submitter: String
        public var division: BenchmarkLog.Division
        /// Nil includes the outputs where they come to at most ``SubmissionBuilder/largestOutputs``.
        public var includesCheckpoints: Bool?
        /// What the record cannot know of the system; see ``SystemDescription``.
        public var system: [String: JSONValue]
        /// Names the system's fields in errors.
        public var systemSource: String
        /// Outputs are not there, as in a record that was published without them.
        public var isRecordAlone: Bool

        public init(
            submitter: String, division: BenchmarkLog.Division = .open, includesCheckpoints: Bool? = nil, system: [String: JSONValue] = [:],
            systemSource: String = "--system", isRecordAlone: Bool = false
        ) {
            self.submitter = submitter
            self.division = division
            self.includesCheckpoints = includesCheckpoints
            self.system = system
            self.systemSource = systemSource
            self.isRecordAlone = isRecordAlone
        }
    }

    /// A submission that lies in a folder, checked.
    public struct Staged: Sendable {
        /// The folder named for the submitter.
        public let folder: String
        /// Its name.
        public let name: String
        public let document: SubmissionDocument
        public let checked: CheckedSubmission
        /// The size of the run's folder, in bytes.
        public let runBytes: Int
        /// Every file with its path relative to the folder above ``folder``, in byte order.
        public let files: [FileRecord]
    }

    /// Outputs of more bytes are left out unless they are asked for.
    public static let largestOutputs = 1 << 30

    private let run: RunFolder
    private let trusted: [PublicKey]
    private let catalogue: Catalogue?
    private let privateData: @Sendable (Plan) -> PrivateData

    /// - Parameters:
    ///   - trusted: the keys that may have signed the record.
    ///   - catalogue: the project, where there is one.
    ///   - privateData: what is to be removed, given the plan's words.
    public init(
        _ run: RunFolder, trusted: [PublicKey], catalogue: Catalogue?,
        privateData: @escaping @Sendable (Plan) -> PrivateData = { _ in .general }
    ) {
        self.run = run
        self.trusted = trusted
        self.catalogue = catalogue
        self.privateData = privateData
    }

    /// Lays the submission out in a folder below `parent`, signs it, and checks it as a stranger would.
    ///
    /// - Throws: ``SubmissionError`` where the record does not hold, holds private data in evidence, or would not pass the check.
    public func stage(_ request: Request, key: SigningKey, in parent: String) throws -> Staged {
        guard SubmissionName.isSpoken(request.submitter), let name = SubmissionName.path(request.submitter) else {
            throw SubmissionError.name(request.submitter, what: "a submitter")
        }
        let (record, recorder) = try verifiedRecord(request)
        let folder = parent + "/" + name
        let system = try SystemDescription(
            of: record, submitter: request.submitter, division: request.division, statement: request.system, source: request.systemSource)
        let contents = try RecordContents(run, request: request)
        let privateData = privateData(record.plan)
        let redactions = try contents.copy(to: folder + "/" + SubmissionLayout.record, removing: privateData)
        let workflow = catalogue?.artifacts.first { $0.meta.kind == .workflow && $0.digest == record.plan.workflow.digest }
        let document = SubmissionDocument(
            submitter: request.submitter, record: record, division: request.division, system: system.name,
            checkpoints: contents.checkpoints,
            redactions: redactions, deviations: Deviation.all(of: record, workflow: workflow?.meta.workflow),
            bringsWorkflow: workflow != nil)

        var texts = [
            SubmissionLayout.document: document.json.prettyText(), document.layout.systemFile: system.json.prettyText(),
            SubmissionLayout.readme: SubmissionReadme.text(document, record: record, recordKey: recorder),
            document.layout.benchmarkReadme: SubmissionReadme.benchmark(document, record: record),
            document.layout.rules: DivisionRule.json(of: request.division).prettyText(),
            SubmissionLayout.submitterKey: key.publicKey.pem, SubmissionLayout.recordKey: recorder.pem,
        ]
        let comparison = try RunComparison(run)
        for replicate in 0..<BenchmarkLog.replicates(of: comparison) {
            texts[document.layout.resultFile(replicate)] = try BenchmarkLog.text(
                of: comparison, replicate: replicate, division: request.division, submitter: request.submitter, platform: system.name)
        }
        for (path, text) in texts { try SubmissionBuilder.write(Array(text.utf8), to: folder + "/" + path) }
        try manifestFiles(recorder: recorder, to: folder)
        if let workflow { try copy(workflow, to: folder + "/" + document.layout.workflow) }
        try refuse(privateData.allowing(request.submitter), beside: folder, document)

        let statement = SubmissionStatement.statement(of: try RunFolder.records(below: folder), document: document)
        try SubmissionBuilder.write(try statement.signed(with: key).bytes, to: folder + "/" + SubmissionLayout.signature)
        let checked = try SubmissionChecker(trusted: trusted + [key.publicKey], catalogue: catalogue).check(folder: folder)
        guard checked.isAccepted else { throw SubmissionError.refused(findings: checked.errors.map(\.description)) }
        let files = try RunFolder.records(below: folder).map { FileRecord(path: name + "/" + $0.path, digest: $0.digest, bytes: $0.bytes) }
        return Staged(
            folder: folder, name: name, document: document, checked: checked, runBytes: contents.bytes,
            files: files.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) })
    }

    /// Nothing is submitted that does not hold.
    private func verifiedRecord(_ request: Request) throws -> (RunRecord, PublicKey) {
        let verifier = RunVerifier(trusted: trusted)
        var verification = try verifier.verify(run, recordAlone: request.isRecordAlone)
        RunComparison.check(run, &verification)
        guard verification.findings.isEmpty, let record = verification.record, let signer = verification.signer else {
            if !request.isRecordAlone {
                let alone = try verifier.verify(run, recordAlone: true)
                if alone.lacksOutputsAlone { throw SubmissionError.lacksOutputs(run: run.id, count: alone.absentOutputs) }
            }
            throw SubmissionError.recordDoesNotHold(run: run.id, findings: verification.findings.map(\.description))
        }
        return (record, signer)
    }

    /// Refuses private data in what stands beside the record, of which the workflow and the system's statement are others' words.
    private func refuse(_ data: PrivateData, beside folder: String, _ document: SubmissionDocument) throws {
        // Sentences of ours, in which somebody's name may be a word; what they say of the run stands in the other files too.
        let ours = [SubmissionLayout.readme, document.layout.benchmarkReadme, document.layout.rules]
        var places: [String] = []
        for file in try RunFolder.files(below: folder) where !file.hasPrefix(SubmissionLayout.record + "/") {
            let search = PrivateDataSearch(data: ours.contains(file) ? data.withoutNames : data)
            guard let finding = try search.first(inFile: folder + "/" + file, called: file) else { continue }
            places.append("\(finding.place): \(PrivateDataCheck.description(of: finding.kind))")
        }
        guard places.isEmpty else { throw SubmissionError.privateDataBeside(places: places) }
    }

    private func manifestFiles(recorder: PublicKey, to folder: String) throws {
        let envelope = try Envelope.read(run.manifest)
        let signature = envelope.signatures.first { $0.keyID == recorder.keyID }?.bytes ?? []
        try SubmissionBuilder.write(envelope.preAuthenticationEncoding, to: folder + "/" + SubmissionLayout.manifestPAE)
        try SubmissionBuilder.write(signature, to: folder + "/" + SubmissionLayout.manifestSignature)
    }

    /// The files that the artifact's digest is made of.
    private func copy(_ artifact: Artifact, to folder: String) throws {
        for line in try ContentDigest.manifest(of: artifact.folder).split(separator: "\n") {
            guard let path = line.split(separator: "  ", maxSplits: 2).last.map(String.init) else { continue }
            try SubmissionBuilder.write(
                try BoundedFile.read(artifact.folder + "/" + path, limit: ContentDigest.byteLimit), to: folder + "/" + path)
        }
    }

    /// Writes a file, and the folders that lead to it. Nothing is flushed: what is staged is gone after a crash, and the archive is what must last.
    static func write(_ bytes: [UInt8], to path: String) throws(SubmissionError) {
        try SubmissionBuilder.makeFolder((path as NSString).deletingLastPathComponent)
        do { try Data(bytes).write(to: URL(fileURLWithPath: path)) } catch {
            throw .failed(action: "write", path: path, reason: error.localizedDescription)
        }
    }

    static func makeFolder(_ path: String) throws(SubmissionError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw .failed(action: "make the folder", path: path, reason: error.localizedDescription)
        }
    }
}
