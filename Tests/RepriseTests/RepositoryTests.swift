import Foundation
import Integrity
import Testing

@Suite("A repository that is not as it should be")
struct RepositoryTests {
    private func copy() throws -> Program { try Repository().program }

    private func edit(_ file: String, of program: Program, _ change: (inout JSONValue) -> Void) throws {
        try Repository(program: program).edit(file, change)
    }

    @Test("the project's own repository is well-formed")
    func own() throws {
        let outcome = try Program()("list", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect((outcome.json?.arrayValue?.count ?? 0) >= 8, "\(outcome)")
    }

    @Test("a malformed meta.json: exit 2, with file, field and expected form")
    func malformed() throws {
        let program = try copy()
        try edit("artifacts/dataset/mnist/meta.json", of: program) { $0["uid"] = "not-a-uid" }
        let outcome = try program("run", "tvae-mnist")
        #expect(outcome.status == 2, "\(outcome)")
        for part in ["artifacts/dataset/mnist/meta.json", "uid", "16"] { #expect(outcome.errors.contains(part), "\(outcome)") }
    }

    @Test("a meta.json that is no JSON: exit 2, with file and line")
    func noJSON() throws {
        let program = try copy()
        try AtomicFile.write(Array("{\n  \"alias\": oops\n}".utf8), to: program.repository + "/workflows/quickstart/meta.json")
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains("workflows/quickstart/meta.json") && outcome.errors.contains("line 2"), "\(outcome)")
    }

    @Test("a version conflict: exit 2, with both sides")
    func versionConflict() throws {
        let program = try copy()
        try edit("artifacts/model/topographic-vae/meta.json", of: program) { $0["version"] = "2.0.0" }
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2, "\(outcome)")
        for part in ["model/topographic-vae", "2.0.0", "^1.0"] { #expect(outcome.errors.contains(part), "\(outcome)") }
    }

    @Test("artifacts that require each other: exit 2, with the circle")
    func cycle() throws {
        let program = try copy()
        try edit("artifacts/model/topographic-vae/meta.json", of: program) {
            $0["requires"] = [["kind": "script", "alias": "train-topographic-vae", "version": "^1.0"]]
        }
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(
            outcome.errors.contains("model/topographic-vae → script/train-topographic-vae → model/topographic-vae")
                || outcome.errors.contains("script/train-topographic-vae → model/topographic-vae → script/train-topographic-vae"),
            "\(outcome)")
    }

    @Test("steps that wait for each other: exit 2, with the circle")
    func stepCycle() throws {
        let program = try copy()
        try edit("workflows/quickstart/meta.json", of: program) { json in
            var steps = json["steps"]?.arrayValue ?? []
            steps[1]["inputs"] = ["data": "evaluate-tvae"]
            json["steps"] = .array(steps)
        }
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains("train-tvae") && outcome.errors.contains("evaluate-tvae"), "\(outcome)")
    }

    @Test("a required artifact that is not there: exit 2, with who asks for it")
    func missing() throws {
        let program = try copy()
        try FileManager.default.removeItem(atPath: program.repository + "/artifacts/dataset/sprites")
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains("dataset/sprites") && outcome.errors.contains("workflow/quickstart"), "\(outcome)")
    }

    @Test(
        "a claim binding that cannot work is refused before anything runs",
        arguments: [
            ("claim", "nope", "nope"), ("measure", "evaluate-tvae", "measure"), ("measure", "nostep:x.y", "nostep"),
            ("criterion", nil, "criterion"), ("applies_at", "lunchtime", "lunchtime"),
        ] as [(String, String?, String)])
    func badBinding(field: String, value: String?, named: String) throws {
        let program = try copy()
        try edit("workflows/quickstart/meta.json", of: program) { json in
            var claims = json["claims"]?.arrayValue ?? []
            claims[0][field] = value.map { field == "applies_at" ? .array([.string($0)]) : .string($0) } ?? .object([:])
            json["claims"] = .array(claims)
        }
        for arguments in [["run", "quickstart"], ["run", "quickstart", "--plan"]] {
            let outcome = try program.run(arguments)
            #expect(outcome.status == 2, "\(outcome)")
            for part in ["workflows/quickstart/meta.json", named] { #expect(outcome.errors.contains(part), "\(outcome)") }
        }
        let doctor = try program("doctor")
        #expect(doctor.status == 3 && doctor.output.contains("workflows/quickstart/meta.json"), "\(doctor)")
    }

    @Test("an input that is no declared output is refused before anything runs")
    func undeclaredOutput() throws {
        let program = try copy()
        try edit("workflows/quickstart/meta.json", of: program) { json in
            var steps = json["steps"]?.arrayValue ?? []
            steps[3]["inputs"] = ["data": "data", "training": "train-tvae/wieghts.safetensors"]
            json["steps"] = .array(steps)
        }
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2 && outcome.errors.contains("weights.safetensors"), "\(outcome)")
    }

    @Test("a folder that is no repository: exit 2, and what to do")
    func noRepository() throws {
        let outcome = try Program()("list", "--repository", "/tmp")
        #expect(outcome.status == 2 && outcome.errors.contains("--repository"), "\(outcome)")
    }

    @Test("a third party's program runs as a step, and its failure is reported with its last words")
    func foreignProgram() throws {
        let program = try copy()
        let folder = program.repository + "/artifacts/script/count-files"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let meta = #"""
            {"alias": "count-files", "uid": "00112233445566aa", "automation_alias": "script", "automation_uid": "5b4e0237da074764",
             "tags": ["script", "count"], "version": "1.0.0", "name": "Count files", "description": "Counts bytes of its input.",
             "step": {"program": ["./run.sh"], "inputs": {"data": {"kind": "dataset", "description": "Any."}}, "parameters": {},
                      "outputs": [{"name": "metrics.json", "description": "The count.", "media_type": "application/json"}]}}
            """#
        try AtomicFile.write(Array(meta.utf8), to: folder + "/meta.json")
        let script = #"""
            #!/bin/sh
            set -e
            echo '::progress {"done": 1, "total": 2, "unit": "files"}'
            echo '::progress {"done": 1e300, "total": 1e301, "unit": "files"}'
            echo '::progress {"done": 5, "total": 0, "unit": "files"}'
            echo "looking at $REPRISE_STEP_INPUTS"
            bytes=$(cat steps/data/outputs/* | wc -c)
            printf '{"bytes": %d}' "$bytes" > "$REPRISE_STEP_OUTPUTS/metrics.json"
            """#
        try AtomicFile.write(Array(script.utf8), to: folder + "/run.sh", mode: 0o755)
        try edit("workflows/quickstart/meta.json", of: program) { json in
            json["steps"] = [
                ["name": "data", "artifact": ["kind": "dataset", "alias": "sprites"]],
                ["name": "count", "artifact": ["kind": "script", "alias": "count-files"], "inputs": ["data": "data"]],
            ]
            json["claims"] = []
        }
        let outcome = try program("run", "quickstart", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let run = try #require(outcome.json?["folder"]?.stringValue)
        let metrics = String(decoding: try BoundedFile.read(run + "/steps/count/outputs/metrics.json", limit: 100), as: UTF8.self)
        #expect(metrics == #"{"bytes": 6480128}"#)
        #expect(try program("verify", run).status == 0)

        try AtomicFile.write(Array("#!/bin/sh\necho the disk is made of cheese\nexit 9\n".utf8), to: folder + "/run.sh", mode: 0o755)
        let failed = try program("run", "quickstart")
        #expect(failed.status == 1, "\(failed)")
        for part in ["count", "exit status 9", "made of cheese"] { #expect(failed.errors.contains(part), "\(failed)") }
    }
}
