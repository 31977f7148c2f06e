import Artifacts
import Integrity

/// `run.json`: what was decided before anything ran. Written once, when the run is created.
public struct RunRecord: Hashable, Sendable {
    public static let format = "reprise.run/v1"
    /// The largest `run.json` that is read: the plan of 20,000 steps of two kilobytes, and some.
    static let byteLimit = 64 << 20

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

    public var json: JSONValue { json(planDigest: plan.digest) }

    /// - Parameter planDigest: that of the ``plan``, for who has it already: computing it takes as long as writing the plan.
    func json(planDigest: SHA256Digest) -> JSONValue {
        [
            "format": .string(RunRecord.format), "id": .string(id), "created": .string(created), "plan": plan.json,
            "plan_sha256": .string(planDigest.hex), "environment": environment, "arithmetic": arithmetic,
            "binary": ["sha256": .string(binary.hex)],
        ]
    }

    /// Reads and checks a run's `run.json`.
    public init(run: RunFolder) throws {
        let bytes = try BoundedFile.read(run.record, limit: RunRecord.byteLimit)
        let value: JSONValue
        do { value = try JSONValue.parse(bytes, limits: JSONLimits(bytes: RunRecord.byteLimit)) } catch {
            throw WorkflowError.malformedRecord(file: run.record, field: "", expected: "JSON (\(error))")
        }
        let reader = RecordReader(value, file: run.record)
        guard try reader.string("format") == RunRecord.format else { throw reader.refusal("format", expected: RunRecord.format) }
        id = try reader.name("id")
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
