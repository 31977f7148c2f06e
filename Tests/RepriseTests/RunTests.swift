import Foundation
import Integrity
import Testing

@Suite("reprise run")
struct RunTests {
    @Test("a smoke run of the quick start finishes, compares, signs and says where the report is")
    func quickstart() throws {
        let run = try FinishedRun.shared.get()
        #expect(run.outcome.status == 0, "\(run.outcome)")
        #expect(run.outcome.output.contains("reduced scale") && run.outcome.output.contains("report.html"), "\(run.outcome)")
        #expect(run.outcome.errors.contains("made your signing key"), "\(run.outcome)")
        for file in [
            "run.json", "manifest.dsse.json", "report.html", "ro-crate-metadata.json", "steps/train-tvae/outputs/weights.safetensors",
            "steps/train-tvae/attestation.dsse.json", "steps/train-tvae/inputs.json", "steps/train-tvae/result.mllog",
        ] {
            #expect(run.files.contains(file), "\(file) is missing from \(run.files)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: run.program.home + "/keys/default.pem")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let report = String(decoding: try BoundedFile.read(run.folder + "/report.html", limit: 1 << 24), as: UTF8.self)
        #expect(report.components(separatedBy: "data:image/png").count == 3, "the report should show the pictures of both rows")
        #expect(report.contains("<polyline") || report.contains("<path"), "the report should show the learning curves")
        let metrics = try JSONValue.parse(try BoundedFile.read(run.folder + "/steps/evaluate-tvae/outputs/metrics.json", limit: 1 << 24))
        for model in ["trained", "untrained"] {
            for metric in ["equivariance_error", "importance.official", "importance.unbiased", "roll_forward.roll_forward", "cap_corr.x"] {
                #expect(metrics.at(model + "." + metric)?.numberValue != nil, "\(model).\(metric) is missing")
            }
        }
    }

    @Test("an identical second call is served from the cache and says so; with another seed only the data are, which depend on none")
    func cache() throws {
        let run = try FinishedRun.shared.get()
        let again = try run.program("run", "quickstart", "--variation", "smoke", "--seed", "3", "--json")
        #expect(again.status == 0, "\(again)")
        #expect(again.json?["steps_from_cache"] == 5, "\(again)")
        let folder = try #require(again.json?["folder"]?.stringValue)
        #expect(folder != run.folder)
        #expect(try run.program("verify", folder).status == 0)
        let other = try run.program("run", "quickstart", "--variation", "smoke", "--seed", "4", "--set", "steps=2", "--json")
        #expect(other.status == 0, "\(other)")
        #expect(other.json?["steps_from_cache"] == 1, "\(other)")
    }

    @Test("a cached file that went bad is noticed and the step is run again")
    func damagedCache() throws {
        let program = Program()
        let arguments = ["run", "quickstart", "--variation", "smoke", "--set", "steps=3", "--json"]
        let first = try program.run(arguments)
        #expect(first.status == 0, "\(first)")
        let weights = try #require(first.json?["folder"]?.stringValue) + "/steps/train-vae/outputs/weights.safetensors"
        let digest = try SHA256Digest.ofFile(at: weights).digest.hex
        let object = program.home + "/store/objects/\(digest.prefix(2))/\(digest.dropFirst(2))"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: object)
        var bytes = try #require(FileManager.default.contents(atPath: object))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: object))
        let second = try program.run(arguments)
        #expect(second.status == 0, "\(second)")
        #expect(second.json?["steps_from_cache"] == 4, "\(second)")
        let again = try #require(second.json?["folder"]?.stringValue) + "/steps/train-vae/outputs/weights.safetensors"
        #expect(try SHA256Digest.ofFile(at: again).digest.hex == digest)
        // The report's command for running it again holds what was set by hand.
        let page = try BoundedFile.read(try #require(second.json?["folder"]?.stringValue) + "/report.html", limit: 1 << 24)
        #expect(String(decoding: page, as: UTF8.self).contains("reprise run quickstart --variation smoke --seed 0 --set steps=3<"))
    }

    @Test("what another key vouches for is not taken from the cache: a run is signed by one key throughout")
    func anotherKey() throws {
        let program = Program()
        let arguments = ["run", "quickstart", "--variation", "smoke", "--set", "steps=2"]
        #expect(try program.run(arguments).status == 0)
        #expect(try program("keys", "generate", "--name", "second").status == 0)
        let second = try program.run(arguments + ["--key", "second", "--json"])
        #expect(second.status == 0 && second.json?["steps_from_cache"] == 0, "\(second)")
        let folder = try #require(second.json?["folder"]?.stringValue)
        let verified = try program("verify", folder, "--key", program.home + "/keys/second.pub.pem")
        #expect(verified.status == 0, "\(verified)")
    }

    @Test("a record holds wherever it is moved, and is read without a repository")
    func movedRecord() throws {
        let run = try FinishedRun.shared.get()
        let place = Program.temporaryFolder("moved") + "/under another name"
        try FileManager.default.copyItem(atPath: run.folder, toPath: place)
        let process = run.program.process(["verify", place, "--key", run.program.home + "/keys/default.pub.pem"])
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    /// The weights' digest of a small training.
    private func weights(_ options: [String], environment: [String: String] = [:]) throws -> String {
        var program = Program()
        program.environment = environment
        let outcome = try program.run(["run", "quickstart", "--variation", "smoke", "--set", "steps=3", "--json"] + options)
        #expect(outcome.status == 0, "\(outcome)")
        let folder = try #require(outcome.json?["folder"]?.stringValue)
        return try SHA256Digest.ofFile(at: folder + "/steps/train-tvae/outputs/weights.safetensors").digest.hex
    }

    /// Of the weights after three steps. It may change only together with `PortableArithmetic.revision`.
    static let pinned = "fdeb1d1ca67678f421d0bec796f96c61430ee0910a91f361f9ad92c0f9f6f2b3"

    @Test(
        "the weights have the pinned digest on every machine: any number of threads, any checkpoint interval",
        arguments: [
            ["--threads", "1"], ["--threads", "2"], ["--threads", "3"], ["--threads", "4"], ["--set", "checkpoint_every=1"],
            ["--set", "segments=3"],
        ])
    func sameBits(options: [String]) throws {
        #expect(try weights(options) == RunTests.pinned)
    }

    @Test("the weights have the pinned digest with every instruction set", arguments: ["avx512", "avx2", "scalar", "neon"])
    func instructionSets(name: String) throws {
        let outcome = try Program()("doctor", "--json")
        var program = Program()
        program.environment = ["REPRISE_ISA": name]
        let doctor = try program("doctor", "--json")
        // A processor that lacks the set says so; then there is nothing to compare.
        guard doctor.status == outcome.status else {
            #expect(doctor.output.contains("this processor has"), "\(doctor)")
            return
        }
        #expect(try weights([], environment: ["REPRISE_ISA": name]) == RunTests.pinned)
    }

    @Test("with OpenBLAS the weights do not depend on the number of threads, and differ from portable's")
    func openblas() throws {
        let digests = try ["1", "2", "3"].map { try weights(["--arithmetic", "openblas", "--threads", $0]) }
        #expect(Set(digests).count == 1 && digests[0] != RunTests.pinned, "\(digests)")
    }

    @Test("--plan shows what would run and runs nothing")
    func plan() throws {
        let program = Program()
        let outcome = try program("run", "quickstart", "--plan", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.json?["steps"]?.arrayValue?.count == 5)
        #expect(!FileManager.default.fileExists(atPath: program.home + "/runs"))
    }

    @Test(
        "bad input is named and ends with status 2",
        arguments: [
            (["run", "quickstrat"], "quickstart"),
            (["run", "quickstart", "--variation", "tiny"], "tiny"),
            (["run", "quickstart", "--set", "stepz=3"], "stepz"),
            (["run", "quickstart", "--set", "steps=0"], "steps"),
            (["run", "quickstart", "--set", "optimizer=lion"], "optimizer"),
            (["run", "quickstart", "--set", "steps"], "key=value"),
            (["run", "quickstart", "--seed", "-1"], "seed"),
            (["run", "quickstart@^7.0"], "7.0"),
            (["verify", "no-such-run"], "no-such-run"),
            (["show", "dataset/mnits"], "mnist"),
            (["frobnicate"], "frobnicate"),
        ])
    func badInput(arguments: [String], named: String) throws {
        let outcome = try Program().run(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains(named), "\(outcome)")
    }
}
