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
    public var seed: Int
    public var steps: [PlannedStep]
    /// The paper's artifact and its claims, and how the workflow binds them to metrics: what the results are compared with.
    public var paper: ArtifactReference?
    public var claims: JSONValue
    public var bindings: JSONValue
    /// What differs from the paper's protocol, in words for the reader of a report.
    public var protocolNotes: [String]

    public init(
        workflow: ArtifactReference, title: String, variation: String, scale: Scale, parameters: [String: JSONValue], seed: Int,
        steps: [PlannedStep], paper: ArtifactReference?, claims: JSONValue, bindings: JSONValue, protocolNotes: [String]
    ) {
        self.workflow = workflow
        self.title = title
        self.variation = variation
        self.scale = scale
        self.parameters = parameters
        self.seed = seed
        self.steps = steps
        self.paper = paper
        self.claims = claims
        self.bindings = bindings
        self.protocolNotes = protocolNotes
    }

    public var json: JSONValue {
        var json: JSONValue = [
            "workflow": workflow.json, "title": .string(title), "variation": .string(variation), "scale": .string(scale.rawValue),
            "parameters": .object(parameters), "seed": .number(Double(seed)), "steps": .array(steps.map(\.json)),
            "claims": claims, "bindings": bindings, "protocol_notes": .array(protocolNotes.map { .string($0) }),
        ]
        if let paper { json["paper"] = paper.json }
        return json
    }

    public var digest: SHA256Digest { SHA256Digest.of(json.canonicalBytes()) }

    init(_ reader: RecordReader) throws(WorkflowError) {
        workflow = try ArtifactReference(try reader.child("workflow"))
        title = try reader.string("title")
        variation = try reader.string("variation")
        guard let scale = Scale(rawValue: try reader.string("scale")) else {
            throw reader.refusal("scale", expected: "reduced or paper")
        }
        self.scale = scale
        parameters = try reader.object("parameters")
        seed = try reader.integer("seed")
        steps = []
        for step in try reader.elements("steps") { steps.append(try PlannedStep(step)) }
        paper = if let paper = reader.optional("paper") { try ArtifactReference(paper) } else { nil }
        claims = try reader.child("claims").value
        bindings = try reader.child("bindings").value
        protocolNotes = try reader.strings("protocol_notes")
        guard Set(steps.map(\.name)).count == steps.count else {
            throw reader.refusal("steps", expected: "steps with different names")
        }
    }
}

/// `run.json`: what was decided before anything ran. Written once, when the run is created.
public struct RunRecord: Hashable, Sendable {
    public static let format = "reprise.run/v1"

    public var id: String
    public var created: String
    public var plan: Plan
    public var environment: JSONValue
    public var arithmetic: JSONValue
    public var binary: SHA256Digest

    public init(
        id: String, created: String, plan: Plan, environment: JSONValue, arithmetic: JSONValue, binary: SHA256Digest
    ) {
        self.id = id
        self.created = created
        self.plan = plan
        self.environment = environment
        self.arithmetic = arithmetic
        self.binary = binary
    }

    public var json: JSONValue {
        [
            "format": .string(RunRecord.format), "id": .string(id), "created": .string(created), "plan": plan.json,
            "plan_sha256": .string(plan.digest.hex), "environment": environment, "arithmetic": arithmetic,
            "binary": ["sha256": .string(binary.hex)],
        ]
    }

    /// Reads and checks a run's `run.json`.
    public init(run: RunFolder) throws {
        let bytes = try BoundedFile.read(run.record, limit: 16 << 20)
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch {
            throw WorkflowError.malformedRecord(file: run.record, field: "", expected: "JSON (\(error))")
        }
        let reader = RecordReader(value, file: run.record)
        guard try reader.string("format") == RunRecord.format else { throw reader.refusal("format", expected: RunRecord.format) }
        id = try reader.string("id")
        created = try reader.string("created")
        plan = try Plan(try reader.child("plan"))
        environment = try reader.child("environment").value
        arithmetic = try reader.child("arithmetic").value
        binary = try reader.child("binary").digest("sha256")
        guard try reader.digest("plan_sha256") == plan.digest else {
            throw reader.refusal("plan_sha256", expected: "the digest of the plan in the same file (\(plan.digest))")
        }
    }

    /// Whether another plan would compute the same thing in the same way, so that this run may be resumed for it.
    public func matches(plan: Plan, arithmetic: JSONValue) -> Bool {
        self.plan.digest == plan.digest && self.arithmetic == arithmetic
    }
}
