import Foundation
import Integrity
import Testing

@Suite("reprise audit", .serialized)
struct AuditTests {
    let run: FinishedRun

    init() throws { run = try FinishedRun.shared.get() }

    @Test("an honest run passes, segment by segment, and the same random seed selects the same segments")
    func honest() throws {
        let all = try run.program("audit", run.folder, "--all", "--json")
        #expect(all.status == 0 && all.json?["passed"] == true, "\(all)")
        #expect(all.json?["findings"]?.arrayValue?.count == 4, "two trainings of two segments each: \(all)")
        let once = try run.program("audit", run.folder, "--random", "5", "--json")
        let again = try run.program("audit", run.folder, "--random", "5", "--json")
        func segments(_ outcome: Program.Outcome) -> [JSONValue?] { (outcome.json?["findings"]?.arrayValue ?? []).map { $0["segment"] } }
        #expect(segments(once).count == 2 && segments(once) == segments(again), "\(once)\(again)")
    }

    @Test("with --evaluations the metrics are computed again: honest ones agree, invented ones do not")
    func evaluations() throws {
        let honest = try run.program("audit", run.folder, "--evaluations", "--json")
        #expect(honest.status == 0 && honest.json?["evaluations"]?.arrayValue?.count == 2, "\(honest)")
        let forged = try forge { training in
            let path = (training as NSString).deletingLastPathComponent + "/evaluate-vae/outputs/metrics.json"
            var metrics = try JSONValue.parse(try BoundedFile.read(path, limit: 1 << 24))
            metrics["trained"] = try #require(metrics["untrained"])
            try AtomicFile.write(Array(metrics.prettyText().utf8), to: path)
        }
        let audited = try run.program("audit", forged, "--evaluations")
        #expect(audited.status == 1 && audited.output.contains("✗ evaluate-vae: its metrics, computed again"), "\(audited)")
    }

    @Test("a run computed with OpenBLAS is audited for closeness, and the audit says that this is weaker")
    func openblas() throws {
        let outcome = try run.program("run", "quickstart", "--variation", "smoke", "--arithmetic", "openblas", "--json")
        let folder = try #require(outcome.json?["folder"]?.stringValue)
        let audited = try run.program("audit", folder)
        #expect(audited.status == 0 && audited.output.contains("weaker"), "\(audited)")
        // Other kernels, other rounding: close, not equal.
        var elsewhere = run.program
        elsewhere.environment["OPENBLAS_CORETYPE"] = "Prescott"
        let other = try elsewhere("audit", folder, "--all")
        #expect(other.status == 0 && other.output.contains("close"), "\(other)")
    }

    @Test("a record that does not hold is not audited")
    func brokenRecord() throws {
        let copy = try run.copy()
        try Data([1]).write(to: URL(fileURLWithPath: copy + "/report.html"))
        let outcome = try run.program("audit", copy)
        #expect(outcome.status == 1 && outcome.output.contains("report.html"), "\(outcome)")
    }

    /// A copy of the run in which the forger changed files of a training and redid every digest and signature with the key that is trusted.
    private func forge(_ change: (_ training: String) throws -> Void) throws -> String {
        let copy = try run.copy()
        let key = try SigningKey(
            pem: String(decoding: try BoundedFile.read(run.program.home + "/keys/default.pem", limit: 1 << 16), as: UTF8.self))
        func resign(_ path: String, root: String, _ edit: (inout Statement) throws -> Void) throws {
            var statement = try Statement(payload: try Envelope.parse(try BoundedFile.read(path, limit: 1 << 24)).payload)
            for index in statement.subject.indices {
                statement.subject[index].digest = try SHA256Digest.ofFile(at: root + "/" + statement.subject[index].name).digest
            }
            try edit(&statement)
            try AtomicFile.write(try statement.signed(with: key).bytes, to: path)
        }
        let training = copy + "/steps/train-vae"
        try change(training)
        // What was fed with the changed files: the evaluation's inputs file and the dependencies that its attestation names.
        let weights = try SHA256Digest.ofFile(at: training + "/outputs/weights.safetensors").digest
        let evaluation = copy + "/steps/evaluate-vae"
        var inputs = try JSONValue.parse(try BoundedFile.read(evaluation + "/inputs.json", limit: 1 << 24))
        var given = try #require(inputs["inputs"]?["training"])
        given["files"] = [
            [
                "path": "weights.safetensors", "sha256": .string(weights.hex),
                "bytes": .number(Double(try BoundedFile.read(training + "/outputs/weights.safetensors", limit: 1 << 28).count)),
            ]
        ]
        var all = try #require(inputs["inputs"])
        all["training"] = given
        inputs["inputs"] = all
        try AtomicFile.write(Array(inputs.prettyText().utf8), to: evaluation + "/inputs.json")
        let key256 = try SHA256Digest.ofFile(at: evaluation + "/inputs.json").digest
        try resign(training + "/attestation.dsse.json", root: training) { _ in }
        try resign(evaluation + "/attestation.dsse.json", root: evaluation) { statement in
            var provenance = try Provenance(predicate: statement.predicate)
            provenance.internalParameters["cache_key"] = .string(key256.hex)
            for index in provenance.resolvedDependencies.indices
            where provenance.resolvedDependencies[index].name == "steps/train-vae/outputs/weights.safetensors" {
                provenance.resolvedDependencies[index].digest = weights
            }
            statement.predicate = provenance.predicate
        }
        try resign(copy + "/manifest.dsse.json", root: copy) { _ in }
        return copy
    }

    private func flipBit(in path: String) throws {
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes[bytes.count - 1001] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func expectCaught(_ copy: String) throws {
        let verified = try run.program("verify", copy)
        #expect(verified.status == 0, "the forger did not do the job well, so this proves nothing: \(verified)")
        let audited = try run.program("audit", copy, "--all")
        #expect(audited.status == 1 && audited.output.contains("✗ train-vae"), "\(audited)")
    }

    private func checkpoint(_ training: String) -> String { training + "/outputs/checkpoints/step-000000030.safetensors" }

    @Test("one bit of a checkpoint changed, with all digests and signatures redone: verification holds, the audit does not")
    func changedCheckpoint() throws {
        try expectCaught(try forge { try flipBit(in: checkpoint($0)) })
    }

    @Test("one bit of the final weights changed, with all digests and signatures redone, is caught")
    func changedWeights() throws {
        try expectCaught(try forge { try flipBit(in: $0 + "/outputs/weights.safetensors") })
    }

    /// Puts the states of another training in the place of the recorded ones. A state says which training it belongs to; a careful forger
    /// changes that as well, by `relabel`.
    private func forge(with arguments: [String], relabel: (String, String)?) throws -> String {
        let other = try run.program.run(["run", "quickstart", "--variation", "smoke", "--json"] + arguments)
        let folder = try #require(other.json?["folder"]?.stringValue, "\(other)") + "/steps/train-vae"
        return try forge { training in
            for path in [checkpoint(training), training + "/outputs/weights.safetensors"] {
                var bytes = try #require(FileManager.default.contents(atPath: folder + path.dropFirst(training.count)))
                if let (old, new) = relabel, let range = bytes.range(of: Data(old.utf8)) {
                    #expect(old.utf8.count == new.utf8.count)
                    bytes.replaceSubrange(range, with: Data(new.utf8))
                }
                try bytes.write(to: URL(fileURLWithPath: path))
            }
        }
    }

    @Test(
        "states of a training with another seed, with other batches of data, or with another learning rate are caught, relabelled or not",
        arguments: [
            (["--seed", "4"], #""seed":"4""#, #""seed":"3""#),
            (["--seed", "3", "--set", "batch_size=7"], #""batch size":"7""#, #""batch size":"8""#),
            (["--seed", "3", "--set", "learning_rate=0.002"], "0.002", "0.001"),
        ])
    func otherTraining(arguments: [String], old: String, new: String) throws {
        try expectCaught(try forge(with: arguments, relabel: nil))
        let relabelled = try forge(with: arguments, relabel: (old, new))
        try expectCaught(relabelled)
        let audited = try run.program("audit", relabelled, "--all")
        #expect(audited.output.contains("the replay ends in"), "the label, not the bits, gave it away: \(audited)")
    }

    @Test("states of a training that met the same images in another order are caught")
    func otherOrder() throws {
        let other = try run.copy()
        // The same images, last first, under the honest data's name: the step trains on them without a word about it.
        let data = other + "/steps/data/outputs/sprites-32.npy"
        let bytes = try #require(FileManager.default.contents(atPath: data))
        let image = 32 * 32
        let header = bytes.count % image
        var reversed = bytes.prefix(header)
        for start in stride(from: bytes.count - image, to: header - 1, by: -image) { reversed += bytes[start..<start + image] }
        #expect(reversed.count == bytes.count && reversed != bytes)
        try reversed.write(to: URL(fileURLWithPath: data))
        let step = other + "/steps/train-vae"
        for name in ["outputs", "scratch"] {
            try? FileManager.default.removeItem(atPath: step + "/" + name)
            try FileManager.default.createDirectory(atPath: step + "/" + name, withIntermediateDirectories: true)
        }
        let process = run.program.process(["step", "reprise-step", "train-topographic-vae"])
        process.currentDirectoryURL = URL(fileURLWithPath: other)
        process.environment?.merge([
            "REPRISE_STEP_INPUTS": step + "/inputs.json", "REPRISE_STEP_OUTPUTS": step + "/outputs",
            "REPRISE_STEP_SCRATCH": step + "/scratch",
        ]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let forged = try forge { training in
            for path in [checkpoint(training), training + "/outputs/weights.safetensors"] {
                let found = try #require(FileManager.default.contents(atPath: step + path.dropFirst(training.count)))
                try found.write(to: URL(fileURLWithPath: path))
            }
        }
        try expectCaught(forged)
        let audited = try run.program("audit", forged, "--all")
        #expect(audited.output.contains("the replay ends in"), "the label, not the bits, gave it away: \(audited)")
    }

    @Test("a kept state that is not the one that was signed is found when a replay starts from it, and by verify in any case")
    func unsignedState() throws {
        let copy = try run.copy()
        try flipBit(in: checkpoint(copy + "/steps/train-vae"))
        let audited = try run.program("audit", copy, "--all")
        #expect(audited.status == 1 && audited.output.contains("step-000000030.safetensors is not the state"), "\(audited)")
        let verified = try run.program("verify", copy)
        #expect(verified.status == 1 && verified.output.contains("step-000000030.safetensors"), "\(verified)")
    }

    @Test("a skipped segment is caught")
    func skippedSegment() throws {
        // The first half of the training presented as all of it.
        let half = try run.program("run", "quickstart", "--variation", "smoke", "--seed", "3", "--set", "steps=30", "--json")
        let folder = try #require(half.json?["folder"]?.stringValue) + "/steps/train-vae"
        try expectCaught(
            try forge { training in
                let weights = "/outputs/weights.safetensors"
                try FileManager.default.removeItem(atPath: training + weights)
                try FileManager.default.copyItem(atPath: folder + weights, toPath: training + weights)
            })
    }
}
