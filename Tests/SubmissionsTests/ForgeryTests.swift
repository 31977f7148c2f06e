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
        #expect(codes == [.verdicts])
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
        #expect(codes == [.verdicts])
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
        #expect(codes == [.closedDivision])
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
        #expect(codes == [.redaction])
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
