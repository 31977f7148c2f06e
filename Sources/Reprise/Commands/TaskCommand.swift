import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Workflows

/// What a task of an array job runs on its node: one step of a run.
struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Perform one step as a task of a cluster (called by Slurm, see docs/slurm.md).", shouldDisplay: false
    )

    @Option(help: "The run's folder of what was submitted.") var folder: String
    @Option(help: "Which of its arrays.") var array: Int
    @Option(help: "Seconds between the signal for a checkpoint and the time limit.") var warning = 120

    /// Going back into the queue so often without a new checkpoint is going nowhere.
    private static let idleLimit = 3

    func run() throws {
        let task = try SlurmTask(folder: folder, array: array, environment: ProcessInfo.processInfo.environment)
        guard let path = task.ledger.environment["REPRISE_HOME"] else {
            throw TaskFailure(description: "\(folder): its ledger does not say where the run lies", exitClass: .checkFailed)
        }
        let home = Home(path: path)
        let run = try RunLibrary(home: home).find(task.ledger.run)
        let engine = LocalEngine(executable: try Executable.path(), patience: Double(warning > 30 ? warning - 15 : max(1, warning / 2)))
        // Slurm sends it some time before the time limit.
        let timeLimit = StopRequest([SIGUSR1]) { engine.cancel() }
        let stop = StopRequest { engine.cancel() }
        let before = task.checkpointState(run), idleBefore = task.idleRequeues
        // Of an earlier attempt: should this one be killed, it is not to be taken for how it ended.
        task.forget()
        do {
            let record = try RunRecord(run: run)
            let project = Project(repository: task.ledger.repository, home: home)
            let setup = RunnerSetup(
                project: project, keyName: task.ledger.key, environment: task.ledger.environment,
                folders: Planner(catalogue: try project.catalogue()).folders)
            let runner = try setup.runner(engine: engine, binary: try Executable.digest(), arithmetic: record.arithmetic)
            _ = try runner.execute(step: task.step, of: run, record: record, attempt: task.attempt, observer: TaskObserver(task))
            task.forget()
        } catch let error where task.isOvertaken(in: run) {
            Terminal.note("a later attempt at step \(task.step) has taken over")
            throw error
        } catch WorkflowError.interrupted where timeLimit.isRequested && !stop.isRequested {
            let idle = task.checkpointState(run) == before ? idleBefore + 1 : 0
            guard idle < TaskCommand.idleLimit else {
                let message =
                    "step \(task.step) reached its time limit \(idle) times without a new checkpoint; give tasks more time with --time"
                task.end(.failed, exitStatus: 1, message: message, run: run)
                throw TaskFailure(description: message, exitClass: .checkFailed)
            }
            try goBack(task, run, idle: idle, until: stop)
        } catch WorkflowError.interrupted {
            task.end(.stopped, exitStatus: 130, message: "was told to stop; --resume continues it", run: run)
            throw ExitCode(130)
        } catch let error as WorkflowError {
            let isBlocked = if case .notProduced = error { true } else { false }
            task.end(isBlocked ? .blocked : .failed, exitStatus: Int(error.exitClass.rawValue), message: error.firstLine, run: run)
            throw error
        } catch {
            let status = (error as? any ClassifiedError)?.exitClass ?? .environment
            task.end(.failed, exitStatus: Int(status.rawValue), message: "\(error)", run: run)
            throw error
        }
        withExtendedLifetime(stop) {}
    }

    /// Into the queue, to be continued from the checkpoint.
    private func goBack(_ task: SlurmTask, _ run: RunFolder, idle: Int, until stop: StopRequest) throws {
        task.end(.requeued, exitStatus: 0, message: "wrote a checkpoint before its time limit", run: run, idleRequeues: idle)
        do { try task.requeue() } catch {
            // A refusal may answer a second try, where the first was heard: then Slurm is ending the task.
            guard !isEnded(within: 5, stop) else { return }
            let message = "wrote a checkpoint before its time limit, but could not go back into the queue (\(error)); --resume continues it"
            task.end(.stopped, exitStatus: Int(ExitClass.environment.rawValue), message: message, run: run)
            throw TaskFailure(description: "step \(task.step) \(message)", exitClass: .environment)
        }
        // Slurm ends the task now. A task that ended by itself could be taken for the next attempt's end.
        _ = isEnded(within: 120, stop)
    }

    /// Whether Slurm asks the task to end, waiting so many seconds for it.
    private func isEnded(within seconds: TimeInterval, _ stop: StopRequest) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while !stop.isRequested, Date() < end { usleep(100_000) }
        return stop.isRequested
    }
}

struct TaskFailure: ClassifiedError, Hashable {
    let description: String
    let exitClass: ExitClass
}

extension WorkflowError {
    /// Without the lines of a log, which are told apart.
    fileprivate var firstLine: String { description.split(separator: "\n").first.map(String.init) ?? description }
}
