import Foundation
import Integrity
import Testing

@Suite("What MLCommons' tools are given")
struct MLCommonsTests {
    /// The values of a file of NAME=VALUE lines.
    private func values(_ path: String) throws -> [String: String] {
        let text = String(decoding: try BoundedFile.read(path, limit: 1 << 16), as: UTF8.self)
        #expect(text.hasSuffix("\n"))
        return Dictionary(
            text.split(separator: "\n").map { line in
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts.last ?? ""))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A script of the repository, started as those tools do, in a folder of its own.
    private func start(_ script: String, _ environment: [String: String], in program: Program) throws -> (
        outcome: Program.Outcome, folder: String
    ) {
        let folder = Program.temporaryFolder("client")
        let process = program.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", ". \"$0\"", Program.root + "/artifacts/script/\(script)/run.sh"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = (process.environment ?? [:]).merging(["REPRISE": Program.executable]) { $1 }.merging(environment) { $1 }
        for name in ["output", "errors"] { _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/output")
        process.standardError = FileHandle(forWritingAtPath: folder + "/errors")
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(decoding: try BoundedFile.read(folder + "/" + name, limit: 1 << 22), as: UTF8.self)
        }
        return (Program.Outcome(status: process.terminationStatus, output: try text("output"), errors: try text("errors")), folder)
    }

    @Test("a reproduce script runs its workflow, verifies it and returns the results")
    func reproduce() throws {
        let run = try FinishedRun.shared.get()
        let (outcome, folder) = try start(
            "reproduce-quickstart",
            ["REPRISE_RUN_WORKFLOW": "quickstart", "REPRISE_RUN_VARIATION": "smoke", "REPRISE_RUN_SEED": "3"], in: run.program)
        #expect(outcome.status == 0, "\(outcome)")
        let values = try values(folder + "/tmp-run-env.out")
        let path = try #require(values["REPRISE_RUN_PATH"])
        #expect(values["REPRISE_VERIFIED"] == "yes" && values["REPRISE_PASSED"] == "yes")
        #expect(path.hasPrefix(run.program.home + "/runs/") && path.hasSuffix("/" + (values["REPRISE_RUN_ID"] ?? "none")))
        #expect(values["REPRISE_REPORT"] == path + "/report.html")
        #expect(values["REPRISE_VERDICT"]?.contains("reduced scale") == true)
        #expect(values["REPRISE_MANIFEST_SHA256"] == (try SHA256Digest.ofFile(at: path + "/manifest.dsse.json").digest.hex))
        let declared = try JSONValue.parse(
            try BoundedFile.read(Program.root + "/artifacts/script/reproduce-quickstart/meta.json", limit: 1 << 20))["new_env_keys"]
        #expect(Set(declared?.arrayValue?.compactMap(\.stringValue) ?? []) == Set(values.keys), "what is declared is what is written")
    }

    @Test(
        "an input that is none is refused, never executed, and leaves no results",
        arguments: [
            ("SEED", "x"), ("SEED", "7; touch pwned"), ("SEED", "$(touch pwned)"), ("SEED", ""), ("SEED", "--plan"), ("VARIATION", "tiny"),
            ("VARIATION", "smoke --plan"), ("THREADS", "0"), ("SET", "steps=0"), ("SET", "steps"), ("ONLY", "vae"), ("RESUME", "perhaps"),
            ("ARITHMETIC", "exact"), ("WORKFLOW", "--help"),
        ])
    func hostile(_ name: String, _ value: String) throws {
        let (outcome, folder) = try start(
            "reproduce-quickstart",
            ["REPRISE_RUN_WORKFLOW": "quickstart", "REPRISE_RUN_VARIATION": "smoke"].merging(["REPRISE_RUN_\(name)": value]) { $1 },
            in: Program())
        #expect(outcome.status == 2 && outcome.errors.contains("error: "), "\(outcome)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == ["errors", "output"], "\(left)")
    }

    @Test("a script says so where the program is not built")
    func notBuilt() throws {
        let (outcome, _) = try start("reproduce-quickstart", ["REPRISE": "/nowhere/reprise"], in: Program())
        #expect(outcome.status == 3 && outcome.errors.contains("not built"), "\(outcome)")
    }

    @Test("a step that is run alone says that it is one")
    func stepAlone() throws {
        let (outcome, _) = try start("train-topographic-vae", [:], in: Program())
        #expect(outcome.status == 2 && outcome.errors.contains("train-topographic-vae is a step of workflows"), "\(outcome)")
    }

    @Test("a run that fails leaves no results, not even those of an earlier one")
    func stale() throws {
        let repository = try Repository()
        try repository.edit("artifacts/script/train-topographic-vae/meta.json") { $0["step"]?["program"] = ["false"] }
        let file = Program.temporaryFolder("values") + "/values"
        try AtomicFile.write(Array("REPRISE_VERDICT=old\n".utf8), to: file)
        let outcome = try repository.program("run", "quickstart", "--variation", "smoke", "--set", "steps=2", "--env", file)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("results that could not be written, or that a shell would misread, are refused before anything is computed")
    func refusedEnvironmentFile() throws {
        let program = Program()
        for path in [program.home, "/nowhere/values", "/dev/null"] {
            let outcome = try program("run", "quickstart", "--variation", "smoke", "--env", path)
            #expect(outcome.status == 2 || outcome.status == 3, "\(outcome)")
            #expect(outcome.errors.contains(path == program.home ? "not a regular file" : path), "\(outcome)")
        }
        let odd = Program(home: Program.temporaryFolder("home") + "/a$(b)=c")
        let outcome = try odd("run", "quickstart", "--variation", "smoke", "--env", program.home + "/values")
        #expect(outcome.status == 2 && outcome.errors.contains("REPRISE_HOME"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: odd.home + "/runs"))
    }

    @Test("show --croissant prints what stands beside the meta.json; of anything but data it is refused")
    func croissant() throws {
        let program = Program()
        let outcome = try program("show", "dataset/svhn", "--croissant")
        #expect(
            outcome.output
                == String(
                    decoding: try BoundedFile.read(Program.root + "/artifacts/dataset/svhn/croissant.json", limit: 1 << 20), as: UTF8.self))
        #expect(try program("show", "workflow/quickstart", "--croissant").status == 2)
    }

    @Test("check repo: exit 0 and nothing found in the project's own")
    func sound() throws {
        let outcome = try Program()("check", "repo", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.json?["passed"] == true && outcome.json?["findings"] == [])
        #expect((outcome.json?["artifacts"]?.integerValue ?? 0) > 30)
    }

    @Test("check repo: exit 1 with code, place and remedy of each finding")
    func spoiled() throws {
        let repository = try Repository()
        try FileManager.default.copyItem(atPath: Program.root + "/cmr.yaml", toPath: repository.program.repository + "/cmr.yaml")
        try FileManager.default.removeItem(atPath: repository.program.repository + "/artifacts/dataset/mnist/_cm.json")
        let outcome = try Program()("check", "repo", repository.program.repository, "--json")
        #expect(outcome.status == 1, "\(outcome)")
        let findings = outcome.json?["findings"]?.arrayValue ?? []
        #expect(findings.count == 1 && findings.first?["code"] == "link", "\(outcome)")
        #expect(findings.first?["place"] == "artifacts/dataset/mnist/_cm.json")
        #expect(findings.first?["remedy"]?.stringValue?.contains("ln -s") == true)
        let words = try Program()("check", "repo", repository.program.repository)
        #expect(words.status == 1 && words.output.contains("[link]") && words.output.contains("1 finding"), "\(words)")
    }

    @Test("check repo: a variation that cannot be planned is found")
    func unplannable() throws {
        let repository = try Repository()
        try FileManager.default.copyItem(atPath: Program.root + "/cmr.yaml", toPath: repository.program.repository + "/cmr.yaml")
        try repository.edit("workflows/tvae-mnist/meta.json") { json in
            let claims = json["claims"]?.arrayValue ?? []
            json["claims"] = .array(claims.map { MLCommonsTests.renamed($0) })
        }
        let outcome = try Program()("check", "repo", repository.program.repository, "--json")
        #expect(outcome.status == 1, "\(outcome)")
        let findings = outcome.json?["findings"]?.arrayValue ?? []
        #expect(
            !findings.isEmpty && findings.allSatisfy { $0["code"] == "plan" && $0["place"] == "workflows/tvae-mnist/meta.json" },
            "\(outcome)")
    }

    private static func renamed(_ claim: JSONValue) -> JSONValue {
        var claim = claim
        claim["claim"] = "no-such-claim"
        return claim
    }

    @Test("check repo: a folder that holds no repository is bad input")
    func noRepository() throws {
        #expect(try Program()("check", "repo", Program.temporaryFolder("empty")).status == 2)
        #expect(try Program()("check", "repo", ".", "--repository", ".").status == 2)
    }
}
