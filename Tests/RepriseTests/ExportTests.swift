import Foundation
import Integrity
import Testing

@Suite("reprise export", .serialized)
struct ExportTests {
    let run: FinishedRun

    init() throws { run = try FinishedRun.shared.get() }

    private func target() -> String { Program.temporaryFolder("export") + "/made" }

    private func names(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    }

    private func payload(_ path: String, signedBy key: PublicKey) throws -> JSONValue {
        let envelope = try Envelope.parse(try BoundedFile.read(path, limit: 1 << 24))
        #expect(try envelope.verify(against: [key]) == key)
        return try JSONValue.parse(envelope.payload)
    }

    private func key(_ folder: String) throws -> PublicKey {
        try PublicKey(pem: String(decoding: try BoundedFile.read(folder + "/key.pub.pem", limit: 1 << 12), as: UTF8.self))
    }

    private func chain(_ arguments: String...) throws -> (folder: String, key: PublicKey, layout: JSONValue) {
        let folder = target()
        let outcome = try run.program.run(["export", run.folder, "--as", "in-toto", "-o", folder] + arguments)
        #expect(outcome.status == 0 && outcome.output.contains("in-toto-verify"), "\(outcome)")
        let key = try key(folder)
        return (folder, key, try payload(folder + "/root.layout", signedBy: key))
    }

    @Test("the chain of steps is a layout, a link a step, and exactly the files that attestations name")
    func chainFolder() throws {
        let (folder, key, layout) = try chain()
        let steps = ["data", "train-tvae", "train-vae", "evaluate-tvae", "evaluate-vae"]
        let links = steps.map { "\($0).\(key.keyID.prefix(8)).link" }
        #expect(try names(folder) == Set(["root.layout", "key.pub.pem", "README.md", "files"] + links))
        #expect(layout["steps"]?.arrayValue?.map { $0["name"]?.stringValue } == steps)
        let attested = run.files.filter { $0.hasPrefix("steps/") && !$0.hasSuffix("attestation.dsse.json") }
        let copied = (FileManager.default.enumerator(atPath: folder + "/files")?.compactMap { $0 as? String } ?? []).filter {
            FileManager.default.contents(atPath: folder + "/files/" + $0) != nil
        }
        #expect(copied.sorted() == attested)
        for link in links {
            let json = try payload(folder + "/" + link, signedBy: key)
            #expect(json["products"]?.objectValue?.isEmpty == false)
        }
    }

    @Test("every material of a step is tied to the step that made it, or to the first that used it, and nothing else is allowed")
    func chainRules() throws {
        let (_, _, layout) = try chain()
        let steps = try #require(layout["steps"]?.arrayValue)
        let evaluation = try #require(steps.first { $0["name"] == "evaluate-tvae" })
        let rules = try #require(evaluation["expected_materials"]?.arrayValue)
        let weights = "steps/train-tvae/outputs/weights.safetensors"
        #expect(rules.contains(["REQUIRE", .string(weights)]))
        #expect(rules.contains(["MATCH", .string(weights), "WITH", "PRODUCTS", "FROM", "train-tvae"]))
        #expect(rules.contains(["MATCH", "reprise", "WITH", "MATERIALS", "FROM", "data"]))
        #expect(!rules.contains { $0.arrayValue?.first == "ALLOW" && $0.arrayValue?.last?.stringValue?.hasPrefix("steps/") == true })
        for step in steps + (layout["inspect"]?.arrayValue ?? []) {
            #expect(step["expected_materials"]?.arrayValue?.last == ["DISALLOW", "*"])
        }
        #expect(steps.allSatisfy { $0["expected_products"]?.arrayValue?.last == ["DISALLOW", "*"] })
    }

    @Test("the same run gives the same layout and links, before they are signed")
    func chainDeterministic() throws {
        let (first, second) = (try chain(), try chain())
        for name in try names(first.folder) where name.hasSuffix(".link") || name == "root.layout" {
            #expect(
                try payload(first.folder + "/" + name, signedBy: first.key) == payload(second.folder + "/" + name, signedBy: second.key))
        }
        let finished = try run.files.filter { $0.hasSuffix("attestation.dsse.json") }.map { file in
            let envelope = try Envelope.parse(try BoundedFile.read(run.folder + "/" + file, limit: 1 << 24))
            let metadata = try JSONValue.parse(envelope.payload)["predicate"]?["runDetails"]?["metadata"]
            return try #require(Timestamp(metadata?["finishedOn"]?.stringValue ?? "")).secondsSince1970
        }
        let expires = try #require(Timestamp(first.layout["expires"]?.stringValue ?? "")).secondsSince1970
        #expect(expires - 3652 * 86_400 == finished.max(), "ten years after the last step")
    }

    @Test("a model's signature stands beside its weights, names the run, and can be had for one training")
    func modelSignature() throws {
        let folder = target()
        let outcome = try run.program("export", run.folder, "--as", "model-signature", "--step", "train-tvae", "-o", folder, "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.json?["commands"]?.arrayValue?.count == 1)
        #expect(try names(folder) == ["key.pub.pem", "README.md", "train-tvae"])
        #expect(try names(folder + "/train-tvae") == ["model", "model.sig"])
        #expect(try names(folder + "/train-tvae/model") == ["weights.safetensors"])
        let bundle = try JSONValue.parse(try BoundedFile.read(folder + "/train-tvae/model.sig", limit: 1 << 20))
        let envelope = try Envelope.parse(try #require(bundle["dsseEnvelope"]).canonicalBytes() + [0x0A])
        #expect(try envelope.verify(against: [key(folder)]) == key(folder))
        let statement = try Statement(payload: envelope.payload)
        #expect(statement.predicate.at("training.run") == .string(run.id))
        let digest = try SHA256Digest.ofFile(at: run.folder + "/steps/train-tvae/outputs/weights.safetensors").digest
        #expect(statement.predicate["resources"]?.arrayValue?.first?["digest"] == .string(digest.hex))
        let all = try run.program("export", run.folder, "--as", "model-signature", "-o", folder + "-all", "--json")
        #expect(all.json?["commands"]?.arrayValue?.count == 2, "\(all)")
    }

    @Test("the manifest's own signature is taken apart for openssl, and nothing is signed anew")
    func manifest() throws {
        let folder = target()
        let outcome = try run.program("export", run.folder, "--as", "openssl", "-o", folder)
        #expect(outcome.status == 0 && outcome.output.contains("openssl dgst -sha256 -verify key.pub.pem"), "\(outcome)")
        #expect(try names(folder) == ["key.pub.pem", "README.md", "manifest.pae", "manifest.sig"])
        let envelope = try Envelope.parse(try BoundedFile.read(run.folder + "/manifest.dsse.json", limit: 1 << 24))
        #expect(try BoundedFile.read(folder + "/manifest.pae", limit: 1 << 24) == envelope.preAuthenticationEncoding)
        #expect(try BoundedFile.read(folder + "/manifest.sig", limit: 1 << 24) == envelope.signatures.first?.bytes)
        let readme = String(decoding: try BoundedFile.read(folder + "/README.md", limit: 1 << 16), as: UTF8.self)
        #expect(readme.contains("openssl dgst -sha256 -verify key.pub.pem -signature manifest.sig manifest.pae"))
    }

    @Test("an Ed25519 key signs the chain; for model_signing it is refused, with what to do")
    func otherKeys() throws {
        let name = "ed-\(UUID().uuidString.prefix(8))"
        #expect(try run.program("keys", "generate", "--name", name, "--algorithm", "ed25519").status == 0)
        #expect(try chain("--key-name", name).key.algorithm == .ed25519)
        let folder = target()
        let refused = try run.program("export", run.folder, "--as", "model-signature", "--key-name", name, "-o", folder)
        #expect(refused.status == 2 && refused.errors.contains("ECDSA P-256") && refused.errors.contains("--key-name"), "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: folder))
        let unknown = try run.program("export", run.folder, "--as", "in-toto", "--key-name", "nobody", "-o", folder)
        #expect(unknown.status == 2 && unknown.errors.contains("nobody"), "\(unknown)")
    }

    @Test(
        "a run that does not hold is not exported in any format, and nothing is left behind",
        arguments: ["in-toto", "model-signature", "openssl"])
    func brokenRun(format: String) throws {
        let copy = try run.copy()
        let weights = copy + "/steps/train-tvae/outputs/weights.safetensors"
        var bytes = try BoundedFile.read(weights, limit: 1 << 28)
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: weights)
        let parent = Program.temporaryFolder("export")
        let outcome = try run.program("export", copy, "--as", format, "-o", parent + "/made")
        #expect(outcome.status == 1 && outcome.errors.contains("weights.safetensors"), "\(outcome)")
        #expect(try names(parent).isEmpty)
    }

    @Test("a folder that is there is never replaced, nor what a link leads to")
    func existing() throws {
        let parent = Program.temporaryFolder("export")
        try FileManager.default.createDirectory(atPath: parent + "/empty", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: parent + "/link", withDestinationPath: "nowhere")
        for name in ["empty", "link"] {
            let outcome = try run.program("export", run.folder, "--as", "openssl", "-o", parent + "/" + name)
            #expect(outcome.status == 2 && outcome.errors.contains("is there already"), "\(outcome)")
        }
        #expect(try names(parent) == ["empty", "link"])
        #expect(try names(parent + "/empty").isEmpty)
    }

    @Test("a folder within the run's own is refused: it would break the record")
    func withinTheRun() throws {
        for place in ["/made", "/steps/made", "/new/made"] {
            let outcome = try run.program("export", run.folder, "--as", "openssl", "-o", run.folder + place)
            #expect(outcome.status == 2 && outcome.errors.contains("elsewhere"), "\(outcome)")
        }
        #expect(try run.program("verify", run.folder).status == 0)
    }

    @Test("what is asked for in vain is refused with what there is")
    func usage() throws {
        let folder = target()
        let format = try run.program("export", run.folder, "--as", "zip", "-o", folder)
        #expect(format.status == 2 && format.errors.contains("in-toto, model-signature, openssl"), "\(format)")
        let step = try run.program("export", run.folder, "--as", "model-signature", "--step", "evaluate-vae", "-o", folder)
        #expect(step.status == 2 && step.errors.contains("train-tvae, train-vae"), "\(step)")
        let misplaced = try run.program("export", run.folder, "--as", "in-toto", "--step", "train-vae", "-o", folder)
        #expect(misplaced.status == 2 && misplaced.errors.contains("--step"), "\(misplaced)")
        let stranger = Program.temporaryFolder("stranger") + "/key.pub.pem"
        try AtomicFile.write(Array(try SigningKey.generate().publicKey.pem.utf8), to: stranger)
        let untrusted = try run.program("export", run.folder, "--as", "openssl", "--key", stranger, "-o", folder)
        #expect(untrusted.status == 1 && untrusted.errors.contains("not trusted"), "\(untrusted)")
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}
