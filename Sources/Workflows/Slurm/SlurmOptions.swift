import Integrity

/// What a user asks of the cluster for every task.
public struct SlurmOptions: Hashable, Sendable {
    /// Nil leaves a choice to the cluster.
    public var partition: String?
    /// Slurm's notation: minutes, or `[days-]hours:minutes:seconds`.
    public var time: String?
    public var cpusPerTask: Int
    /// Slurm's notation: `4G`.
    public var memory: String?
    /// Tasks of one kind (training, evaluating …) that may run at once.
    public var maximumRunning: Int?
    /// How long before its time limit a task is asked to write a checkpoint, in seconds.
    public var warning: Int
    /// Further options of sbatch by their long names.
    public var further: [String: String]

    public init(
        partition: String? = nil, time: String? = nil, cpusPerTask: Int = 1, memory: String? = nil, maximumRunning: Int? = nil,
        warning: Int = 120, further: [String: String] = [:]
    ) throws(SlurmError) {
        self.partition = partition
        self.time = time
        self.cpusPerTask = cpusPerTask
        self.memory = memory
        self.maximumRunning = maximumRunning
        self.warning = warning
        self.further = further
        for (name, value) in further { try SlurmOptions.check(name, value) }
        for (name, value) in [("partition", partition), ("time", time), ("mem", memory)] {
            if let value { try SlurmOptions.checkText(value, of: name) }
        }
        guard (1...1024).contains(cpusPerTask) else { throw .option(name: "cpus-per-task", reason: "takes a number from 1 to 1024") }
        guard maximumRunning.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw .option(name: "max-running", reason: "takes a number from 1 to 1000000")
        }
        // Slurm's own bound.
        guard (1...65535).contains(warning) else { throw .option(name: "warning", reason: "takes seconds from 1 to 65535") }
        // Slurm looks at its clock every thirty seconds, and may warn a minute early: a task that is still being launched does not hear it.
        if let seconds = time.flatMap(SlurmOptions.seconds), seconds > 0, seconds < warning + 60 {
            throw .option(
                name: "time",
                reason: "must be a minute longer than --warning (\(warning) seconds), and by what is to get done between two checkpoints")
        }
    }

    /// Of Slurm's notations of a time, 0 for none; nil for what is none of them, which is left to sbatch to judge.
    static func seconds(_ time: String) -> Int? {
        let halves = time.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = (halves.last ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard (1...2).contains(halves.count), numbers.allSatisfy({ (0...100_000_000).contains($0) }) else { return nil }
        if halves.count == 2 {
            guard let days = Int(halves[0]), (0...100_000).contains(days), numbers.count <= 3 else { return nil }
            return zip(numbers, [3600, 60, 1]).reduce(days * 86_400) { $0 + $1.0 * $1.1 }
        }
        return switch numbers.count {
        case 1: numbers[0] * 60
        case 2: numbers[0] * 60 + numbers[1]
        case 3: numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
        default: nil
        }
    }

    /// What this program decides itself; another value would break a promise.
    private static let reserved: [String: String] = [
        "array": "the plan decides it", "job-name": "the run is found by it", "output": "failures are read from it",
        "error": "failures are read from it",
        "dependency": "the plan decides it", "signal": "checkpoints depend on it; see --warning", "requeue": "it is always on",
        "no-requeue": "a task must survive its time limit", "open-mode": "it is always append", "parsable": "it is always on",
        "chdir": "the run's folder decides it", "wrap": "the program is decided", "wait": "the command follows by itself",
        "partition": "use --partition", "time": "use --time", "cpus-per-task": "use --cpus-per-task", "mem": "use --mem",
        "test-only": "nothing would run",
        "clusters": "the queue is looked at on one cluster", "cluster-constraint": "the queue is looked at on one cluster",
        "kill-on-invalid-dep": "it is always yes", "export-file": "steps need the environment that reprise gives them",
        "help": "nothing would run", "version": "nothing would run", "usage": "nothing would run", "batch": "the program is decided",
        "ntasks": "a step is one process", "nodes": "a step is one process", "export": "steps need the environment that reprise gives them",
    ]

    private static func check(_ name: String, _ value: String) throws(SlurmError) {
        guard name.wholeMatch(of: /[a-z][a-z0-9\-]{0,40}/) != nil else {
            throw .option(name: name, reason: "is no long option of sbatch, such as account=lab")
        }
        if let reason = reserved[name] { throw .option(name: name, reason: "cannot be set: \(reason)") }
        // sbatch takes the beginning of a name for the name.
        if let whole = reserved.keys.sorted().first(where: { $0.hasPrefix(name) }) {
            throw .option(name: name, reason: "could be read as \(whole); write the option's whole name")
        }
        try checkText(value, of: name)
    }

    private static func checkText(_ text: String, of name: String) throws(SlurmError) {
        guard text.utf8.count <= 512, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }), !text.isEmpty else {
            throw .option(name: name, reason: "takes a text without control characters")
        }
    }

    /// For sbatch, in a fixed order.
    package var arguments: [String] {
        var arguments = ["--cpus-per-task=\(cpusPerTask)"]
        if let partition { arguments.append("--partition=\(partition)") }
        if let time { arguments.append("--time=\(time)") }
        if let memory { arguments.append("--mem=\(memory)") }
        return arguments + further.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
    }

    var json: JSONValue {
        var json: JSONValue = [
            "cpus_per_task": .number(Double(cpusPerTask)), "warning": .number(Double(warning)),
            "further": .object(further.mapValues { .string($0) }),
        ]
        if let partition { json["partition"] = .string(partition) }
        if let time { json["time"] = .string(time) }
        if let memory { json["memory"] = .string(memory) }
        if let maximumRunning { json["maximum_running"] = .number(Double(maximumRunning)) }
        return json
    }
}
