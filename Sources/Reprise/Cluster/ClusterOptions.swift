import ArgumentParser
import Workflows

/// What `reprise run … --on slurm` takes besides.
struct ClusterOptions: ParsableArguments {
    @Option(help: "The cluster's partition. Default: the cluster's.") var partition: String?
    @Option(
        help: ArgumentHelp(
            "Time limit of a task, as Slurm writes it: 30 (minutes), 4:00:00.",
            discussion: "A training that takes longer writes a checkpoint before the limit, goes back into the queue and continues."))
    var time: String?
    @Option(name: .customLong("cpus-per-task"), help: "Processors of a task; its threads, unless --threads says otherwise.")
    var cpusPerTask = 1
    @Option(name: .customLong("mem"), help: "Memory of a task, as Slurm writes it: 4G.") var memory: String?
    @Option(name: .customLong("max-running"), help: "Tasks of one kind (training, evaluation …) that may run at once.") var maximumRunning:
        Int?
    @Option(help: "Seconds before its time limit at which a task is asked for a checkpoint; --time must be a minute longer.") var warning =
        120
    @Option(
        name: .customLong("sbatch"),
        help: ArgumentHelp("Another option of sbatch by its long name, such as account=lab; may be repeated.", valueName: "key=value"))
    var further: [String] = []
    @Flag(help: "Submit and return; `reprise attach` follows later.") var detach = false

    func slurm() throws -> SlurmOptions {
        var pairs: [String: String] = [:]
        for text in further {
            guard let separator = text.firstIndex(of: "="), separator != text.startIndex else {
                throw UsageError("--sbatch takes key=value, not '\(text)'")
            }
            guard pairs.updateValue(String(text[text.index(after: separator)...]), forKey: String(text[..<separator])) == nil else {
                throw UsageError("--sbatch \(text[..<separator]) is given twice")
            }
        }
        return try SlurmOptions(
            partition: partition, time: time, cpusPerTask: cpusPerTask, memory: memory, maximumRunning: maximumRunning, warning: warning,
            further: pairs)
    }
}
