import Integrity

/// A step as planned: which artifact, with which parameters, fed by which steps.
public struct PlannedStep: Hashable, Sendable {
    public var name: String
    public var program: [String]
    public var artifact: ArtifactReference
    /// See ``StepInvocation/model``.
    public var model: JSONValue?
    /// See ``StepInvocation/dataset``.
    public var dataset: JSONValue?
    public var parameters: [String: JSONValue]
    /// Input name → the producing step, or `step/output` for one of its files.
    public var inputs: [String: String]
    /// The step's own seed; nil takes the plan's.
    public var seed: Int?
    /// Which of the matrix's combinations the step is planned for; nil for a step that is planned once.
    public var place: Place?

    /// A combination of a row and a seed, and the workflow's step that is planned for it.
    public struct Place: Hashable, Sendable {
        /// The workflow's step; ``PlannedStep/name`` is made of it, the row and the seed.
        public var group: String
        /// The row's name.
        public var row: String
        /// Counts from 1; nil for a step that is planned for each row but not for each seed.
        public var replicate: Int?

        public init(group: String, row: String, replicate: Int? = nil) {
            self.group = group
            self.row = row
            self.replicate = replicate
        }
    }

    public init(
        name: String, program: [String], artifact: ArtifactReference, model: JSONValue? = nil, dataset: JSONValue? = nil,
        parameters: [String: JSONValue] = [:], inputs: [String: String] = [:], seed: Int? = nil, place: Place? = nil
    ) {
        self.name = name
        self.program = program
        self.artifact = artifact
        self.model = model
        self.dataset = dataset
        self.parameters = parameters
        self.inputs = inputs
        self.seed = seed
        self.place = place
    }

    /// The steps that it reads from.
    public var producers: Set<String> {
        Set(inputs.values.map { String($0.prefix { $0 != "/" }) })
    }

    var json: JSONValue {
        var json: JSONValue = [
            "name": .string(name), "program": .array(program.map { .string($0) }), "artifact": artifact.json,
            "parameters": .object(parameters), "inputs": .object(inputs.mapValues { .string($0) }),
        ]
        if let model { json["model"] = model }
        if let dataset { json["dataset"] = dataset }
        if let seed { json["seed"] = .number(Double(seed)) }
        if let place {
            json["group"] = .string(place.group)
            json["row"] = .string(place.row)
            json["replicate"] = place.replicate.map { .number(Double($0)) }
        }
        return json
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        name = try reader.string("name")
        guard PlannedStep.isName(name) else { throw reader.refusal("name", expected: "a step name: a-z, 0-9 and -") }
        program = try reader.strings("program")
        artifact = try ArtifactReference(try reader.child("artifact"))
        model = reader.optional("model")?.value
        dataset = reader.optional("dataset")?.value
        parameters = try reader.object("parameters")
        inputs = [:]
        let producers = try reader.child("inputs")
        for input in try reader.object("inputs").keys { inputs[input] = try producers.string(input) }
        // Records from before there was a matrix lack these.
        seed = reader.optional("seed") == nil ? nil : try reader.integer("seed")
        guard seed.map({ $0 >= 0 }) ?? true else { throw reader.refusal("seed", expected: "a whole number of 0 or more") }
        guard reader.optional("group") != nil else { return }
        let replicate = reader.optional("replicate") == nil ? nil : try reader.integer("replicate")
        guard replicate.map({ $0 >= 1 }) ?? true else { throw reader.refusal("replicate", expected: "a number that counts from 1") }
        place = Place(group: try reader.string("group"), row: try reader.string("row"), replicate: replicate)
    }

    /// Step names become folder names and nothing else.
    public static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            } && !text.hasPrefix("-")
    }
}
