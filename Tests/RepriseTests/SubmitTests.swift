import Foundation
import Integrity
import Testing

@Suite("reprise submit and reprise check")
struct SubmitTests {
    /// A program with a key of its own, and a folder for archives.
    private func submitter() throws -> (program: Program, folder: String) {
        let program = Program()
        try program("keys", "generate")
        return (program, Program.temporaryFolder("submissions"))
    }

    private func codes(_ outcome: Program.Outcome, severity: String) -> Set<String> {
        Set(
            (outcome.json?["findings"]?.arrayValue ?? []).filter { $0["severity"]?.stringValue == severity }.compactMap {
                $0["code"]?.stringValue
            })
    }

    @Test(
        "a published record is submitted without its outputs, signed by another than its recorder, and checks clean",
        arguments: [("tvae-table1-short", "reprise"), ("equivae-mnist-supervised", "equivae")])
    func published(record: String, key: String) throws {
        let (program, folder) = try submitter()
        let archive = folder + "/lab.tar.zst"
        let made = try program(
            "submit", Program.root + "/results/" + record, "--record", "--key", Program.root + "/results/\(key).pub.pem", "--submitter",
            "Some Lab",
            "-o", archive)
        #expect(made.status == 0 && made.output.contains("→"), "\(made)")

        let checked = try program("check", archive, "--json")
        #expect(checked.status == 0 && codes(checked, severity: "error").isEmpty, "\(checked)")
        #expect(
            codes(checked, severity: "note").isSubset(of: [
                "plan-not-compared", "other-recorder", "outputs-absent", "other-claims", "other-text", "other-workflow",
                "differs-from-ours",
                "deviations-unknown",
            ]), "\(checked)")
        #expect(checked.json?["comparable"]?.boolValue != nil, "\(checked)")
        #expect(codes(checked, severity: "note").isSuperset(of: ["other-recorder", "outputs-absent"]), "\(checked)")
        #expect(checked.json?.at("archive.sha256") != nil && checked.json?["submitter"] == "Some Lab", "\(checked)")

        let own = try program("check", archive, "--key", program.home + "/keys/default.pub.pem")
        #expect(own.status == 0, "\(own)")
        let recorder = try program("check", archive, "--key", Program.root + "/results/\(key).pub.pem")
        #expect(recorder.status == 1 && recorder.output.contains("untrusted-key"), "\(recorder)")
        let again = try program(
            "submit", Program.root + "/results/" + record, "--record", "--submitter", "Some Lab", "-o", folder + "/again.tar.zst")
        #expect(again.status == 1, "a recorder's key that nobody trusts: \(again)")
    }

    @Test("a run with its outputs is submitted whole, and its trainings are replayed from the archive")
    func audited() throws {
        let run = try FinishedRun.shared.get()
        let archive = Program.temporaryFolder("submissions") + "/lab.tar.zst"
        let made = try run.program("submit", run.folder, "--submitter", "Some Lab", "-o", archive, "--json")
        #expect(made.status == 0 && made.json?.at("submission.checkpoints.included") == true, "\(made)")
        let audited = try run.program("check", archive, "--audit", "--random", "7")
        #expect(audited.status == 0 && audited.output.contains("the same bits") && audited.output.contains("--random 7"), "\(audited)")
        let stranger = try Program()("check", archive)
        #expect(stranger.status == 0 && stranger.output.contains("unknown-signer"), "\(stranger)")
    }

    @Test("of a submission without outputs the first segments are replayed, where the data are at hand")
    func auditedFromSeed() throws {
        let run = try FinishedRun.shared.get()
        let archive = Program.temporaryFolder("submissions") + "/lab.tar.zst"
        let made = try run.program("submit", run.folder, "--submitter", "Some Lab", "--checkpoints", "omit", "-o", archive)
        #expect(made.status == 0, "\(made)")
        let audited = try run.program("check", archive, "--audit")
        #expect(audited.status == 0 && audited.output.contains("segment 1 of") && audited.output.contains("from the seed"), "\(audited)")
        let elsewhere = try Program()("check", archive, "--audit")
        #expect(elsewhere.status == 1 && elsewhere.output.contains("not-audited"), "\(elsewhere)")
    }

    @Test("a kept state invented and signed by the recorder himself is found by replaying")
    func inventedState() throws {
        let run = try FinishedRun.shared.get()
        let copy = try run.copy()
        let state = copy + "/steps/train-tvae/outputs/checkpoints/step-000000030.safetensors"
        var bytes = try BoundedFile.read(state, limit: 1 << 28)
        bytes[bytes.count - 2] ^= 1
        try AtomicFile.write(bytes, to: state)
        try resign(copy, with: try KeyRing(folder: run.program.home + "/keys").signingKey(name: "default"))
        let archive = Program.temporaryFolder("submissions") + "/lab.tar.zst"
        let made = try run.program("submit", copy, "--submitter", "Some Lab", "-o", archive)
        #expect(made.status == 0, "\(made)")
        #expect(try run.program("check", archive).status == 0, "consistent and signed: no check can tell")
        let audited = try run.program("check", archive, "--audit", "--json")
        #expect(audited.status == 1 && codes(audited, severity: "error") == ["audit"], "\(audited)")
    }

    /// Signs the attestation of the training and the manifest again, over the files that are there, and has report and crate name them.
    private func resign(_ run: String, with key: SigningKey) throws {
        func sign(_ file: String, _ change: (inout Statement) throws -> Void) throws {
            var statement = try Statement(payload: try Envelope.parse(try BoundedFile.read(run + "/" + file, limit: 1 << 26)).payload)
            try change(&statement)
            try AtomicFile.write(try statement.signed(with: key).bytes, to: run + "/" + file)
        }
        func digests(_ statement: inout Statement, below prefix: String) throws {
            for index in statement.subject.indices {
                statement.subject[index].digest = try SHA256Digest.ofFile(at: run + "/" + prefix + statement.subject[index].name).digest
            }
        }
        try sign("steps/train-tvae/attestation.dsse.json") { try digests(&$0, below: "steps/train-tvae/") }
        try sign("manifest.dsse.json") { statement in
            // The report names the digests of outputs, the crate those of all files, the report among them.
            let before = statement.subject
            for text in ["/report.html", "/ro-crate-metadata.json"] {
                try digests(&statement, below: "")
                var page = String(decoding: try BoundedFile.read(run + text, limit: 1 << 26), as: UTF8.self)
                for (old, new) in zip(before, statement.subject) where old.digest != new.digest {
                    page = page.replacingOccurrences(of: old.digest.hex, with: new.digest.hex)
                }
                try AtomicFile.write(Array(page.utf8), to: run + text)
            }
            try digests(&statement, below: "")
        }
    }

    @Test("what a third party's step prints of person and machine is not in the submission")
    func privateData() throws {
        var (program, run) = try chattyRun()
        let archive = Program.temporaryFolder("submissions") + "/lab.tar.zst"
        let made = try program("submit", run, "--submitter", "Some Lab", "-o", archive, "--json")
        #expect(made.status == 0, "\(made)")
        let redactions = made.json?.at("submission.redactions")?.arrayValue ?? []
        #expect(redactions.first?["path"] == "steps/chat/log.txt", "\(made)")
        let kinds = Set((redactions.first?["kinds"]?.arrayValue ?? []).compactMap(\.stringValue))
        #expect(kinds == ["home", "user", "host", "state", "repository", "account"], "\(kinds)")
        for word in ["marlene", "workstation-7", program.home, program.repository] { #expect(!made.output.contains(word), "\(word)") }

        program.environment = [:]
        let checked = try program("check", archive, "--json")
        #expect(checked.status == 0 && codes(checked, severity: "note") == ["redacted"], "\(checked)")
    }

    @Test("private data in a metric are a reason to refuse, with the place")
    func privateEvidence() throws {
        let (program, run) = try chattyRun(metric: #", "where": "'"$HOME"'""#)
        let made = try program("submit", run, "--submitter", "Some Lab", "-o", Program.temporaryFolder("submissions") + "/lab.tar.zst")
        #expect(made.status == 1 && made.errors.contains("steps/chat/outputs/metrics.json"), "\(made)")
        #expect(!made.errors.contains("marlene"), "\(made)")
    }

    /// A run of a step that tells everything it knows about where it runs.
    private func chattyRun(metric: String = "") throws -> (program: Program, run: String) {
        var program = try Repository().program
        program.environment = ["HOME": "/home/marlene", "USER": "marlene", "LOGNAME": "marlene", "HOSTNAME": "workstation-7"]
        let folder = program.repository + "/artifacts/script/chat"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let meta = #"""
            {"alias": "chat", "uid": "00112233445566ab", "automation_alias": "script", "automation_uid": "5b4e0237da074764",
             "tags": ["script", "chat"], "version": "1.0.0", "name": "Chat", "description": "Tells where it runs.",
             "step": {"program": ["./run.sh"], "inputs": {}, "parameters": {},
                      "outputs": [{"name": "metrics.json", "description": "A number.", "media_type": "application/json"}]}}
            """#
        try AtomicFile.write(Array(meta.utf8), to: folder + "/meta.json")
        let script = """
            #!/bin/sh
            echo "home $HOME, user $USER, host $HOSTNAME, $USER@$HOSTNAME, outputs $REPRISE_STEP_OUTPUTS, mine $REPRISE_STEP_ARTIFACT"
            printf '{"value": 3\(metric)}' > "$REPRISE_STEP_OUTPUTS/metrics.json"
            """
        try AtomicFile.write(Array(script.utf8), to: folder + "/run.sh", mode: 0o755)
        try Repository(program: program).edit("workflows/quickstart/meta.json") { json in
            let bindings = json["claims"]?.arrayValue ?? []
            json["steps"] = [["name": "chat", "artifact": ["kind": "script", "alias": "chat"]]]
            json["claims"] = [
                [
                    "claim": bindings[0]["claim"] ?? .null, "measure": "chat:value", "criterion": ["greater_than": 1],
                    "applies_at": ["smoke"],
                    "explanation": "A number.",
                ]
            ]
        }
        let outcome = try program("run", "quickstart", "--variation", "smoke", "--json")
        return (program, try #require(outcome.json?["folder"]?.stringValue, "\(outcome)"))
    }

    @Test("a broken artifact in the project is named, and not taken for there being no project")
    func brokenProject() throws {
        let repository = try Repository()
        let run = try FinishedRun.shared.get()
        let archive = Program.temporaryFolder("submissions") + "/lab.tar.zst"
        #expect(try run.program("submit", run.folder, "--submitter", "Lab", "-o", archive).status == 0)
        try AtomicFile.write(Array("{".utf8), to: repository.program.repository + "/workflows/tvae-mnist/meta.json")
        for arguments in [["check", archive], ["submit", run.folder, "--submitter", "Lab", "-o", archive + ".2.tar.zst"]] {
            let outcome = try repository.program.run(arguments)
            #expect(outcome.status == 2 && outcome.errors.contains("workflows/tvae-mnist/meta.json"), "\(outcome)")
        }
    }

    @Test("a file that is no submission: exit 2; one that somebody else packed: refused with the archive's own code")
    func noSubmission() throws {
        let (program, folder) = try submitter()
        #expect(try program("check", folder + "/nothing").status == 2)
        #expect(try program("check", folder).status == 2)
        try AtomicFile.write(Array("no archive".utf8), to: folder + "/text.tar.zst")
        let refused = try program("check", folder + "/text.tar.zst", "--json")
        #expect(refused.status == 1 && codes(refused, severity: "error") == ["archive"], "\(refused)")
        #expect(refused.output.contains("archive.format"), "\(refused)")
    }

    @Test("a pipe or a device is no submission: exit 2, at once")
    func noRegularFile() throws {
        let (program, folder) = try submitter()
        mkfifo(folder + "/pipe", 0o600)
        for file in [folder + "/pipe", "/dev/zero"] {
            let outcome = try program("check", file)
            #expect(outcome.status == 2 && outcome.errors.contains("neither a submission's archive nor"), "\(outcome)")
        }
    }

    @Test(
        "a command that is interrupted, whatever it is doing, leaves nothing behind, and says so with 130",
        arguments: [SIGINT, SIGTERM], [0, 2_000, 20_000, 100_000, 300_000])
    func interrupted(signal: Int32, delay: UInt32) throws {
        let run = try FinishedRun.shared.get()
        let folder = Program.temporaryFolder("submissions")
        let process = run.program.process(["submit", run.folder, "--submitter", "Lab", "-o", folder + "/lab.tar.zst"])
        let errors = Program.temporaryFolder("output") + "/errors"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        func staged() -> Bool {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.contains { FileManager.default.fileExists(atPath: folder + "/" + $0 + "/lab/record") }
        }
        while process.isRunning, !staged() { usleep(500) }
        usleep(delay)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        let words = String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        // Unless it was over before the signal reached it.
        if left != ["lab.tar.zst"] {
            #expect(process.terminationReason == .exit && process.terminationStatus == 130, "\(process.terminationStatus) \(words)")
            #expect(words == "error: interrupted; nothing was written\n", "another error than the interruption is shown")
            #expect(left == [])
        }
    }

    @Test("a folder that a killed command left is swept by the next one, a day later")
    func swept() throws {
        let (program, folder) = try submitter()
        let names = [".reprise-submission-999999999-old", ".reprise-submission-\(getpid())-alive", ".reprise-submission-999999998-new"]
        for name in names { try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true) }
        for name in names.prefix(2) {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -100_000)], ofItemAtPath: folder + "/" + name)
        }
        let made = try program(
            "submit", Program.root + "/results/equivae-mnist-supervised", "--record", "--key", Program.root + "/results/equivae.pub.pem",
            "--submitter", "Lab", "-o", folder + "/lab.tar.zst")
        #expect(made.status == 0, "\(made)")
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == Set(names.dropFirst() + ["lab.tar.zst"]))
    }

    @Test("an archive in the run's own folder is refused as what it is: exit 2")
    func inTheRun() throws {
        let run = try FinishedRun.shared.get()
        for file in [run.folder + "/lab.tar.zst", run.folder + "/steps/lab.tar.zst"] {
            let outcome = try run.program("submit", run.folder, "--submitter", "Lab", "-o", file)
            #expect(outcome.status == 2 && outcome.errors.contains("lies in the run's folder"), "\(outcome)")
        }
    }

    @Test("an archive that is there is not replaced, and unknown choices are refused")
    func usage() throws {
        let run = try FinishedRun.shared.get()
        let folder = Program.temporaryFolder("submissions")
        let archive = folder + "/lab.tar.zst"
        try AtomicFile.write([1], to: archive)
        #expect(try run.program("submit", run.folder, "--submitter", "Lab", "-o", archive).status == 2)
        for wrong in [
            ["--division", "sideways"], ["--checkpoints", "some"], ["--record", "--checkpoints", "include"], ["--submitter", "研究所"],
        ] {
            let outcome = try run.program.run(["submit", run.folder, "--submitter", "Lab", "-o", folder + "/new.tar.zst"] + wrong)
            #expect(outcome.status == 2, "\(wrong): \(outcome)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["lab.tar.zst"])
    }

    @Test("OpenSSL alone verifies the manifest as the submission's README says, and refuses a changed byte")
    func openSSL() throws {
        let (program, folder) = try submitter()
        let archive = folder + "/lab.tar.zst"
        let made = try program(
            "submit", Program.root + "/results/equivae-mnist-supervised", "--record", "--key", Program.root + "/results/equivae.pub.pem",
            "--submitter", "Lab", "-o", archive)
        #expect(made.status == 0, "\(made)")
        let command = """
            set -e; cd '\(folder)'; tar --zstd -xf lab.tar.zst; cd lab
            verify=$(grep 'openssl dgst.*-verify' README.md); eval "$verify"
            printf x >> manifest.pae; if eval "$verify"; then exit 9; fi
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && output.hasPrefix("Verified OK"), "\(output)")
    }
}
