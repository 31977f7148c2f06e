import Foundation
import Integrity
import Reporting
import Submissions
import Workflows

/// Somebody with a key of his own who alters a submission and signs again whatever he can.
struct Forger {
    /// The submission's folder.
    let folder: String
    let key: SigningKey

    init(_ folder: String) throws {
        self.folder = folder
        key = try SigningKey.generate()
    }

    private func path(_ file: String) -> String { folder + "/" + file }
    var run: RunFolder { RunFolder(path: path("record")) }

    func bytes(_ file: String) throws -> [UInt8] { try BoundedFile.read(path(file), limit: 1 << 26) }
    func write(_ bytes: [UInt8], to file: String) throws { try AtomicFile.write(bytes, to: path(file)) }
    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path(file)) }

    func edit(_ file: String, _ change: (inout JSONValue) throws -> Void) throws {
        var json = try JSONValue.parse(try bytes(file))
        try change(&json)
        try write(Array(json.prettyText().utf8), to: file)
    }

    /// Changes the plan, and the digest that stands beside it.
    func editPlan(_ change: (inout JSONValue) throws -> Void) throws {
        try edit("record/run.json") { record in
            var plan = record["plan"] ?? .null
            try change(&plan)
            record["plan"] = plan
            record["plan_sha256"] = .string(SHA256Digest.of(plan.canonicalBytes()).hex)
        }
    }

    /// Writes the steps' result logs that their metrics now give.
    func writeStepLogs() throws {
        let comparison = try RunComparison(run)
        for step in comparison.record.plan.steps {
            let file = "record/steps/\(step.name)/" + StepContract.resultLogFile
            let text = try RecordTexts.stepLog(step, of: comparison, found: String(decoding: try bytes(file), as: UTF8.self))
            try write(Array(text.utf8), to: file)
        }
    }

    /// Signs every step's attestation again, over the files that are there now; `change` may alter what one says.
    func signSteps(_ change: (String, inout Statement) -> Void = { _, _ in }) throws {
        try writeStepLogs()
        try signStepsAsTheyAre(change)
    }

    /// The same over whatever the steps' result logs say.
    func signStepsAsTheyAre(_ change: (String, inout Statement) -> Void = { _, _ in }) throws {
        for step in try FileManager.default.contentsOfDirectory(atPath: run.path + "/steps") {
            let file = "record/steps/\(step)/" + StepContract.attestationFile
            var statement = try Statement(payload: try Envelope.parse(try bytes(file)).payload)
            statement.subject = try RunFolder.records(below: run.step(step)).filter { $0.path != StepContract.attestationFile }
                .map { ResourceDescriptor(name: $0.path, digest: $0.digest) }
            change(step, &statement)
            try write(try statement.signed(with: key).bytes, to: file)
        }
    }

    /// Signs the manifest again, over the files that are there now, and passes the record off as recorded with his own key.
    func signManifest(_ change: (inout Statement) -> Void = { _ in }) throws {
        var statement = try Statement(payload: try Envelope.parse(try bytes("record/" + RunFolder.manifestName)).payload)
        statement.subject = try RunFolder.records(below: run.path).filter { $0.path != RunFolder.manifestName }
            .map { ResourceDescriptor(name: $0.path, digest: $0.digest) }
        change(&statement)
        try adopt(try statement.signed(with: key))
    }

    /// Finishes the record anew, as the runner does: report, logs, verdicts and manifest all follow from what he wrote.
    func finishRecord() throws {
        try RunRecorder(key: key).finish(run)
        try adopt(try Envelope.parse(try bytes("record/" + RunFolder.manifestName)))
    }

    private func adopt(_ manifest: Envelope) throws {
        try write(manifest.bytes, to: "record/" + RunFolder.manifestName)
        try write(manifest.preAuthenticationEncoding, to: SubmissionLayout.manifestPAE)
        try write(manifest.signatures[0].bytes, to: SubmissionLayout.manifestSignature)
        try write(Array(key.publicKey.pem.utf8), to: SubmissionLayout.recordKey)
    }

    /// Writes the result logs that the record now gives.
    func writeResultLogs() throws {
        let document = try SubmissionDocument(json: try JSONValue.parse(try bytes(SubmissionLayout.document)))
        let comparison = try RunComparison(run)
        for replicate in 0..<BenchmarkLog.replicates(of: comparison) {
            let text = try BenchmarkLog.text(
                of: comparison, replicate: replicate, division: document.division, submitter: document.submitter, platform: document.system)
            try write(Array(text.utf8), to: document.layout.resultFile(replicate))
        }
    }

    /// Signs the submission again, with his own key.
    ///
    /// - Parameter bringingKey: whether he also brings his public key in the submitter's place.
    func sign(bringingKey: Bool = true) throws {
        if bringingKey { try write(Array(key.publicKey.pem.utf8), to: SubmissionLayout.submitterKey) }
        var statement = try Statement(payload: try Envelope.parse(try bytes(SubmissionLayout.signature)).payload)
        let document = try JSONValue.parse(try bytes(SubmissionLayout.document))
        statement.subject = try RunFolder.records(below: folder).filter { $0.path != SubmissionLayout.signature }
            .map { ResourceDescriptor(name: $0.path, digest: $0.digest) }
        for field in ["submitter", "run", "division"] { statement.predicate[field] = document[field] }
        try write(try statement.signed(with: key).bytes, to: SubmissionLayout.signature)
    }
}
