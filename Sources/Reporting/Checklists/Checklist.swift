import Foundation
import Integrity

/// Somebody's checklist as data: its items in our words, where they come from, and how each is answered.
public struct Checklist: Hashable, Sendable {
    /// Where the items come from.
    public struct Source: Hashable, Sendable {
        public var name: String
        public var url: String
        public var version: String
        /// How sure we are that the items are the source's.
        public var mark: ConfidenceMark
        /// How the source was read.
        public var note: String
    }

    public var alias: String
    public var title: String
    public var source: Source
    public var items: [ChecklistItem]
    /// What errors call the file.
    let file: String

    static let format = "reprise.checklist/v1"

    /// The checklist whose file is `checklists/<alias>.json` in a project.
    public init(_ alias: String, in project: String) throws {
        guard alias.utf8.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }),
            Checklist.aliases(in: project).contains(alias)
        else {
            let known = Checklist.aliases(in: project)
            throw ChecklistError(
                "checklists", "there is no checklist “\(alias.prefix(80))”",
                remedy: known.isEmpty
                    ? "\(project) has none: name a project with --repository" : "there are \(known.joined(separator: ", "))")
        }
        let name = "checklists/\(alias).json"
        let bytes = try BoundedFile.read(project + "/" + name, limit: 1 << 20)
        try self.init(bytes, file: name)
        guard self.alias == alias else {
            throw ChecklistError(name, item: "field “alias”", "is \(self.alias)", remedy: "name the file for its alias")
        }
    }

    /// The aliases of a project's checklists, in order.
    public static func aliases(in project: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: project + "/checklists")) ?? []
        return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { String($0.dropLast(".json".count)) }.sorted()
    }

    /// Reads a checklist's file.
    ///
    /// - Parameter file: what errors call it.
    public init(_ bytes: [UInt8], file: String) throws(ChecklistError) {
        do {
            let json = try JSONValue.parse(bytes)
            let object = try StrictObject(json, location: "the checklist", known: ["format", "alias", "title", "source", "items"])
            guard try object.text("format") == Checklist.format else { throw object.malformed("format", Checklist.format) }
            alias = try object.text("alias")
            title = try object.text("title")
            let source = try StrictObject(
                object.value("source") ?? .null, location: "source", known: ["name", "url", "version", "mark", "note"])
            self.source = Source(
                name: try source.text("name"), url: try source.text("url"), version: try source.text("version"),
                mark: try source.choice("mark", of: ConfidenceMark.self), note: try source.text("note"))
            guard let elements = object.value("items")?.arrayValue, (1...500).contains(elements.count) else {
                throw object.malformed("items", "1 to 500 items")
            }
            items = []
            for (position, element) in elements.enumerated() { items.append(try ChecklistItem(element, position: position)) }
        } catch let error as JSONError {
            throw ChecklistError(file, "is not JSON (\(error))", remedy: "correct it")
        } catch {
            throw ChecklistError(file, "\(error)", remedy: "correct the file")
        }
        self.file = file
        var seen: Set<String> = []
        for item in items where !seen.insert(item.id).inserted {
            throw ChecklistError(file, item: "item “\(item.id)”", "is listed twice", remedy: "give each item an id of its own")
        }
    }
}
