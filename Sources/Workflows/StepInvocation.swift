import Artifacts
import Integrity

/// Everything that determines a step's result: the content of its inputs file. The file's SHA-256 is the step's cache key, so
/// nothing that may differ between two runs of the same step (run id, time, absolute paths) stands in it.
public struct StepInvocation: Hashable, Sendable {
    /// An input: the output folder of an earlier step.
    public struct Input: Hashable, Sendable {
        public var step: String
        /// The producing step's files, relative to ``folder``, sorted by path.
        public var files: [FileRecord]

        public init(step: String, files: [FileRecord]) {
            self.step = step
            self.files = files
        }

        /// Relative to the run's folder.
        public var folder: String { RunFolder.outputs(ofStep: step) }
    }

    public var step: String
    public var program: [String]
    public var artifact: ArtifactReference
    /// The model that is trained or evaluated: artifact, variation and the variation's resolved parameters.
    public var model: JSONValue?
    /// A dataset artifact's own section: its files or its generator.
    public var dataset: JSONValue?
    public var parameters: [String: JSONValue]
    public var seed: Int
    /// Arithmetic's name, library, core type and threads: whatever can change a bit of the result.
    public var arithmetic: JSONValue
    /// Of the `reprise` binary.
    public var binary: SHA256Digest
    public var inputs: [String: Input]

    public init(
        step: String, program: [String], artifact: ArtifactReference, model: JSONValue?, dataset: JSONValue?,
        parameters: [String: JSONValue], seed: Int, arithmetic: JSONValue, binary: SHA256Digest, inputs: [String: Input]
    ) {
        self.step = step
        self.program = program
        self.artifact = artifact
        self.model = model
        self.dataset = dataset
        self.parameters = parameters
        self.seed = seed
        self.arithmetic = arithmetic
        self.binary = binary
        self.inputs = inputs
    }

    public var json: JSONValue {
        var json: JSONValue = [
            "contract": .string(StepContract.version),
            "step": .string(step),
            "program": .array(program.map { .string($0) }),
            "artifact": artifact.json,
            "parameters": .object(parameters),
            "seed": .number(Double(seed)),
            "arithmetic": arithmetic,
            "binary": ["sha256": .string(binary.hex)],
            "inputs": .object(
                inputs.mapValues { input in
                    [
                        "step": .string(input.step), "folder": .string(input.folder),
                        "files": .array(input.files.map(\.json)),
                    ]
                }),
        ]
        if let model { json["model"] = model }
        if let dataset { json["dataset"] = dataset }
        return json
    }

    /// The bytes of the inputs file.
    public var bytes: [UInt8] { Array(json.prettyText().utf8) }

    /// The cache key: the SHA-256 of the inputs file.
    public var key: SHA256Digest { SHA256Digest.of(bytes) }

    /// Reads an inputs file.
    public init(file path: String) throws {
        let bytes = try BoundedFile.read(path, limit: 16 << 20)
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch {
            throw WorkflowError.malformedRecord(file: path, field: "", expected: "JSON (\(error))")
        }
        try self.init(RecordReader(value, file: path))
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        guard try reader.string("contract") == StepContract.version else {
            throw reader.refusal("contract", expected: StepContract.version)
        }
        step = try reader.string("step")
        program = try reader.strings("program")
        artifact = try ArtifactReference(try reader.child("artifact"))
        model = reader.optional("model")?.value
        dataset = reader.optional("dataset")?.value
        parameters = try reader.object("parameters")
        seed = try reader.integer("seed")
        arithmetic = try reader.child("arithmetic").value
        binary = try reader.child("binary").digest("sha256")
        inputs = [:]
        for name in try reader.object("inputs").keys {
            let input = try reader.child("inputs").child(name)
            var files: [FileRecord] = []
            for file in try input.elements("files") { files.append(try FileRecord(file)) }
            inputs[name] = Input(step: try input.string("step"), files: files)
        }
    }
}
