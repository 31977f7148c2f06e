import Foundation
import Integrity
import Testing

@Suite("reprise checklist", .serialized)
struct ChecklistTests {
    let run: FinishedRun

    init() throws { run = try FinishedRun.shared.get() }

    /// The answers of a run, as JSON by checklist and item.
    private func answers(
        _ arguments: String..., expecting status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: JSONValue] {
        let folder = Program.temporaryFolder("checklists")
        let outcome = try run.program.run(["checklist"] + arguments + ["--json", "-o", folder])
        #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
        var found: [String: JSONValue] = [:]
        for checklist in outcome.json?["checklists"]?.arrayValue ?? [] {
            for item in checklist["items"]?.arrayValue ?? [] {
                found["\(checklist["checklist"]?.stringValue ?? "")/\(item["id"]?.stringValue ?? "")"] = item
            }
        }
        return found
    }

    /// A copy of the run whose `run.json` says something else, signed anew with the run's own key, so that the record holds.
    private func copy(saying change: (inout JSONValue) -> Void) throws -> String {
        let copy = try run.copy()
        var record = try JSONValue.parse(try BoundedFile.read(copy + "/run.json", limit: 1 << 24))
        change(&record)
        let bytes = Array(record.prettyText().utf8)
        try AtomicFile.write(bytes, to: copy + "/run.json")
        let key = try SigningKey(
            pem: String(decoding: try BoundedFile.read(run.program.home + "/keys/default.pem", limit: 1 << 16), as: UTF8.self))
        let manifest = copy + "/manifest.dsse.json"
        var statement = try Statement(payload: try Envelope.parse(try BoundedFile.read(manifest, limit: 1 << 24)).payload)
        let index = try #require(statement.subject.firstIndex { $0.name == "run.json" })
        statement.subject[index] = ResourceDescriptor(
            name: "run.json", digest: SHA256Digest.of(bytes), annotations: ["bytes": .number(Double(bytes.count))])
        try AtomicFile.write(try statement.signed(with: key).bytes, to: manifest)
        return copy
    }

    private func saying(git: JSONValue) throws -> String { try copy { $0["environment"]?["git"] = git } }

    private let commit = JSONValue.string(String(repeating: "ab", count: 20))

    @Test("writes every checklist as text, page and JSON beside the run's folder, which stays as it was")
    func files() throws {
        let outcome = try run.program("checklist", run.folder)
        #expect(outcome.status == 0, "\(outcome)")
        let folder = run.program.home + "/checklists/" + run.id
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(
            names.count == 16 && names.contains("acm-badges.md") && names.contains("neurips.html")
                && names.contains("answers-template.json"))
        #expect(try run.program("verify", run.folder).status == 0)
    }

    @Test("a yes quotes files of the run under their digests")
    func evidence() throws {
        let answers = try answers(run.folder)
        let proved = answers.values.filter { $0["answer"] == "yes" }
        #expect(proved.count > 20)
        for answer in proved {
            let evidence = answer["evidence"]?.arrayValue ?? []
            #expect(!evidence.isEmpty)
            for piece in evidence {
                let file = try #require(piece["file"]?.stringValue)
                guard !file.hasPrefix("artifacts/") else { continue }
                #expect(try SHA256Digest.ofFile(at: run.folder + "/" + file).digest.hex == piece["sha256"]?.stringValue)
            }
        }
    }

    @Test("one changed byte, and nothing is proved any more")
    func tampered() throws {
        let copy = try run.copy()
        let file = copy + "/steps/evaluate-tvae/outputs/metrics.json"
        var bytes = try #require(FileManager.default.contents(atPath: file))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        let answers = try answers(copy, expecting: 1)
        #expect(!answers.isEmpty)
        for (name, answer) in answers {
            #expect(answer["answer"] != "yes" && answer["answer"] != "partly" && answer["evidence"] == [], "\(name)")
        }
    }

    @Test("a stranger's record proves nothing to whoever does not trust the key")
    func stranger() throws {
        let stranger = Program()
        try stranger("keys", "generate")
        let outcome = try stranger("checklist", run.folder, "--for", "acm", "--json")
        #expect(outcome.status == 1 && outcome.json?["verified"] == false, "\(outcome)")
        #expect(outcome.json?["checklists"]?.arrayValue?.first?.at("summary.yes") == 0)
    }

    @Test("code is proved by a clean commit, not by one with uncommitted changes, and not without any")
    func commits() throws {
        let item = "ml-code-completeness/training-code"
        let clean = try answers(try saying(git: ["commit": commit, "dirty": false]))
        #expect(clean[item]?["answer"] == "yes")
        let dirty = try answers(try saying(git: ["commit": commit, "dirty": true]))
        #expect(dirty[item]?["answer"] == "partly" && dirty[item]?["reason"]?.stringValue?.contains("uncommitted") == true)
        let none = try answers(try saying(git: .null))
        #expect(none[item]?["answer"] == "partly" && none[item]?["reason"]?.stringValue?.contains("no commit") == true)
    }

    @Test("an environment that says less proves less")
    func environment() throws {
        let answers = try answers(try copy { $0["environment"] = ["git": ["commit": .string("abc"), "dirty": false]] })
        #expect(answers["ml-reproducibility/infrastructure"]?["answer"] == "no")
        #expect(answers["ml-reproducibility/dependencies"]?["answer"] == "no")
        #expect(answers["neurips/compute"]?["answer"] == "partly")
    }

    @Test("one training of each model is no repetition and has no deviation")
    func oneSeed() throws {
        let answers = try answers(run.folder)
        let variation = try #require(answers["ml-reproducibility/variation"])
        #expect(variation["answer"] == "partly" && variation["reason"]?.stringValue?.contains("one seed has no deviation") == true)
        #expect(answers["neurips/statistical-significance"]?["answer"] == "no")
        #expect(answers["acm-badges/reproduced-results"]?["answer"] == "no")
    }

    @Test("licences are read from the very artifacts that the run pinned, and not from others of the same name")
    func licenses() throws {
        #expect(try answers(run.folder)["neurips/licenses"]?["answer"] == "yes")
        let repository = try Repository()
        try repository.edit("artifacts/dataset/sprites/meta.json") { $0["license"] = "CC0-1.0" }
        let answer = try #require(try answers(run.folder, "--repository", repository.program.repository)["neurips/licenses"])
        #expect(answer["answer"] == "partly" && answer["reason"]?.stringValue?.contains("dataset/sprites") == true)
    }

    @Test("a published record is filled in with --record and its key; what it left out is not proved")
    func publishedRecord() throws {
        let answers = try answers(
            Program.root + "/results/tvae-table1-short", "--record", "--key", Program.root + "/results/reprise.pub.pem", "--for",
            "ml-reproducibility")
        #expect(answers["ml-reproducibility/variation"]?["answer"] == "yes")
        #expect(answers["ml-reproducibility/trained-models"]?["answer"] == "no")
    }

    @Test("what a person answers is shown as theirs, and turns no answer of the record's")
    func people() throws {
        let copy = try saying(git: ["commit": commit, "dirty": true])
        let file = Program.temporaryFolder("answers") + "/answers.json"
        try AtomicFile.write(
            Array(
                #"""
                {"format": "reprise.answers/v1", "answers": {"ml-code-completeness": {
                  "trained-models-place": {"answer": "yes", "by": "Ada", "text": "https://example.org/weights"},
                  "training-code": {"answer": "yes", "by": "Ada", "text": "the changes were to the README"}}}}
                """#.utf8), to: file)
        let answers = try answers(copy, "--answers", file)
        let place = try #require(answers["ml-code-completeness/trained-models-place"])
        #expect(place["answer"] == "answered" && place.at("person.by") == "Ada")
        let code = try #require(answers["ml-code-completeness/training-code"])
        #expect(code["answer"] == "partly" && code.at("remark.by") == "Ada")
    }

    @Test("an answer to an item that there is not is refused, and so is a broken file")
    func wrongAnswers() throws {
        let file = Program.temporaryFolder("answers") + "/answers.json"
        for text in [
            #"{"format": "reprise.answers/v1", "answers": {"neurips": {"nothing": {"answer": "yes", "by": "A", "text": "t"}}}}"#, "{",
        ] {
            try AtomicFile.write(Array(text.utf8), to: file)
            let outcome = try run.program("checklist", run.folder, "--answers", file, "-o", Program.temporaryFolder("checklists"))
            #expect(outcome.status == 2 && outcome.errors.contains("answers.json"), "\(outcome)")
        }
    }

    @Test("answers that were written into the template are not replaced")
    func template() throws {
        let folder = Program.temporaryFolder("checklists")
        let template = folder + "/answers-template.json"
        #expect(try run.program("checklist", run.folder, "--for", "neurips", "-o", folder).status == 0)
        var json = try JSONValue.parse(try BoundedFile.read(template, limit: 1 << 20))
        #expect(json.at("answers.neurips.limitations.answer") == "")
        json["answers"]?["neurips"]?["limitations"] = ["asked": "", "answer": "yes", "by": "Ada", "text": "Section 6"]
        try AtomicFile.write(Array(json.prettyText().utf8), to: template)
        let outcome = try run.program("checklist", run.folder, "--for", "neurips", "-o", folder, "--answers", template)
        #expect(outcome.status == 0 && outcome.errors.contains("stays as it is"), "\(outcome)")
        #expect(try JSONValue.parse(try BoundedFile.read(template, limit: 1 << 20)) == json)
        let text = String(decoding: try BoundedFile.read(folder + "/neurips.md", limit: 1 << 20), as: UTF8.self)
        #expect(text.contains("answered by Ada") && text.contains("Section 6"))
    }

    @Test("nothing is written into the run's folder")
    func insideTheRun() throws {
        let outcome = try run.program("checklist", run.folder, "-o", run.folder + "/steps/../checklists")
        #expect(outcome.status == 2 && outcome.errors.contains("signed record"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: run.folder + "/checklists"))
    }

    @Test("a checklist goes by its name or the beginning of it; another word is refused with those that there are")
    func names() throws {
        #expect(try run.program("checklist", run.folder, "--for", "acm", "-o", Program.temporaryFolder("checklists")).status == 0)
        for (word, said) in [("ml", "several"), ("nature", "no such checklist"), ("", "neurips")] {
            let outcome = try run.program("checklist", run.folder, "--for", word, "-o", Program.temporaryFolder("checklists"))
            #expect(outcome.status == 2 && outcome.errors.contains(said) && outcome.errors.contains("ml-reproducibility"), "\(outcome)")
        }
    }

    @Test("a checklist that asks for what nobody provides is refused with file and item")
    func wrongChecklist() throws {
        let repository = try Repository()
        try repository.edit("checklists/neurips.json") { json in
            var items = json["items"]?.arrayValue ?? []
            items[0]["evidence"] = [["provider": "telepathy"]]
            json["items"] = .array(items)
        }
        let outcome = try repository.program("checklist", run.folder, "-o", Program.temporaryFolder("checklists"))
        #expect(
            outcome.status == 2 && outcome.errors.contains("checklists/neurips.json") && outcome.errors.contains("claims"), "\(outcome)")
    }
}
