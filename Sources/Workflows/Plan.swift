import Artifacts
import Integrity

/// A workflow made concrete: every artifact resolved and pinned by digest, every parameter with its value, steps in an order in which
/// each finds its inputs. Two plans with one ``digest`` describe the same computation.
public struct Plan: Hashable, Sendable {
    /// Whether the plan follows the paper's protocol to the letter.
    public enum Scale: String, Hashable, Sendable {
        case reduced, paper
    }

    public var workflow: ArtifactReference
    public var title: String
    public var variation: String
    public var scale: Scale
    public var parameters: [String: JSONValue]
    /// Those of the parameters that the user set, in place of the variation's values.
    public var settings: [String: JSONValue]
    public var seed: Int
    public var steps: [PlannedStep]
    /// The paper's artifact and its claims, and how the workflow binds them to metrics: what the results are compared with.
    public var paper: ArtifactReference?
    public var claims: JSONValue
    public var bindings: JSONValue
    /// What differs from the paper's protocol, in words for the reader of a report.
    public var protocolNotes: [String]
    /// Nil where every step is planned once.
    public var matrix: PlannedMatrix?
    /// The paper's tables to show beside the results.
    public var tables: [TableReference]
    /// ``Planner/revision`` of the planner that made it; 0 for one from before these were counted.
    public var plannerRevision: Int

    public init(
        workflow: ArtifactReference, title: String, variation: String, scale: Scale, parameters: [String: JSONValue],
        settings: [String: JSONValue] = [:], seed: Int, steps: [PlannedStep], paper: ArtifactReference?, claims: JSONValue,
        bindings: JSONValue, protocolNotes: [String],
        matrix: PlannedMatrix? = nil, tables: [TableReference] = [], plannerRevision: Int = Planner.revision
    ) {
        self.workflow = workflow
        self.title = title
        self.variation = variation
        self.scale = scale
        self.parameters = parameters
        self.settings = settings
        self.seed = seed
        self.steps = steps
        self.paper = paper
        self.claims = claims
        self.bindings = bindings
        self.protocolNotes = protocolNotes
        self.matrix = matrix
        self.tables = tables
        self.plannerRevision = plannerRevision
    }

    public var json: JSONValue {
        var json: JSONValue = [
            "workflow": workflow.json, "title": .string(title), "variation": .string(variation), "scale": .string(scale.rawValue),
            "parameters": .object(parameters), "seed": .number(Double(seed)), "steps": .array(steps.map(\.json)),
            "claims": claims, "bindings": bindings, "protocol_notes": .array(protocolNotes.map { .string($0) }),
        ]
        if !settings.isEmpty { json["settings"] = .object(settings) }
        if plannerRevision != 0 { json["planner_revision"] = .number(Double(plannerRevision)) }
        if let paper { json["paper"] = paper.json }
        if let matrix { json["matrix"] = matrix.json }
        if !tables.isEmpty { json["tables"] = .array(tables.map { ["title": .string($0.title), "table": .string($0.table)] }) }
        return json
    }

    public var digest: SHA256Digest { SHA256Digest.of(json.canonicalBytes()) }

    /// The ``settings`` as one types them after `--set`, in the order of their names.
    public var typedSettings: [(name: String, text: String)] {
        settings.sorted { $0.key < $1.key }.map { name, value in
            (name: name, text: value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self))
        }
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        workflow = try ArtifactReference(try reader.child("workflow"))
        title = try reader.line("title")
        variation = try reader.name("variation")
        guard let scale = Scale(rawValue: try reader.string("scale")) else {
            throw reader.refusal("scale", expected: "reduced or paper")
        }
        self.scale = scale
        parameters = try reader.namedValues("parameters")
        settings = reader.optional("settings") == nil ? [:] : try reader.namedValues("settings")
        seed = try reader.integer("seed")
        steps = []
        for step in try reader.elements("steps") { steps.append(try PlannedStep(step)) }
        paper = if let paper = reader.optional("paper") { try ArtifactReference(paper) } else { nil }
        claims = try reader.child("claims").value
        bindings = try reader.child("bindings").value
        protocolNotes = try reader.strings("protocol_notes")
        guard protocolNotes.allSatisfy(RecordReader.isLine) else {
            throw reader.refusal("protocol_notes", expected: "notes of one line each")
        }
        matrix = if let matrix = reader.optional("matrix") { try PlannedMatrix(matrix) } else { nil }
        plannerRevision = reader.optional("planner_revision") == nil ? 0 : try reader.integer("planner_revision")
        tables = []
        if reader.optional("tables") != nil {
            for table in try reader.elements("tables") {
                tables.append(TableReference(title: try table.string("title"), table: try table.string("table")))
            }
        }
        guard Set(steps.map(\.name)).count == steps.count else {
            throw reader.refusal("steps", expected: "steps with different names")
        }
        try checkPlaces(reader)
        try checkNamesAndSeeds(reader)
    }

    /// Refuses a plan whose steps are not one of each group for each planned row, or for each planned row and seed: statistics over fewer
    /// replicates than the matrix has, or over a row's better half, would pass for those of the matrix.
    private func checkPlaces(_ reader: RecordReader) throws(WorkflowError) {
        let places = steps.compactMap(\.place)
        guard Set(places).count == places.count else {
            throw reader.refusal("steps", expected: "one step of a group for each row and replicate")
        }
        let rows = Set(matrix?.plannedRows.map(\.name) ?? [])
        guard places.allSatisfy({ rows.contains($0.row) }) else {
            throw reader.refusal("steps", expected: "steps for rows of the matrix that are not left out")
        }
        guard rows.isEmpty || !places.isEmpty else {
            throw reader.refusal("steps", expected: "steps for every row of the matrix that is not left out")
        }
        let seeds = matrix?.seeds ?? 1
        for (group, places) in Dictionary(grouping: places, by: \.group).sorted(by: { $0.key < $1.key }) {
            let isReplicated = places.contains { $0.replicate != nil }
            // Places are different and in planned rows: with no replicate beyond the last, the right number of them is all of them.
            let areInRange = places.allSatisfy { place in place.replicate.map { $0 <= seeds } ?? !isReplicated }
            guard areInRange, places.count == rows.count * (isReplicated ? seeds : 1) else {
                throw reader.refusal(
                    "steps",
                    expected: "complete: one \(group), or one for each replicate from 1 to \(seeds), in every row that is not left out")
            }
        }
    }

    /// Refuses a plan with a step that has another name or another seed than its place in the matrix gives it.
    private func checkNamesAndSeeds(_ reader: RecordReader) throws(WorkflowError) {
        for (index, step) in steps.enumerated() {
            let replicateSeed = step.place?.replicate.map { seed + $0 - 1 }
            if let place = step.place {
                let name = MatrixExpansion.name(of: place.group, row: place.row, seed: replicateSeed)
                guard step.name == name else { throw reader.refusal("steps[\(index)].name", expected: "\(name), after its row and seed") }
            }
            // Pinned data depend on no seed; records from before there was a matrix give none to any step.
            let expected = step.dataset == nil ? replicateSeed : 0
            guard step.seed == expected || (matrix == nil && step.seed == nil) else {
                throw reader.refusal("steps[\(index)].seed", expected: expected.map { String($0) } ?? "absent: the step takes the plan's")
            }
        }
    }
}
