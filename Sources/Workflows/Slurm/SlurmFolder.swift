import Foundation

/// What a run on a cluster keeps outside its record, in the home that all nodes share: `slurm/<run>/`.
public struct SlurmFolder: Hashable, Sendable {
    public let path: String

    public init(run: String, home: Home) { path = home.path + "/slurm/" + run }

    init(path: String) { self.path = path }

    package var ledger: String { path + "/ledger.json" }
    /// The program as it was when the run was submitted: a rebuild does not change a run that waits.
    public var program: String { path + "/reprise" }
    var logs: String { path + "/logs" }
    /// What the task itself said, and whoever started it; the step has a log of its own.
    func log(job: Int, index: Int) -> String { "\(logs)/\(job)_\(index).txt" }

    /// The last lines of what the task said that was to perform a step.
    public func lastWords(of step: String, ledger: SlurmLedger) -> [String] {
        ledger.tasks[step].map { LogTail.read(log(job: $0.job, index: $0.index)) } ?? []
    }
    package func script(_ array: Int) -> String { "\(path)/array-\(array).sh" }
    package func steps(_ array: Int) -> String { "\(path)/array-\(array).json" }
    package var endings: String { path + "/ended" }
    /// Written by a task that did not finish its step.
    package func ending(_ step: String) -> String { "\(endings)/\(step).json" }
    var reports: String { path + "/progress" }
    package func report(_ step: String) -> String { "\(reports)/\(step).json" }

    public var exists: Bool { FileManager.default.fileExists(atPath: ledger) }

    package func create() throws(WorkflowError) {
        for folder in [path, logs, endings, reports] { try Folders.create(folder) }
    }
}
