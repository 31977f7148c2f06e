import Foundation
import Integrity
import Reporting
import Testing
import Workflows

/// The record of Table 1 that the repository publishes, and its checklists.
private enum Published {
    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    static let record: Result<VerifiedRecord, any Error> = Result {
        let key = try PublicKey(
            pem: String(decoding: try BoundedFile.read(root + "/results/reprise.pub.pem", limit: 1 << 16), as: UTF8.self))
        let folder = RunFolder(path: root + "/results/tvae-table1-short")
        let verification = try RunVerifier(trusted: [key]).verify(folder, recordAlone: true)
        return try #require(try VerifiedRecord(folder, verification: verification, catalogue: nil))
    }

    static func checklists() throws -> [Checklist] { try Checklist.aliases(in: root).map { try Checklist($0, in: root) } }
}

@Suite("Answers to a checklist")
struct ChecklistAnswerTests {
    @Test("the project's checklists are read, and each names its source and how it was read")
    func all() throws {
        let checklists = try Published.checklists()
        #expect(
            checklists.map(\.alias) == [
                "acm-badges", "ml-code-completeness", "ml-reproducibility", "mlcommons-artifact-appendix", "neurips",
            ])
        for checklist in checklists { #expect(checklist.source.url.hasPrefix("https://") && !checklist.source.note.isEmpty) }
    }

    @Test("a yes has evidence, by type: there is no proof without any")
    func proof() { #expect(Proof([]) == nil) }

    @Test("every yes about a published record rests on files that are there, under the digest that is quoted")
    func evidence() throws {
        let record = try Published.record.get()
        var count = 0
        for checklist in try Published.checklists() {
            for entry in FilledChecklist(checklist, record: record).entries {
                if case .yes(let proof) = entry.answer { #expect(!proof.evidence.isEmpty && entry.item.respondent == .record) }
                for piece in entry.answer.evidence where !piece.file.contains("/outputs/weights") {
                    let file = Published.root + "/results/tvae-table1-short/" + piece.file
                    #expect(try SHA256Digest.ofFile(at: file).digest == piece.sha256, "\(piece.text)")
                    count += 1
                }
            }
        }
        #expect(count > 50)
    }

    @Test("three seeds prove a deviation; weights that were left out and licences that cannot be read prove nothing")
    func published() throws {
        let record = try Published.record.get()
        let neurips = FilledChecklist(try Checklist("neurips", in: Published.root), record: record)
        func answer(_ id: String, in filled: FilledChecklist) -> ChecklistAnswer? { filled.entries.first { $0.item.id == id }?.answer }
        #expect(answer("statistical-significance", in: neurips)?.kind == .yes)
        #expect(answer("licenses", in: neurips)?.kind == .no)
        let completeness = FilledChecklist(try Checklist("ml-code-completeness", in: Published.root), record: record)
        let weights = try #require(answer("trained-models", in: completeness))
        #expect(weights.kind == .no && weights.remark?.contains("are not here") == true && !weights.evidence.isEmpty)
        let badges = FilledChecklist(try Checklist("acm-badges", in: Published.root), record: record)
        #expect(answer("reproduced-results", in: badges)?.kind == .no)
    }

    @Test("whatever a record says, no answer without evidence is yes, and no answer with a shortfall is")
    func anyTestimony() throws {
        let record = try Published.record.get()
        let filled = try Published.checklists().map { FilledChecklist($0, record: record) }
        let pieces = Array(Set(filled.flatMap(\.entries).flatMap(\.answer.evidence)))
        var state: UInt64 = 17
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<2000 {
            var testimonies: [Testimony] = []
            for _ in 0..<random(4) {
                let evidence = (0..<random(3)).map { _ in pieces[random(pieces.count)] }
                testimonies.append(Testimony(evidence, missing: (0..<random(2)).map { "missing \($0)" }, nothing: "nothing"))
            }
            let answer = FilledChecklist.answer(testimonies)
            let isProved = !testimonies.isEmpty && testimonies.allSatisfy { !$0.evidence.isEmpty && $0.shortfall == nil }
            #expect((answer.kind == .yes) == isProved)
            #expect(answer.kind != .yes || !answer.evidence.isEmpty)
            #expect(answer.kind == .yes || answer.remark?.isEmpty == false)
        }
    }

    @Test("a record that does not hold proves nothing, whatever a person says")
    func broken() throws {
        let findings = [Finding(path: "run.json", problem: "another SHA-256")]
        for checklist in try Published.checklists() {
            let id = try #require(checklist.items.first { $0.respondent == .record }?.id)
            let answers = try PersonAnswers(
                Array(
                    #"{"format": "reprise.answers/v1", "answers": {"\#(checklist.alias)": {"\#(id)": {"answer": "yes", "by": "A", "text": "t"}}}}"#
                        .utf8),
                file: "a.json", checklists: [checklist])
            let filled = FilledChecklist(checklist, run: "run", findings: findings, answers: answers)
            #expect(filled.count(.yes) == 0 && filled.count(.partly) == 0)
            #expect(filled.entries.allSatisfy { $0.answer.evidence.isEmpty })
            #expect(filled.json["verified"] == false)
        }
    }

    @Test("the page is well-formed and loads nothing; the text formats nothing that is not ours")
    func hostileTexts() throws {
        let hostile = "<script>alert(1)</script> `x` **yes** [a](http://evil) \u{202e}\" ' & |"
        let checklist = try Checklist(
            Array(
                JSONValue.object([
                    "format": "reprise.checklist/v1", "alias": "sample", "title": .string(hostile),
                    "source": [
                        "name": .string(hostile), "url": "https://example.org/", "version": "1", "mark": "recalled",
                        "note": .string(hostile),
                    ],
                    "items": [
                        [
                            "id": "item", "section": .string(hostile), "text": .string(hostile), "answered_by": "person",
                            "note": .string(hostile),
                        ]
                    ],
                ]).prettyText().utf8), file: "f")
        let findings = [Finding(path: hostile, problem: hostile)]
        let filled = FilledChecklist(checklist, run: "a`b", findings: findings)
        let page = ChecklistPage.render(filled)
        #expect(TagChecker.problem(in: page) == nil)
        #expect(!page.contains("<script") && !page.contains("\u{202e}") && page.contains("default-src 'none'"))
        let markdown = ChecklistMarkdown.render(filled)
        #expect(
            !markdown.contains(" <script") && !markdown.contains(" **yes**") && !markdown.contains("[a](") && !markdown.contains("\u{202e}")
        )
        #expect(markdown.contains("`` a`b ``"))
        let record = try Published.record.get()
        for checklist in try Published.checklists() {
            #expect(TagChecker.problem(in: ChecklistPage.render(FilledChecklist(checklist, record: record))) == nil)
        }
    }
}
