import Foundation
import Integrity
import Testing

@Suite("reprise verify", .serialized)
struct VerifyTests {
    let run: FinishedRun

    init() throws { run = try FinishedRun.shared.get() }

    @Test("an untouched run holds")
    func untouched() throws {
        let outcome = try run.program("verify", run.folder)
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test("one flipped byte in any file of the run is found and the file is named")
    func flippedByte() throws {
        let copy = try run.copy()
        for file in run.files {
            let path = copy + "/" + file
            let original = try #require(FileManager.default.contents(atPath: path))
            guard !original.isEmpty else { continue }
            // First, last, and one in between that differs from file to file.
            for position in Set([0, original.count - 1, file.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xffffff } % original.count]) {
                var damaged = original
                damaged[position] ^= 0x04
                try damaged.write(to: URL(fileURLWithPath: path))
                let outcome = try run.program("verify", copy)
                #expect(outcome.status == 1, "byte \(position) of \(file): \(outcome)")
                #expect(outcome.output.contains(file), "byte \(position) of \(file): \(outcome)")
            }
            try original.write(to: URL(fileURLWithPath: path))
        }
        let mended = try run.program("verify", copy)
        #expect(mended.status == 0, "\(mended)")
    }

    @Test("a deleted file is found and named")
    func deletedFile() throws {
        let copy = try run.copy()
        for file in run.files {
            let path = copy + "/" + file
            let original = try #require(FileManager.default.contents(atPath: path))
            try FileManager.default.removeItem(atPath: path)
            let outcome = try run.program("verify", copy)
            #expect(outcome.status == 1 && outcome.output.contains(file), "\(file): \(outcome)")
            try original.write(to: URL(fileURLWithPath: path))
        }
    }

    @Test("an added file or link is found and named")
    func addedFile() throws {
        let copy = try run.copy()
        let added = "steps/train-tvae/outputs/extra.bin"
        try Data([1]).write(to: URL(fileURLWithPath: copy + "/" + added))
        var outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains(added), "\(outcome)")
        try FileManager.default.removeItem(atPath: copy + "/" + added)
        try FileManager.default.createSymbolicLink(atPath: copy + "/" + added, withDestinationPath: "weights.safetensors")
        outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains(added), "\(outcome)")
    }

    @Test("empty folders and names that are not UTF-8 are found")
    func oddEntries() throws {
        let copy = try run.copy()
        try FileManager.default.createDirectory(atPath: copy + "/steps/data/outputs/empty/inner", withIntermediateDirectories: true)
        var outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains("steps/data/outputs/empty/inner"), "\(outcome)")
        try FileManager.default.removeItem(atPath: copy + "/steps/data/outputs/empty")
        let name: [CChar] = (copy + "/").utf8CString.dropLast() + [-1, 0x2e, 0x74, 0]
        close(open(name, O_WRONLY | O_CREAT, 0o644))
        outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains("UTF-8"), "\(outcome)")
    }

    @Test("a manifest of another run is found and named")
    func otherManifest() throws {
        let other = try run.program("run", "quickstart", "--variation", "smoke", "--seed", "3", "--json")
        let folder = try #require(other.json?["folder"]?.stringValue)
        let copy = try run.copy()
        try FileManager.default.removeItem(atPath: copy + "/manifest.dsse.json")
        try FileManager.default.copyItem(atPath: folder + "/manifest.dsse.json", toPath: copy + "/manifest.dsse.json")
        let outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains("✗ manifest.dsse.json"), "\(outcome)")
    }

    @Test("swapped attestations are found and named")
    func swappedAttestations() throws {
        let copy = try run.copy()
        let names = ["steps/train-tvae/attestation.dsse.json", "steps/train-vae/attestation.dsse.json"]
        let contents = names.map { FileManager.default.contents(atPath: copy + "/" + $0) }
        try #require(contents[0]).write(to: URL(fileURLWithPath: copy + "/" + names[1]))
        try #require(contents[1]).write(to: URL(fileURLWithPath: copy + "/" + names[0]))
        let outcome = try run.program("verify", copy)
        #expect(outcome.status == 1, "\(outcome)")
        for name in names { #expect(outcome.output.contains(name), "\(outcome)") }
    }

    @Test("a record signed by a key that is not trusted does not hold")
    func untrustedKey() throws {
        let stranger = Program()
        try stranger("keys", "generate")
        let outcome = try stranger("verify", run.folder)
        #expect(outcome.status == 1 && outcome.output.contains("manifest.dsse.json"), "\(outcome)")
        let named = try run.program("verify", run.folder, "--key", stranger.home + "/keys/default.pub.pem")
        #expect(named.status == 1 && named.output.contains("manifest.dsse.json"), "\(named)")
    }

    @Test("a manifest signed anew by a stranger over changed metrics does not hold")
    func forgedManifest() throws {
        let copy = try run.copy()
        let stranger = try SigningKey.generate(.ecdsaP256)
        let path = copy + "/manifest.dsse.json"
        let envelope = try Envelope.parse(try BoundedFile.read(path, limit: 1 << 24))
        let forged = try Statement(payload: envelope.payload).signed(with: stranger)
        try AtomicFile.write(forged.bytes, to: path)
        let outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains("manifest.dsse.json"), "\(outcome)")
    }

    @Test("a stranger who trusts the key finds that the record holds")
    func trustedKey() throws {
        let stranger = Program()
        try stranger("keys", "trust", run.program.home + "/keys/default.pub.pem", "--name", "author")
        let outcome = try stranger("verify", run.folder)
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test("verdicts that do not follow from the metrics are found even when correctly signed")
    func dishonestVerdicts() throws {
        let copy = try run.copy()
        try sign(copy) { statement in
            var claims = try #require(statement.predicate["claims"]?.arrayValue)
            claims[0]["verdict"] = "reproduced"
            statement.predicate["claims"] = .array(claims)
        }
        let outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains("do not follow"), "\(outcome)")
    }

    /// Changes a copy's manifest and signs it with the run's own key.
    private func sign(_ copy: String, _ change: (inout Statement) throws -> Void) throws {
        let key = try SigningKey(
            pem: String(decoding: try BoundedFile.read(run.program.home + "/keys/default.pem", limit: 1 << 16), as: UTF8.self))
        let path = copy + "/manifest.dsse.json"
        var statement = try Statement(payload: try Envelope.parse(try BoundedFile.read(path, limit: 1 << 24)).payload)
        try change(&statement)
        try AtomicFile.write(try statement.signed(with: key).bytes, to: path)
    }

    @Test(
        "no part of the signed test result may be other than the record gives it",
        arguments: ["passedTests", "failedTests", "warnedTests", "configuration", "url", "note"])
    func dishonestTestResult(member: String) throws {
        let copy = try run.copy()
        let said: JSONValue =
            switch member {
            case "configuration": []
            case "url", "note": "https://example.org/"
            default: ["a claim of one's own"]
            }
        try sign(copy) { $0.predicate[member] = said }
        let outcome = try run.program("verify", copy)
        #expect(outcome.status == 1 && outcome.output.contains("do not follow"), "\(outcome)")
        #expect(outcome.output.contains("\(member) differs"), "\(outcome)")
    }

    @Test("a plan that its workflow does not give is found even when correctly signed")
    func dishonestPlan() throws {
        let copy = try run.copy()
        let path = copy + "/run.json"
        var record = try JSONValue.parse(try BoundedFile.read(path, limit: 1 << 24))
        var plan = try #require(record["plan"])
        plan["protocol_notes"] = []
        record["plan"] = plan
        record["plan_sha256"] = .string(SHA256Digest.of(plan.canonicalBytes()).hex)
        try AtomicFile.write(Array(record.prettyText().utf8), to: path)
        let digest = try SHA256Digest.ofFile(at: path).digest
        try sign(copy) { statement in
            for index in statement.subject.indices where statement.subject[index].name == "run.json" {
                statement.subject[index].digest = digest
            }
        }
        let outcome = try run.program("verify", copy)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(
            outcome.output.contains("run.json: its plan is not what workflow/quickstart gives: protocol_notes differs"), "\(outcome)")
    }

    @Test("a plan is compared where the project has the run's artifacts, and where it has others this is said")
    func otherWorkflow() throws {
        let same = try run.program("verify", run.folder, "--json")
        #expect(same.status == 0 && same.json?["plan_compared"] == .bool(true), "\(same)")
        let repository = try Repository()
        try repository.edit("workflows/quickstart/meta.json") { $0["description"] = "Changed since." }
        var program = run.program
        program.repository = repository.program.repository
        let text = try program("verify", run.folder)
        #expect(text.status == 0 && text.output.contains("the plan was not compared: workflow/quickstart is another here"), "\(text)")
        let json = try program("verify", run.folder, "--json")
        #expect(json.status == 0 && json.json?["plan_compared"] == .bool(false), "\(json)")
    }

    @Test("a record is verified where there is no project at all")
    func noProject() throws {
        let folder = Program.temporaryFolder("nowhere")
        let executable = folder + "/reprise"
        try FileManager.default.copyItem(atPath: Program.executable, toPath: executable)
        var program = run.program
        program.repository = folder
        let process = program.process(["verify", run.folder])
        process.executableURL = URL(fileURLWithPath: executable)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && output.contains("the plan was not compared"), "\(output)")
    }

    @Test("--json names the findings for programs")
    func json() throws {
        let copy = try run.copy()
        try Data("{}".utf8).write(to: URL(fileURLWithPath: copy + "/report.html"))
        let outcome = try run.program("verify", copy, "--json")
        #expect(outcome.status == 1)
        #expect(outcome.json?["verified"] == .bool(false))
        #expect(outcome.json?["findings"]?.arrayValue?.contains { $0["path"] == "report.html" } == true, "\(outcome)")
    }

    @Test("a record published without its outputs holds for --record alone, which still finds what was changed or removed besides")
    func recordAlone() throws {
        let copy = try run.copy()
        for path in run.files where path.hasSuffix(".safetensors") || path.hasSuffix(".npy") {
            try FileManager.default.removeItem(atPath: copy + "/" + path)
        }
        try? FileManager.default.removeItem(atPath: copy + "/steps/train-tvae/outputs/checkpoints")
        try? FileManager.default.removeItem(atPath: copy + "/steps/train-vae/outputs/checkpoints")
        let whole = try run.program("verify", copy)
        #expect(whole.status == 1 && whole.output.contains("weights.safetensors: missing"), "\(whole)")
        #expect(whole.output.hasSuffix("only outputs are absent: a published record is verified with --record\n"), "\(whole)")
        let audit = try run.program("audit", copy)
        #expect(audit.status == 1 && audit.errors.contains("only outputs are absent") && audit.errors.contains("whole folder"), "\(audit)")
        let record = try run.program("verify", copy, "--record", "--json")
        #expect(record.status == 0 && (record.json?["absent_outputs"]?.integerValue ?? 0) >= 3, "\(record)")

        try FileManager.default.removeItem(atPath: copy + "/steps/train-vae/outputs/metrics.json")
        let noMetrics = try run.program("verify", copy, "--record")
        #expect(noMetrics.status == 1, "\(noMetrics)")
        let more = try run.program("verify", copy)
        #expect(more.status == 1 && !more.output.contains("--record"), "\(more)")
        let other = try run.copy()
        try FileManager.default.removeItem(atPath: other + "/steps/train-vae/attestation.dsse.json")
        let noAttestation = try run.program("verify", other, "--record")
        #expect(noAttestation.status == 1 && noAttestation.output.contains("attestation.dsse.json: missing"), "\(noAttestation)")
    }

    @Test(
        "keep-results without its two arguments: exit 2, and how it is called",
        arguments: [[], ["folder"], ["folder", ""], ["a", "b", "c"]] as [[String]])
    func keepResultsUsage(arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.root + "/scripts/keep-results")
        process.arguments = arguments
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2 && text == "usage: keep-results RUN-FOLDER DESTINATION\n", "\(text)")
    }
}
