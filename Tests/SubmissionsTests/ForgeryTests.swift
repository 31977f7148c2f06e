import Foundation
import Integrity
import Submissions
import Testing
import Workflows

@Suite("A forged submission, signed again wherever the forger can, is refused")
struct ForgeryTests {
    /// The errors' codes in a submission that `forge` worked on.
    private func codes(_ forge: (Forger) throws -> Void) throws -> Set<SubmissionCode> {
        let (project, _, staged) = try TinyProject.honest.get()
        let folder = try project.copy(staged.folder)
        try forge(try Forger(folder))
        return Set(try project.check(folder).errors.map(\.code))
    }

    private static let metrics = "record/steps/evaluate-a-s0/outputs/metrics.json"

    @Test("a metric is raised, and everything but the verdicts is signed again")
    func metric() throws {
        let codes = try codes { forger in
            try forger.edit(ForgeryTests.metrics) { $0["trained"] = ["score": 0.99] }
            try forger.signSteps()
            try forger.signManifest()
            try forger.writeResultLogs()
            try forger.sign()
        }
        // Crate and result log are still those of the old metric.
        #expect(codes == [.verdicts, .recordText])
    }

    @Test("a metric is raised and the submission alone signed again: the record's signer did not write this")
    func metricWithoutKey() throws {
        let codes = try codes { forger in
            try forger.edit(ForgeryTests.metrics) { $0["trained"] = ["score": 0.99] }
            try forger.sign()
        }
        #expect(codes.contains(.recordFile), "\(codes)")
    }

    @Test("a verdict is raised in the manifest")
    func verdict() throws {
        let codes = try codes { forger in
            try forger.signSteps()
            try forger.signManifest { statement in
                var claims = statement.predicate["claims"]?.arrayValue ?? []
                claims[0]["verdict"] = "reproduced"
                statement.predicate["claims"] = .array(claims)
            }
            try forger.sign()
        }
        // The crate names the step logs and attestations that were signed before.
        #expect(codes == [.verdicts, .recordText])
    }

    @Test("a step was fed another seed than the plan's")
    func seed() throws {
        let codes = try codes { forger in
            try forger.edit("record/steps/train-a-s0/inputs.json") { $0["seed"] = 77 }
            try forger.signSteps()
            try forger.finishRecord()
            try forger.writeResultLogs()
            try forger.sign()
        }
        #expect(codes == [.recordInputs])
    }

    @Test("a step's attestation is another step's")
    func attestation() throws {
        let codes = try codes { forger in
            let other = try forger.bytes("record/steps/train-a-s1/attestation.dsse.json")
            let stolen = try Statement(payload: try Envelope.parse(other).payload)
            try forger.signSteps { step, statement in
                if step == "train-a-s0" { statement.predicate = stolen.predicate }
            }
            try forger.finishRecord()
            try forger.writeResultLogs()
            try forger.sign()
        }
        #expect(codes == [.recordAttestation])
    }

    @Test("a result log says more than the record")
    func resultLog() throws {
        let codes = try codes { forger in
            let file = "results/bench-1/tiny/result_0.txt"
            let text = String(decoding: try forger.bytes(file), as: UTF8.self)
            let raised = text.replacingOccurrences(of: "\"value\": 0.7,", with: "\"value\": 0.97,")
            #expect(raised != text, "\(text)")
            try forger.write(Array(raised.utf8), to: file)
            try forger.sign()
        }
        #expect(codes == [.resultLog])
    }

    @Test("the paper's number is lowered in the plan")
    func claim() throws {
        let codes = try codes { forger in
            try forger.editPlan { plan in
                var claims = plan["claims"]?.arrayValue ?? []
                claims[0]["value"] = 0.7
                plan["claims"] = .array(claims)
            }
            try forger.signSteps()
            try forger.finishRecord()
            try forger.writeResultLogs()
            try forger.sign()
        }
        #expect(codes == [.claims, .plan])
    }

    @Test("a claim's criterion is made easier")
    func criterion() throws {
        let codes = try codes { forger in
            try forger.editPlan { plan in
                var bindings = plan["bindings"]?.arrayValue ?? []
                bindings[0]["criterion"] = ["greater_than": 0.01]
                plan["bindings"] = .array(bindings)
            }
            try forger.signSteps()
            try forger.finishRecord()
            try forger.writeResultLogs()
            try forger.sign()
        }
        #expect(codes == [.plan])
    }

    @Test("the workflow that is brought along is an easier one")
    func workflow() throws {
        let codes = try codes { forger in
            try forger.edit("benchmarks/tiny/workflow/meta.json") { $0["variations"]?["paper"]?["parameters"] = ["steps": 10] }
            try forger.sign()
        }
        #expect(codes == [.digest])
    }

    @Test("a reduced run is submitted to the closed division")
    func closed() throws {
        let codes = try codes { forger in
            try forger.edit(SubmissionLayout.document) { $0["division"] = "closed" }
            try forger.edit("systems/bench-1.json") { $0["division"] = "closed" }
            try forger.writeResultLogs()
            try forger.sign()
        }
        // The rules that lie there are the open division's.
        #expect(codes == [.closedDivision, .malformed])
    }

    @Test("a deviation is not declared")
    func deviations() throws {
        let codes = try codes { forger in
            try forger.edit(SubmissionLayout.document) { $0["deviations"] = [] }
            try forger.sign()
        }
        #expect(codes == [.undeclaredDeviation])
    }

    @Test("a changed metrics file is passed off as redacted")
    func redaction() throws {
        let codes = try codes { forger in
            let original = SHA256Digest.of(try forger.bytes(ForgeryTests.metrics))
            try forger.edit(ForgeryTests.metrics) { json in
                json["trained"] = ["score": 0.99]
                json["note"] = "[user]"
            }
            let published = SHA256Digest.of(try forger.bytes(ForgeryTests.metrics))
            try forger.edit(SubmissionLayout.document) { json in
                json["redactions"] = [
                    [
                        "path": "steps/evaluate-a-s0/outputs/metrics.json", "kinds": ["user"], "original_sha256": .string(original.hex),
                        "sha256": .string(published.hex),
                    ]
                ]
            }
            try forger.sign()
        }
        #expect(codes.contains(.redaction) && codes.contains(.recordFile), "\(codes)")
    }

    @Test("a redacted log is not the one that was signed")
    func redactedLog() throws {
        let codes = try codes { forger in
            let log = "record/steps/train-a-s0/log.txt"
            try forger.write(Array("by [user]\n".utf8), to: log)
            try forger.edit(SubmissionLayout.document) { json in
                json["redactions"] = [
                    [
                        "path": "steps/train-a-s0/log.txt", "kinds": ["user"], "original_sha256": .string(SHA256Digest.of([9]).hex),
                        "sha256": .string(SHA256Digest.of("by [user]\n".utf8).hex),
                    ]
                ]
            }
            try forger.sign()
        }
        #expect(codes == [.redaction, .recordText])
    }

    @Test("the system has a better processor")
    func system() throws {
        let codes = try codes { forger in
            try forger.edit("systems/bench-1.json") { $0["host_processor_model_name"] = "Abacus 9000" }
            try forger.sign()
        }
        #expect(codes == [.systemDisagrees])
    }

    @Test("a field of the system description is missing")
    func incompleteSystem() throws {
        let codes = try codes { forger in
            try forger.edit("systems/bench-1.json") { $0["host_storage_type"] = nil }
            try forger.sign()
        }
        #expect(codes == [.systemIncomplete])
    }

    @Test("a kept state is swapped")
    func checkpoint() throws {
        let codes = try codes { forger in
            let other = try forger.bytes("record/steps/train-a-s1/outputs/checkpoints/step-5.safetensors")
            try forger.write(other, to: "record/steps/train-a-s0/outputs/checkpoints/step-5.safetensors")
            try forger.sign()
        }
        #expect(codes.contains(.recordFile), "\(codes)")
    }

    @Test("some outputs are chosen and the others left out")
    func selection() throws {
        let left = try codes { forger in
            try forger.remove("record/steps/train-a-s0/outputs/checkpoints/step-5.safetensors")
            try forger.sign()
        }
        #expect(left.contains(.recordFile), "\(left)")
        let chosen = try codes { forger in
            try forger.edit(SubmissionLayout.document) { json in
                json["checkpoints"] = ["included": false, "files": 12, "bytes": 0, "reason": "too large"]
            }
            try forger.remove("record/steps/train-a-s0/outputs/checkpoints/step-5.safetensors")
            try forger.sign()
        }
        #expect(chosen == [.checkpoints])
    }

    @Test("the worst replicate is dropped from the matrix")
    func replicate() throws {
        let codes = try codes { forger in
            try forger.editPlan { plan in
                plan["matrix"]?["seeds"] = 2
                plan["steps"] = .array((plan["steps"]?.arrayValue ?? []).filter { $0["replicate"] != 3 })
            }
            for step in ["train-a-s2", "train-b-s2", "evaluate-a-s2", "evaluate-b-s2"] { try forger.remove("record/steps/" + step) }
            try forger.signSteps()
            try forger.finishRecord()
            try forger.remove("results/bench-1/tiny/result_2.txt")
            try forger.writeResultLogs()
            try forger.edit(SubmissionLayout.document) { $0["checkpoints"]?["files"] = 8 }
            try forger.sign()
        }
        #expect(codes.contains(.plan), "\(codes)")
        #expect(codes.isSubset(of: [.plan, .undeclaredDeviation, .checkpoints]), "\(codes)")
    }

    @Test("it is signed with another key than the one it brings")
    func otherKey() throws {
        let codes = try codes { try $0.sign(bringingKey: false) }
        #expect(codes == [.signerKey])
    }

    @Test("a file was changed after it was signed")
    func changed() throws {
        let codes = try codes { forger in try forger.edit("systems/bench-1.json") { $0["hw_notes"] = "fast" } }
        #expect(codes == [.digest])
    }

    @Test("another recorder's key lies beside the record")
    func recordKey() throws {
        let codes = try codes { forger in
            try forger.write(Array(forger.key.publicKey.pem.utf8), to: SubmissionLayout.recordKey)
            try forger.sign()
        }
        #expect(codes.contains(.recordManifest), "\(codes)")
    }

    @Test("a file that belongs to no submission lies in it")
    func extraFile() throws {
        let beside = try codes { forger in
            try forger.write(Array("install me".utf8), to: "setup.sh")
            try forger.sign()
        }
        #expect(beside == [.unknownFile])
        let inside = try codes { forger in
            try forger.write(Array("install me".utf8), to: "record/setup.sh")
            try forger.sign()
        }
        #expect(inside.contains(.recordFile), "\(inside)")
    }

    // MARK: - The record's own texts, under a manifest that the forger signs

    @Test(
        "a file that belongs to no record is in it, and the manifest names it",
        arguments: ["setup.sh", "any/where/malware.exe", "steps/train-a-s0/run.sh"])
    func signedExtraFile(file: String) throws {
        let codes = try codes { forger in
            try FileManager.default.createDirectory(
                atPath: ("\(forger.run.path)/\(file)" as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try forger.write(Array("install me".utf8), to: "record/" + file)
            try forger.signSteps()
            try forger.finishRecord()
            try forger.sign()
        }
        #expect(codes.contains(.unknownFile), "\(codes)")
    }

    @Test("what should describe a step's machine says something else", arguments: ["{}", "install me", #"{"cores": 2, "note": "fast"}"#])
    func machine(text: String) throws {
        let codes = try codes { forger in
            try forger.write(Array(text.utf8), to: "record/steps/train-a-s0/environment.json")
            try forger.signSteps()
            try forger.finishRecord()
            try forger.sign()
        }
        #expect(codes.contains(.recordText), "\(codes)")
    }

    @Test("a text of the record says something else, and the manifest names it")
    func signedTexts() throws {
        func codes(_ file: String, _ text: String) throws -> Set<SubmissionCode> {
            try self.codes { forger in
                try forger.write(Array(text.utf8), to: "record/" + file)
                try forger.signStepsAsTheyAre()
                try forger.signManifest()
                try forger.sign()
            }
        }
        for page in ["<script>alert(1)</script>", "<p onclick=x()>", "<a href=https://example.org>", "<img alt=\">\" src=//a.b/c>"] {
            #expect(try codes("report.html", page).contains(.recordText), "\(page)")
        }
        #expect(try codes("ro-crate-metadata.json", "{}").contains(.recordText))
        #expect(try codes("result.mllog", "lies").contains(.recordText))
        #expect(try codes("steps/evaluate-a-s0/result.mllog", "lies").contains(.recordText))
    }

    @Test("the report is another: that it is no report of this version is said, and nothing more could be")
    func otherReport() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let forger = try Forger(try project.copy(staged.folder))
        try forger.write(Array("<p>all reproduced</p>".utf8), to: "record/report.html")
        try forger.signStepsAsTheyAre()
        try forger.signManifest()
        try forger.sign()
        let checked = try project.check(forger.folder)
        // The crate names the report that was there.
        #expect(checked.errors.map(\.place) == ["record/ro-crate-metadata.json"], "\(checked.errors)")
        #expect(checked.notes.contains { $0.code == .otherText && $0.place == "record/report.html" })
    }

    @Test("report and crate are left out", arguments: ["report.html", "ro-crate-metadata.json", "steps/train-a-s0/result.mllog"])
    func leftOut(file: String) throws {
        let codes = try codes { forger in
            try forger.remove("record/" + file)
            try forger.signStepsAsTheyAre()
            try forger.signManifest()
            try forger.sign()
        }
        #expect(codes.contains(.missingFile), "\(codes)")
    }

    // MARK: - Another workflow or paper under the project's names

    /// A run of a changed project under the same alias, uid and version, looked at by who has the honest one.
    private func checked(
        byHonestReader change: (inout String, inout String) -> Void, variation: String = "paper"
    ) throws -> CheckedSubmission {
        let (honest, _, _) = try TinyProject.honest.get()
        let forged = try TinyProject()
        defer { forged.remove() }
        func read(_ path: String) throws -> String {
            String(decoding: try BoundedFile.read(forged.folder + "/" + path, limit: 1 << 20), as: UTF8.self)
        }
        let files = ("project/workflows/tiny/meta.json", "project/artifacts/paper/tiny-paper/claims.json")
        var (workflow, claims) = (try read(files.0), try read(files.1))
        let before = (workflow, claims)
        change(&workflow, &claims)
        #expect(before != (workflow, claims))
        try forged.write(workflow, to: files.0)
        try forged.write(claims, to: files.1)
        let staged = try forged.stage(try forged.run(variation: variation))
        return try honest.check(staged.folder)
    }

    @Test(
        "the workflow is the forger's own, easier, under the project's alias, uid and version: it does not rank, and how it differs is listed"
    )
    func ownWorkflow() throws {
        let checked = try checked { workflow, _ in
            workflow = workflow.replacingOccurrences(of: "\"greater_than\": 0.5", with: "\"greater_than\": 0.01")
                .replacingOccurrences(of: "\"default\": 100", with: "\"default\": 1")
        }
        #expect(!checked.isComparable && checked.incomparableReason?.contains("workflow/tiny") == true, "\(checked.findings)")
        let notes = checked.notes.filter { $0.code == .differsFromOurs }.map(\.problem)
        #expect(notes.contains { $0.contains("criteria") } && notes.contains { $0.contains("steps is 1,") }, "\(notes)")
        #expect(checked.notes.contains { $0.code == .otherWorkflow })
        #expect(checked.verdictLine?.hasPrefix("verdicts by its own workflow") == true)
        #expect(try TinyProject.honest.get().staged.checked.isComparable)
    }

    @Test("the paper's numbers are the forger's own, under another version: they do not rank")
    func ownPaper() throws {
        let (honest, _, _) = try TinyProject.honest.get()
        let forged = try TinyProject()
        defer { forged.remove() }
        for (file, from, to) in [
            ("meta.json", "\"version\": \"1.0.0\"", "\"version\": \"1.0.9\""), ("claims.json", "\"value\": 0.9", "\"value\": 0.45"),
        ] {
            let path = "project/artifacts/paper/tiny-paper/" + file
            let text = String(decoding: try BoundedFile.read(forged.folder + "/" + path, limit: 1 << 20), as: UTF8.self)
            let changed = text.replacingOccurrences(of: from, with: to)
            #expect(changed != text)
            try forged.write(changed, to: path)
        }
        let checked = try honest.check(try forged.stage(try forged.run()).folder)
        #expect(!checked.isComparable && checked.notes.contains { $0.code == .otherClaims }, "\(checked.findings)")
        #expect(checked.verdictLine?.hasPrefix("verdicts by its own workflow") == true)
    }

    @Test("the workflow is left out, so that no departure of its parameters can be derived: the reader is told, and it does not rank")
    func withoutWorkflow() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let parent = project.folder + "/staged-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let staged = try SubmissionBuilder(run, trusted: [project.key.publicKey], catalogue: nil)
            .stage(.init(submitter: "Some Lab", system: TinyProject.system), key: project.key, in: parent)
        // What is made without a project is accepted in one, and in none.
        for catalogue in [try project.catalogue(), nil] {
            let checked = try SubmissionChecker(trusted: [project.key.publicKey], catalogue: catalogue).check(folder: staged.folder)
            #expect(checked.isAccepted && !checked.isComparable, "\(checked.errors)")
            #expect(checked.notes.contains { $0.code == .deviationsUnknown })
        }
        // Nor can one that declares departures leave out what they are derived from.
        let codes = try codes { forger in
            try forger.remove("benchmarks/tiny/workflow")
            try forger.sign()
        }
        #expect(codes.contains(.missingFile), "\(codes)")
    }

    // MARK: - Text that people read and run

    @Test(
        "a name in the plan would be a command",
        arguments: [("variation", "smoke; touch /tmp/pwned #"), ("title", "Best run ever\n# Certified")])
    func command(field: String, text: String) throws {
        let codes = try codes { forger in
            try forger.editPlan { $0[field] = .string(text) }
            try forger.signStepsAsTheyAre()
            try forger.signManifest()
            try forger.sign()
        }
        #expect(codes.contains(.recordPlan), "\(codes)")
    }

    @Test("the rules are others, or none")
    func rules() throws {
        let codes = try codes { forger in
            try forger.edit("benchmarks/tiny/rules.json") { $0["rules"] = [] }
            try forger.sign()
        }
        #expect(codes == [.malformed])
        let other = try self.codes { forger in
            try forger.edit("benchmarks/tiny/rules.json") { $0["format"] = "reprise.rules/v9" }
            try forger.sign()
        }
        #expect(other.isEmpty)
    }

    @Test("a folder stands where a file belongs")
    func folderForFile() throws {
        let codes = try codes { forger in
            try forger.remove(SubmissionLayout.readme)
            try FileManager.default.createDirectory(
                atPath: forger.folder + "/" + SubmissionLayout.readme, withIntermediateDirectories: true)
            try forger.sign()
        }
        #expect(codes == [.missingFile])
    }

    @Test("the archive holds the tree without the submitter's folder")
    func archiveWithoutFolder() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let prefix = staged.name + "/"
        func archive(_ name: String, _ path: (String) -> String) throws -> CheckedSubmission {
            let file = project.folder + "/\(name)-\(UUID().uuidString).tar.zst"
            try ArchiveWriter.write(
                staged.files.map { record in
                    ArchiveEntry(
                        path: path(record.path),
                        source: .file(staged.folder + "/" + record.path.dropFirst(prefix.count), bytes: record.bytes))
                }.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }, to: file)
            let unpacked = try UnpackedSubmission(file)
            defer { unpacked.remove() }
            return try unpacked.checked(
                by: SubmissionChecker(trusted: [project.key.publicKey], catalogue: try project.catalogue()))
        }
        #expect(try archive("whole") { $0 }.isAccepted)
        #expect(try archive("bare") { String($0.dropFirst(prefix.count)) }.errors.map(\.code) == [.layout])
        #expect(try archive("other") { "other-lab/" + $0.dropFirst(prefix.count) }.errors.map(\.code) == [.layout])
    }

    @Test("a file is missing")
    func missingFile() throws {
        let codes = try codes { forger in
            try forger.remove("results/bench-1/tiny/result_1.txt")
            try forger.sign()
        }
        #expect(codes == [.missingFile])
    }

    @Test("a log tells whose machine it was")
    func privatePath() throws {
        let codes = try codes { forger in
            try forger.write(Array("wrote /home/marlene/data\n".utf8), to: "record/steps/train-a-s0/log.txt")
            try forger.signSteps()
            try forger.finishRecord()
            try forger.writeResultLogs()
            try forger.sign()
        }
        #expect(codes == [.privateData])
    }

    @Test("the bare signature for OpenSSL is another")
    func bareSignature() throws {
        let codes = try codes { forger in
            try forger.write(try forger.key.sign([1]), to: SubmissionLayout.manifestSignature)
            try forger.sign()
        }
        #expect(codes == [.openSSLFiles])
    }

    @Test("another run is named than the one whose record it holds")
    func identity() throws {
        let codes = try codes { forger in
            try forger.edit(SubmissionLayout.document) { $0["variation"] = "paper" }
            try forger.sign()
        }
        #expect(codes == [.identity])
    }

    @Test("what is no submission.json is refused by the field")
    func malformed() throws {
        let codes = try codes { forger in
            try forger.edit(SubmissionLayout.document) { $0["certified"] = true }
            try forger.sign()
        }
        #expect(codes == [.malformed])
    }

    @Test(
        "a whole record invented with a key of one's own passes the check: that is what an audit is for, and the reader is told whose word it is"
    )
    func invention() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let forger = try Forger(try project.copy(staged.folder))
        try forger.edit(ForgeryTests.metrics) { $0["trained"] = ["score": 0.99] }
        try forger.signSteps()
        try forger.finishRecord()
        try forger.writeResultLogs()
        try forger.sign()
        let checked = try project.check(forger.folder)
        #expect(checked.isAccepted, "\(checked.errors)")
        #expect(checked.notes.contains { $0.code == .unknownSigner })
        let named = try project.check(forger.folder, only: project.key.publicKey)
        #expect(named.errors.map(\.code) == [.untrustedKey])
    }
}
