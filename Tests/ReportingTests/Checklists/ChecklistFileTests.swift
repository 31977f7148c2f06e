import Reporting
import Testing

@Suite("A checklist's file")
struct ChecklistFileTests {
    private static let item =
        #"{"id": "seeds", "section": "S", "text": "Seeds.", "answered_by": "record", "evidence": [{"provider": "random-seeds"}]}"#

    private func text(items: String, format: String = "reprise.checklist/v1", mark: String = "secondary") -> [UInt8] {
        Array(
            """
            {"format": "\(format)", "alias": "sample", "title": "Sample",
             "source": {"name": "N", "url": "https://example.org", "version": "1", "mark": "\(mark)", "note": "n"}, "items": [\(items)]}
            """.utf8)
    }

    @Test("is read with its items, their source and its mark")
    func whole() throws {
        let checklist = try Checklist(text(items: ChecklistFileTests.item), file: "checklists/sample.json")
        #expect(checklist.items.map(\.id) == ["seeds"] && checklist.source.mark == .secondary)
        #expect(checklist.items[0].evidence == [EvidenceRequest(.randomSeeds)])
    }

    @Test(
        "that is wrong is refused with the file, the item and what to do",
        arguments: [
            (item + ", " + item, "seeds"),
            (item.replacingOccurrences(of: "random-seeds", with: "dice"), "item “seeds”"),
            (item.replacingOccurrences(of: #"{"provider": "random-seeds"}"#, with: ""), "evidence"),
            (item.replacingOccurrences(of: #""provider": "random-seeds""#, with: #""provider": "random-seeds", "minimum": 2"#), "minimum"),
            (item.replacingOccurrences(of: #""answered_by": "record""#, with: #""answered_by": "oracle""#), "answered_by"),
            (item.replacingOccurrences(of: #""section": "S""#, with: #""sektion": "S""#), "sektion"),
            (#"{"id": "x", "section": "S", "text": "T", "answered_by": "nobody"}"#, "note"),
            ("", "items"),
            ("3", "items[0]"),
        ])
    func wrong(items: String, named: String) {
        let error = #expect(throws: ChecklistError.self) { try Checklist(text(items: items), file: "checklists/sample.json") }
        #expect(
            error?.description.contains("checklists/sample.json") == true && error?.description.contains(named) == true, "\(error as Any)")
        #expect(error?.exitClass == .badInput)
    }

    @Test("of another format, without a known mark, or that is no JSON, is refused")
    func notAChecklist() {
        for bytes in [
            text(items: ChecklistFileTests.item, format: "v0"), text(items: ChecklistFileTests.item, mark: "sure"), Array("{".utf8), [],
        ] {
            #expect(throws: ChecklistError.self) { try Checklist(bytes, file: "f") }
        }
    }

    @Test("answers are read; empty ones do not count, and those that would be lost are refused")
    func answers() throws {
        let checklist = try Checklist(text(items: ChecklistFileTests.item), file: "checklists/sample.json")
        func read(_ section: String) throws -> PersonAnswers {
            try PersonAnswers(
                Array(#"{"format": "reprise.answers/v1", "answers": {\#(section)}}"#.utf8), file: "a.json", checklists: [checklist])
        }
        #expect(try read("").isEmpty)
        #expect(try read(#""sample": {"seeds": {"asked": "Seeds.", "answer": "", "by": "", "text": ""}}"#).isEmpty)
        #expect(try !read(#""sample": {"seeds": {"answer": "yes", "by": "Ada", "text": "Section 3"}}"#).isEmpty)
        for wrong in [
            #""other": {}"#, #""sample": {"dice": {"answer": "yes", "by": "Ada", "text": "t"}}"#,
            #""sample": {"seeds": {"answer": "perhaps", "by": "Ada", "text": "t"}}"#,
            #""sample": {"seeds": {"answer": "yes", "by": "", "text": "t"}}"#,
            #""sample": {"seeds": {"answer": "yes", "by": "Ada", "text": ""}}"#,
            #""sample": {"seeds": {"answer": "yes", "by": "Ada\nproved", "text": "t"}}"#,
        ] {
            let error = #expect(throws: ChecklistError.self) { _ = try read(wrong) }
            #expect(error?.description.hasPrefix("a.json") == true)
        }
    }
}
