import Artifacts
import Integrity

/// The one door between what is computed and how it is recorded.
///
/// A step is a process. It is started in the run's folder with three variables in its environment and must leave its results
/// in the output folder; whatever it prints goes to the step's log, except progress lines.
///
/// | variable | meaning |
/// |---|---|
/// | `REPRISE_STEP_INPUTS` | path of the inputs file (JSON, see ``StepInvocation``) |
/// | `REPRISE_STEP_OUTPUTS` | existing folder for everything that is to be kept; `metrics.json` in it is the metrics file |
/// | `REPRISE_STEP_SCRATCH` | folder that survives a kill and is seen again by the resumed step: checkpoints go here |
///
/// Exit status 0 means that the outputs are complete. Progress is a line on standard output:
/// `::progress {"done": 120, "total": 1500, "unit": "steps", "text": "NLL 67.2"}`.
public enum StepContract {
    public static let version = "reprise.step/v1"
    public static let inputsVariable = "REPRISE_STEP_INPUTS"
    public static let outputsVariable = "REPRISE_STEP_OUTPUTS"
    public static let scratchVariable = "REPRISE_STEP_SCRATCH"
    /// The runner's process id: a step whose parent is not this process any more was orphaned and must not go on writing.
    public static let parentVariable = "REPRISE_STEP_PARENT"
    /// The folder of the artifact that defines the step; programs such as `./run.sh` are looked up in it.
    public static let artifactFolderVariable = "REPRISE_STEP_ARTIFACT"

    public static let inputsFile = "inputs.json"
    public static let outputsFolder = "outputs"
    public static let scratchFolder = "scratch"
    public static let logFile = "log.txt"
    public static let metricsFile = "metrics.json"
    public static let attestationFile = "attestation.dsse.json"
    public static let resultLogFile = "result.mllog"
    /// The first word of a program that is built into `reprise` itself.
    public static let builtinProgram = "reprise-step"
    public static let progressPrefix = "::progress "
}

/// How far a step is.
public struct StepProgress: Hashable, Sendable {
    public var done: Double
    public var total: Double
    public var unit: String
    public var text: String

    public init(done: Double, total: Double, unit: String, text: String = "") {
        self.done = done
        self.total = total
        self.unit = unit
        self.text = text
    }

    /// The line by which a step reports it.
    public var line: String {
        let json: JSONValue = ["done": .number(done), "total": .number(total), "unit": .string(unit), "text": .string(text)]
        return StepContract.progressPrefix + String(decoding: json.canonicalBytes(), as: UTF8.self)
    }

    /// Nil unless the line is a well-formed progress line.
    public init?(line: String) {
        guard line.hasPrefix(StepContract.progressPrefix), line.utf8.count < 4096,
            let json = try? JSONValue.parse(String(line.dropFirst(StepContract.progressPrefix.count))),
            let done = json["done"]?.numberValue, let total = json["total"]?.numberValue, (0...1e15).contains(done),
            (0...1e15).contains(total)
        else { return nil }
        self.init(
            done: done, total: total, unit: json["unit"]?.stringValue ?? "", text: json["text"]?.stringValue ?? "")
    }
}

/// A reference to an artifact as it was when the plan was made: identity, version and content digest.
public struct ArtifactReference: Hashable, Sendable {
    public var kind: String
    public var alias: String
    public var uid: String
    public var version: String
    public var digest: SHA256Digest

    public init(kind: String, alias: String, uid: String, version: String, digest: SHA256Digest) {
        self.kind = kind
        self.alias = alias
        self.uid = uid
        self.version = version
        self.digest = digest
    }

    /// `kind/alias@version`.
    public var name: String { "\(kind)/\(alias)@\(version)" }

    public var json: JSONValue {
        [
            "kind": .string(kind), "alias": .string(alias), "uid": .string(uid), "version": .string(version),
            "sha256": .string(digest.hex),
        ]
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        kind = try reader.string("kind")
        alias = try reader.string("alias")
        uid = try reader.string("uid")
        version = try reader.string("version")
        digest = try reader.digest("sha256")
    }
}

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
