import Integrity
import Reporting
import Testing

@Suite("A run's RO-Crate")
struct ROCrateTests {
    static let model = CrateModel(
        name: "Quick start", description: "A run of the quick start.", datePublished: "2025-01-31T12:04:00Z",
        license: "https://spdx.org/licenses/Apache-2.0",
        files: [
            .init(
                path: "steps/train tvae/weights#1.safetensors", sha256: String(repeating: "ab", count: 32), bytes: 1200,
                mediaType: "application/octet-stream", description: "Trained weights"),
            .init(
                path: "report.html", sha256: String(repeating: "cd", count: 32), bytes: 10, mediaType: "text/html",
                description: "The report"),
        ],
        references: [.init(identifier: "urn:sha256:\(String(repeating: "ef", count: 32))", name: "dataset/sprites")],
        actions: [
            action(
                name: "train-tvae", inputs: ["urn:sha256:\(String(repeating: "ef", count: 32))"],
                outputs: ["steps/train tvae/weights#1.safetensors"]),
            action(name: "report", inputs: ["steps/train tvae/weights#1.safetensors"], outputs: ["report.html"]),
        ],
        agent: .init(name: "A. Person"))

    static func action(name: String, inputs: [String], outputs: [String]) -> CrateModel.Action {
        .init(
            name: name, instrument: .init(name: "reprise", version: "0.1.0", url: "https://example.org/reprise"),
            startTime: "2025-01-31T12:00:00Z", endTime: "2025-01-31T12:03:59.5+01:00", inputs: inputs, outputs: outputs)
    }

    private func graph(_ model: CrateModel = model) throws -> [String: JSONValue] {
        let json = try JSONValue.parse(ROCrate.metadata(model))
        let entities = try #require(json["@graph"]?.arrayValue)
        var graph: [String: JSONValue] = [:]
        for entity in entities {
            let identifier = try #require(entity["@id"]?.stringValue)
            #expect(graph.updateValue(entity, forKey: identifier) == nil, "\(identifier) occurs twice")
        }
        return graph
    }

    @Test("names its specification and its profile")
    func profile() throws {
        let graph = try graph()
        #expect(graph["ro-crate-metadata.json"]?["conformsTo"] == ["@id": "https://w3id.org/ro/crate/1.1"])
        #expect(graph["./"]?["conformsTo"] == ["@id": "https://w3id.org/ro/wfrun/process/0.5"])
        #expect(graph["https://w3id.org/ro/wfrun/process/0.5"]?["version"] == "0.5")
    }

    @Test("describes each file by digest and size, its path percent-encoded")
    func files() throws {
        let file = try #require(graph()["steps/train%20tvae/weights%231.safetensors"])
        #expect(file["@type"] == "File")
        #expect(file["sha256"] == .string(String(repeating: "ab", count: 32)))
        #expect(file["contentSize"] == "1200")
    }

    @Test("a number of the run as a whole is a property that the crate measures")
    func measurements() throws {
        var model = Self.model
        model.measurements = [
            .init(name: "E_eq", value: 574, unit: "L1", description: "574 ± 2.8 (2)"), .init(name: "gap", value: 0.1, description: "one"),
        ]
        let graph = try graph(model)
        #expect(graph["./"]?["variableMeasured"] == [["@id": "#measurement-1"], ["@id": "#measurement-2"]])
        let first = try #require(graph["#measurement-1"])
        #expect(first["@type"] == "PropertyValue" && first["value"] == 574 && first["unitText"] == "L1")
        #expect(graph["#measurement-2"]?["unitText"] == nil)
    }

    @Test("links each action with its program, times, inputs and outputs")
    func actions() throws {
        let graph = try graph()
        let action = try #require(graph["#action-1"])
        #expect(action["instrument"] == ["@id": "https://example.org/reprise"])
        #expect(action["startTime"] == "2025-01-31T12:00:00+00:00")
        #expect(action["object"] == ["@id": .string("urn:sha256:\(String(repeating: "ef", count: 32))")])
        #expect(action["result"] == ["@id": "steps/train%20tvae/weights%231.safetensors"])
        #expect(action["agent"] == ["@id": "#agent"])
        #expect(graph["https://example.org/reprise"]?["softwareVersion"] == "0.1.0")
        #expect(graph["./"]?["mentions"] == [["@id": "#action-1"], ["@id": "#action-2"]])
    }

    @Test("keeps two versions of a program apart, and leaves out inputs where there are none")
    func programs() throws {
        var model = Self.model
        model.actions[1].instrument.version = "0.2.0"
        model.actions[1].inputs = []
        let graph = try graph(model)
        #expect(graph["#action-2"]?["instrument"] == ["@id": "#program-2"])
        #expect(graph["#program-2"]?["softwareVersion"] == "0.2.0")
        #expect(graph["#action-2"]?["object"] == nil)
    }

    @Test("leaves no link without its entity")
    func links() throws {
        let graph = try graph()
        func check(_ value: JSONValue, in entity: String) {
            if let members = value.objectValue {
                if members.count == 1, let target = members["@id"]?.stringValue {
                    let isSchema = target.hasPrefix("http://schema.org/") || target == "https://w3id.org/ro/crate/1.1"
                    #expect(isSchema || graph[target] != nil, "\(entity) links to \(target)")
                }
                for member in members.values { check(member, in: entity) }
            }
            for element in value.arrayValue ?? [] { check(element, in: entity) }
        }
        for (identifier, entity) in graph { check(entity, in: identifier) }
    }

    @Test("is the same text for the same model")
    func determinism() throws {
        #expect(try ROCrate.metadata(Self.model) == ROCrate.metadata(Self.model))
    }

    @Test(
        "refuses paths that leave the crate",
        arguments: ["", "/etc/passwd", "../up", "a/../b", "./a", "a//b", "a/", "ro-crate-metadata.json", "a\u{0}b"])
    func badPaths(path: String) {
        var model = Self.model
        model.files[1].path = path
        #expect(throws: CrateError.path(path)) { try ROCrate.metadata(model) }
    }

    @Test("refuses what is listed twice or not at all")
    func inconsistent() {
        var model = Self.model
        model.files.append(model.files[1])
        #expect(throws: CrateError.duplicate("report.html")) { try ROCrate.metadata(model) }
        model = Self.model
        model.actions[0].inputs = ["missing.bin"]
        #expect(throws: CrateError.unknown(action: "train-tvae", path: "missing.bin")) { try ROCrate.metadata(model) }
    }

    @Test(
        "refuses dates and addresses that a reader could not use",
        arguments: ["", "yesterday", "2025-13-01", "2025-01-31 12:00", "2025-01-31T25:00:00Z", "２０２５-01-31"])
    func badDates(date: String) {
        var model = Self.model
        model.datePublished = date
        #expect(throws: CrateError.date(field: "datePublished", value: date)) { try ROCrate.metadata(model) }
        model = Self.model
        model.license = date
        #expect(throws: CrateError.self) { try ROCrate.metadata(model) }
    }
}
