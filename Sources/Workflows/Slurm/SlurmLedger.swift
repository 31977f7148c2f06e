import Foundation
import Integrity

/// What was submitted for a run: kept beside it, read by whoever follows, continues or cancels it.
public struct SlurmLedger: Hashable, Sendable {
    static let format = "reprise.slurm/v1"

    public struct Array: Hashable, Sendable {
        /// Slurm's number of the array job.
        public var job: Int
        /// Index → step.
        public var steps: [Int: String]

        package init(job: Int, steps: [Int: String]) {
            self.job = job
            self.steps = steps
        }
    }

    public var run: String
    /// The folder of artifacts.
    public var repository: String
    /// The name of the key that signs.
    public var key: String
    /// For the steps; never part of a cache key.
    public var environment: [String: String]
    public var arrays: [Array] = []

    public init(run: String, repository: String, key: String, environment: [String: String]) {
        self.run = run
        self.repository = repository
        self.key = key
        self.environment = environment
    }

    /// By which the controller finds all jobs of the run.
    public var jobName: String { "reprise-" + run }

    var json: JSONValue {
        [
            "format": .string(SlurmLedger.format), "run": .string(run), "repository": .string(repository), "key": .string(key),
            "environment": .object(environment.mapValues { .string($0) }),
            "arrays": .array(
                arrays.map { array in
                    ["job": .number(Double(array.job)), "steps": SlurmLedger.json(array.steps)]
                }),
        ]
    }

    static func json(_ steps: [Int: String]) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: steps.map { ("\($0.key)", JSONValue.string($0.value)) }))
    }

    static func steps(_ reader: RecordReader, _ name: String) throws(WorkflowError) -> [Int: String] {
        var steps: [Int: String] = [:]
        for (index, step) in try reader.object(name) {
            guard let index = Int(index), index >= 0, let step = step.stringValue, PlannedStep.isName(step) else {
                throw reader.refusal(name, expected: "step names by their index")
            }
            steps[index] = step
        }
        return steps
    }

    package func write(to folder: SlurmFolder) throws(SlurmError) {
        do { try AtomicFile.write(Swift.Array(json.prettyText().utf8), to: folder.ledger) } catch {
            throw .ledger(path: folder.ledger, reason: "\(error)")
        }
    }

    public init(_ folder: SlurmFolder) throws {
        let bytes = try BoundedFile.read(folder.ledger, limit: 64 << 20)
        let json: JSONValue
        do { json = try JSONValue.parse(bytes, limits: JSONLimits(bytes: 64 << 20)) } catch {
            throw SlurmError.ledger(path: folder.ledger, reason: "\(error)")
        }
        let reader = RecordReader(json, file: folder.ledger)
        guard try reader.string("format") == SlurmLedger.format else { throw reader.refusal("format", expected: SlurmLedger.format) }
        run = try reader.string("run")
        repository = try reader.string("repository")
        key = try reader.string("key")
        environment = [:]
        let variables = try reader.child("environment")
        for name in try reader.object("environment").keys { environment[name] = try variables.string(name) }
        // Whoever cancels by it must not end another run's tasks.
        guard run == (folder.path as NSString).lastPathComponent else {
            throw reader.refusal("run", expected: "the run that the ledger's folder is named for")
        }
        for array in try reader.elements("arrays") {
            arrays.append(Array(job: try array.integer("job"), steps: try SlurmLedger.steps(array, "steps")))
        }
    }

    /// The task that was last submitted for each step.
    var tasks: [String: (job: Int, index: Int)] {
        var tasks: [String: (job: Int, index: Int)] = [:]
        for array in arrays {
            for (index, step) in array.steps { tasks[step] = (array.job, index) }
        }
        return tasks
    }
}
