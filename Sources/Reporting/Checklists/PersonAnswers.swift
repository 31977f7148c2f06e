import Integrity

/// What people wrote into an answers file, by checklist and item.
///
/// The file is `{"format": "reprise.answers/v1", "answers": {"acm-badges": {"available-archived": {"answer": "yes", "by": "NAME", "text": "…"}}}}`. An answer that is
/// still empty does not count.
public struct PersonAnswers: Hashable, Sendable {
    static let format = "reprise.answers/v1"

    private var answers: [String: [String: PersonAnswer]] = [:]

    public static let none = PersonAnswers()

    private init() {}

    /// Whether nobody has answered anything.
    public var isEmpty: Bool { answers.isEmpty }

    subscript(checklist: String, item: String) -> PersonAnswer? { answers[checklist]?[item] }

    /// Reads an answers file; one that answers an item which is in none of the checklists is refused, since it would be lost.
    ///
    /// - Parameters:
    ///   - file: what errors call it.
    ///   - checklists: all that the project has.
    public init(_ bytes: [UInt8], file: String, checklists: [Checklist]) throws(ChecklistError) {
        do {
            let object = try StrictObject(try JSONValue.parse(bytes), location: "the file", known: ["format", "answers"])
            guard try object.text("format") == PersonAnswers.format else { throw object.malformed("format", PersonAnswers.format) }
            guard let sections = object.value("answers")?.objectValue else { throw object.malformed("answers", "an object of checklists") }
            for (alias, section) in sections.sorted(by: { $0.key < $1.key }) {
                guard let checklist = checklists.first(where: { $0.alias == alias }), let entries = section.objectValue else {
                    let known = checklists.map(\.alias).joined(separator: ", ")
                    throw object.malformed("answers.\(alias)", "an object named for one of \(known)")
                }
                for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
                    guard checklist.items.contains(where: { $0.id == id }) else {
                        throw object.malformed("answers.\(alias).\(id)", "an item of \(checklist.file)")
                    }
                    if let answer = try PersonAnswer(entry, location: "answers.\(alias).\(id)") {
                        answers[alias, default: [:]][id] = answer
                    }
                }
            }
        } catch let error as JSONError {
            throw ChecklistError(file, "is not JSON (\(error))", remedy: "correct it")
        } catch {
            throw ChecklistError(file, "\(error)", remedy: "correct the file; answers-template.json shows its form")
        }
    }

    /// A file to write answers into: every item of the checklists that is still open, and what is asked.
    public static func template(_ checklists: [FilledChecklist]) -> JSONValue {
        var sections: [String: JSONValue] = [:]
        for filled in checklists {
            var section: [String: JSONValue] = [:]
            for entry in filled.entries where entry.answer.kind == .open {
                section[entry.item.id] = ["asked": .string(entry.item.text), "answer": "", "by": "", "text": ""]
            }
            if !section.isEmpty { sections[filled.checklist.alias] = .object(section) }
        }
        return ["format": .string(format), "answers": .object(sections)]
    }
}

extension PersonAnswer {
    /// Nil for an answer that nobody has written yet.
    fileprivate init?(_ json: JSONValue, location: String) throws(ClaimError) {
        let object = try StrictObject(json, location: location, known: ["asked", "answer", "by", "text"])
        if ["answer", "by", "text"].allSatisfy({ object.value($0)?.stringValue == "" }) { return nil }
        self.init(word: try object.choice("answer", of: Word.self), person: try object.text("by"), text: try object.text("text"))
        guard !person.contains(where: \.isNewline), person.utf8.count <= 200, text.utf8.count <= 10_000 else {
            throw object.malformed("by", "a name of one line, and a text of at most 10,000 bytes")
        }
    }

    var json: JSONValue { ["answer": .string(word.rawValue), "by": .string(person), "text": .string(text)] }
}
