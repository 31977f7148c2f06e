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

    public init(
        name: String, program: [String], artifact: ArtifactReference, model: JSONValue? = nil, dataset: JSONValue? = nil,
        parameters: [String: JSONValue] = [:], inputs: [String: String] = [:]
    ) {
        self.name = name
        self.program = program
        self.artifact = artifact
        self.model = model
        self.dataset = dataset
        self.parameters = parameters
        self.inputs = inputs
    }

    var json: JSONValue {
        var json: JSONValue = [
            "name": .string(name), "program": .array(program.map { .string($0) }), "artifact": artifact.json,
            "parameters": .object(parameters), "inputs": .object(inputs.mapValues { .string($0) }),
        ]
        if let model { json["model"] = model }
        if let dataset { json["dataset"] = dataset }
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
