import Integrity
import Reporting
import Workflows

/// A system description with the fields that MLPerf's have. What the run's record knows is taken from it and nowhere else; the rest is stated by the
/// submitter, or is `unknown`.
public struct SystemDescription: Hashable, Sendable {
    /// What a field says that nobody filled in.
    public static let unknown = "unknown"

    /// What a record cannot know, with what MLPerf calls it. Those that are true must be stated for the closed division.
    static let stated: [(field: String, isNeeded: Bool)] = [
        ("status", false), ("host_processors_per_node", true), ("host_processor_core_count", true), ("host_processor_frequency", false),
        ("host_processor_caches", false), ("host_processor_interconnect", false), ("host_memory_configuration", false),
        ("host_storage_type", true), ("host_storage_capacity", true), ("host_networking", true), ("host_networking_topology", false),
        ("cooling", false), ("hw_notes", false), ("sw_notes", false),
    ]

    /// The system's name, also that of its file.
    public let name: String
    public let fields: [String: JSONValue]

    public var json: JSONValue { .object(fields) }

    /// - Parameter statement: the submitter's fields, from the file that `source` names. `system_name` may be among them.
    public init(
        of record: RunRecord, submitter: String, division: BenchmarkLog.Division, statement: [String: JSONValue] = [:],
        source: String = "--system"
    ) throws(SubmissionError) {
        let named = statement["system_name"]
        guard let name = (named == nil ? SystemDescription.name(of: record) : named?.stringValue).flatMap(SubmissionName.path) else {
            throw .system(file: source, field: "system_name", expected: "a name with a letter or digit of ASCII")
        }
        self.name = name
        var fields = SystemDescription.derived(from: record, submitter: submitter, division: division, name: name)
        for (field, _) in SystemDescription.stated { fields[field] = .string(SystemDescription.unknown) }
        for (field, value) in statement.sorted(by: { $0.key < $1.key }) where field != "system_name" {
            guard SystemDescription.stated.contains(where: { $0.field == field }) else {
                let why =
                    fields[field] == nil
                    ? "one of \(SystemDescription.stated.map(\.field).joined(separator: ", "))" : "left out: the record knows it"
                throw .system(file: source, field: field, expected: why)
            }
            guard SystemDescription.isValue(value) else {
                throw .system(file: source, field: field, expected: "a short text or a number of 0 or more")
            }
            fields[field] = value
        }
        self.fields = fields
    }

    static func isValue(_ value: JSONValue) -> Bool {
        if let number = value.numberValue { return number >= 0 }
        return value.stringValue.map { (1...500).contains($0.unicodeScalars.count) && !$0.contains { $0.isNewline } } ?? false
    }

    /// What a description must say, given the run.
    static func derived(from record: RunRecord, submitter: String, division: BenchmarkLog.Division, name: String) -> [String: JSONValue] {
        let environment = record.environment
        func text(_ value: JSONValue?) -> String { value?.stringValue ?? unknown }
        let libraries = (environment["libraries"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map {
            text($0.value) == unknown ? $0.key : "\($0.key): \(text($0.value))"
        }
        let flags = (environment["processor"]?["flags"]?.arrayValue ?? []).compactMap(\.stringValue)
        let none: JSONValue = "none"
        return [
            "submitter": .string(submitter), "division": .string(division.rawValue), "system_name": .string(name), "number_of_nodes": 1,
            "host_processor_model_name": .string(text(environment["processor"]?["model"])),
            "host_processor_architecture": .string(text(environment["architecture"])),
            "host_processor_instruction_sets": .string(flags.isEmpty ? unknown : flags.joined(separator: " ")),
            "host_processor_vcpu_count": environment["cores"] ?? .string(unknown),
            "host_memory_capacity": environment["memory_bytes"].flatMap(\.integerValue).map { .string("\($0) bytes") } ?? .string(unknown),
            "accelerators_per_node": 0, "accelerator_model_name": none, "accelerator_host_interconnect": none,
            "accelerator_frequency": none,
            "accelerator_on-chip_memories": none, "accelerator_memory_configuration": none, "accelerator_memory_capacity": none,
            "accelerator_interconnect": none, "accelerator_interconnect_topology": none,
            "framework": .string("Reprise, arithmetic \(String(decoding: record.arithmetic.canonicalBytes(), as: UTF8.self))"),
            "framework_binary_sha256": .string(record.binary.hex),
            "other_software_stack": .string((["compiler: \(text(environment["compiler"]))"] + libraries).joined(separator: "; ")),
            "operating_system": .string("\(text(environment["operating_system"])), \(text(environment["kernel"]))"),
        ]
    }

    /// A name for a system that nobody named: `amd-epyc-2-cores`.
    private static func name(of record: RunRecord) -> String? {
        let model = record.environment["processor"]?["model"]?.stringValue ?? "machine"
        return record.environment["cores"]?.integerValue.map { "\(model) \($0) core\($0 == 1 ? "" : "s")" } ?? model
    }

    /// What does not agree with the record, or is missing, in a description that somebody submits.
    static func findings(
        in json: JSONValue, at path: String, record: RunRecord, document: SubmissionDocument
    ) -> [SubmissionFinding] {
        guard let fields = json.objectValue else { return [SubmissionFinding(.malformed, at: path, "is no object")] }
        var findings: [SubmissionFinding] = []
        let expected = derived(from: record, submitter: document.submitter, division: document.division, name: document.system)
        for (field, value) in expected.sorted(by: { $0.key < $1.key }) {
            guard let found = fields[field] else {
                findings.append(SubmissionFinding(.systemIncomplete, at: "\(path):\(field)", "is missing"))
                continue
            }
            if found != value {
                findings.append(SubmissionFinding(.systemDisagrees, at: "\(path):\(field)", "is not what the record gives: \(text(value))"))
            } else if document.division == .closed, value == .string(unknown) {
                findings.append(
                    SubmissionFinding(.systemIncomplete, at: "\(path):\(field)", "is unknown, which the closed division does not take"))
            }
        }
        for (field, isNeeded) in stated {
            guard let value = fields[field] else {
                findings.append(
                    SubmissionFinding(.systemIncomplete, at: "\(path):\(field)", "is missing: say “\(unknown)” where nobody knows"))
                continue
            }
            if !isValue(value) {
                findings.append(SubmissionFinding(.malformed, at: "\(path):\(field)", "is neither a short text nor a number of 0 or more"))
            } else if isNeeded, document.division == .closed, value == .string(unknown) {
                findings.append(
                    SubmissionFinding(.systemIncomplete, at: "\(path):\(field)", "is unknown, which the closed division does not take"))
            }
        }
        let known = Set(expected.keys).union(stated.map(\.field))
        for field in fields.keys.sorted() where !known.contains(field) {
            findings.append(SubmissionFinding(.malformed, at: "\(path):\(field)", "is no field of a system description"))
        }
        return findings
    }

    private static func text(_ value: JSONValue) -> String { value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self) }
}
