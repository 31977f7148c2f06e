import Foundation

/// What Slurm's own commands answer.
public struct SlurmClient: Sendable {
    private let caller: SlurmCaller

    /// - Parameters:
    ///   - patience: how often a call is repeated while the controller does not answer.
    ///   - pause: seconds between two calls.
    ///   - folder: where the commands lie; nil finds them on the PATH.
    public init(patience: Int = 15, pause: UInt32 = 2, folder: String? = nil) {
        caller = SlurmCaller(patience: patience, pause: pause, folder: folder)
    }

    /// A task that the controller still has.
    public struct QueuedTask: Hashable, Sendable {
        /// The array job's number.
        public var job: Int
        /// Its index in the array.
        public var index: Int
        /// Slurm's word: PENDING, RUNNING, COMPLETING, SUSPENDED …
        public var state: String
        public var reason: String
        public var node: String

        package init(job: Int, index: Int, state: String, reason: String = "None", node: String = "") {
            self.job = job
            self.index = index
            self.state = state
            self.reason = reason
            self.node = node
        }
    }

    /// What the controller remembers of a task that has ended.
    public struct EndedTask: Hashable, Sendable {
        public var state: String
        /// `0:9` is the exit status and the signal.
        public var exitCode: String
        public var node: String
    }

    /// An array job to be submitted.
    struct ArrayJob: Hashable, Sendable {
        var name: String
        /// The indices of its tasks, ascending.
        var indices: [Int]
        var maximumRunning: Int?
        /// sbatch's `--dependency`.
        var dependency: String?
        var script: String
        var folder: String
        var options: SlurmOptions
    }

    /// The largest number of tasks in one array.
    public func largestArray() throws(SlurmError) -> Int {
        let text = try caller.answer("scontrol", ["show", "config"])
        for line in text.split(separator: "\n") where line.hasPrefix("MaxArraySize") {
            // An index must be below it.
            if let size = line.split(separator: "=").last.flatMap({ Int($0.trimmingCharacters(in: .whitespaces)) }), size >= 1 {
                return size
            }
        }
        throw .unexpectedAnswer(command: "scontrol show config", answer: "no MaxArraySize")
    }

    /// - Parameter known: the numbers of the run's array jobs that were submitted before.
    /// - Returns: the array job's number.
    func submit(_ job: ArrayJob, known: Set<Int>) throws(SlurmError) -> Int {
        // A percent sign in a file's pattern stands for something, two of them for one.
        let logs = job.folder.replacing("%", with: "%%") + "/logs/%A_%a.txt"
        var arguments = [
            "--parsable", "--requeue", "--open-mode=append", "--job-name=\(job.name)", "--chdir=\(job.folder)",
            "--output=\(logs)", "--signal=B:USR1@\(job.options.warning)",
            "--array=" + SlurmClient.ranges(job.indices) + (job.maximumRunning.map { "%\($0)" } ?? ""),
        ]
        // A dependency that can no longer be met ends what waits for it, rather than leaving it in the queue for ever.
        if let dependency = job.dependency { arguments += ["--dependency=\(dependency)", "--kill-on-invalid-dep=yes"] }
        arguments += job.options.arguments + [job.script]
        // A controller may take a job and be silenced before it says so: one of the run's that nobody knows is that one, and is not submitted twice.
        let accepted: () throws(SlurmError) -> String? = { () throws(SlurmError) in
            try queue(name: job.name).map(\.job).filter { !known.contains($0) }.max().map { "\($0)" }
        }
        let text = try caller.answer("sbatch", arguments, unless: accepted).trimmingCharacters(in: .whitespacesAndNewlines)
        // With several clusters: number;cluster.
        guard let number = text.split(separator: ";").first.flatMap({ Int($0) }) else {
            throw .unexpectedAnswer(command: "sbatch", answer: String(text.prefix(200)))
        }
        return number
    }

    /// `0-3,5,7-8`.
    package static func ranges(_ indices: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for index in indices {
            if let last = ranges.last, index == last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }

    /// Every task of the named jobs that is waiting or running, by one call.
    func queue(name: String) throws(SlurmError) -> [QueuedTask] {
        let text = try caller.answer("squeue", ["--noheader", "--array", "--name=\(name)", "--format=%F|%K|%T|%r|%N"])
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
            guard fields.count == 5, let job = Int(fields[0]), let index = Int(fields[1]) else { return nil }
            return QueuedTask(job: job, index: index, state: String(fields[2]), reason: String(fields[3]), node: String(fields[4]))
        }
    }

    /// What became of a task that is not waiting or running any more; nil once the controller has forgotten it, which takes minutes.
    func ended(job: Int, index: Int) throws(SlurmError) -> EndedTask? {
        let text: String
        do { text = try caller.answer("scontrol", ["--oneliner", "show", "job", "\(job)_\(index)"]) } catch {
            guard case .refused = error else { throw error }
            return nil
        }
        var fields: [Substring: Substring] = [:]
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let equals = word.firstIndex(of: "=") { fields[word[..<equals]] = word[word.index(after: equals)...] }
        }
        guard let state = fields["JobState"] else { return nil }
        return EndedTask(state: String(state), exitCode: String(fields["ExitCode"] ?? ""), node: String(fields["NodeList"] ?? ""))
    }

    /// How many tasks of a run are waiting or running.
    public func queue(of ledger: SlurmLedger) throws(SlurmError) -> Int { try queue(name: ledger.jobName).count }

    /// What became of the task that was to perform a step; nil where the controller does not know any more.
    public func ended(_ step: String, ledger: SlurmLedger) throws(SlurmError) -> EndedTask? {
        guard let task = ledger.tasks[step] else { return nil }
        return try ended(job: task.job, index: task.index)
    }

    /// Ends what is waiting or running of a run.
    ///
    /// - Returns: how many tasks that were.
    public func cancel(_ ledger: SlurmLedger) throws(SlurmError) -> Int {
        var ended: Set<Int> = []
        var count = 0
        // A command that is still submitting adds to it.
        while true {
            let tasks = try queue(name: ledger.jobName).filter { !ended.contains($0.job) }
            guard !tasks.isEmpty else { return count }
            let jobs = Set(tasks.map(\.job))
            try cancel(jobs: jobs.sorted())
            ended.formUnion(jobs)
            count += tasks.count
        }
    }

    func cancel(jobs: [Int]) throws(SlurmError) {
        guard !jobs.isEmpty else { return }
        _ = try caller.answer("scancel", jobs.map { "\($0)" })
    }

    /// Puts a running task back into the queue; whoever calls this from within the task is ended by it.
    func requeue(job: Int, index: Int) throws(SlurmError) {
        _ = try caller.answer("scontrol", ["requeue", "\(job)_\(index)"])
    }
}
