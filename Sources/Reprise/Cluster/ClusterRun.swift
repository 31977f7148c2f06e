import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// A run whose steps are tasks of a cluster: submitted, followed, and finished here once they are all done.
struct ClusterRun {
    let folder: RunFolder
    let record: RunRecord
    let project: Project
    let runner: Runner
    var client = SlurmClient()

    private var cluster: SlurmFolder { SlurmFolder(run: folder.id, home: project.home) }

    /// A run that the cluster works on must not be worked on here as well.
    static func refuseQueued(_ run: RunFolder, home: Home) throws {
        let cluster = SlurmFolder(run: run.id, home: home)
        guard cluster.exists else { return }
        let waiting = try SlurmClient().queue(of: try SlurmLedger(cluster))
        guard waiting == 0 else { throw SlurmError.stillQueued(run: run.id, tasks: waiting) }
    }

    /// Submits what is not done yet, and says what.
    ///
    /// - Returns: what has noticed since whether the user wants to stop: what is half submitted is completed first.
    func submit(_ setup: RunnerSetup, program: String, options: SlurmOptions) throws -> StopRequest {
        try ClusterRun.refuseQueued(folder, home: project.home)
        let settled = try runner.settle(folder, record: record, observer: ProgressDisplay())
        if !settled.outcomes.isEmpty { Terminal.note("\(settled.outcomes.count) of \(record.plan.steps.count) steps are done already") }
        let stop = StopRequest()
        guard !settled.missing.isEmpty else { return stop }
        var ledger = SlurmLedger(
            run: folder.id, repository: project.repository, key: setup.keyName, environment: setup.environment)
        if cluster.exists { ledger.arrays = try SlurmLedger(cluster).arrays }
        let before = ledger.arrays.count
        ledger = try SlurmSubmitter(client: client).submit(
            settled.missing, ledger: ledger, folder: cluster, program: program, options: options)
        let jobs = ledger.arrays[before...].map { "\($0.job)" }.joined(separator: ", ")
        Terminal.note("submitted \(settled.missing.count) steps as array jobs \(jobs); Ctrl-C leaves them running")
        return stop
    }

    /// Shows how far the tasks are until none is left, then finishes the run. Left with Ctrl-C, it leaves the tasks alone.
    func follow(until stop: StopRequest = StopRequest(), json: Bool, environmentFile: String? = nil) throws {
        let display = ClusterDisplay()
        let interval = record.plan.steps.count > 1000 ? 10.0 : 2.0
        var restingLooks = 0
        while cluster.exists {
            do {
                let ledger = try SlurmLedger(cluster)
                let status = try SlurmStatus(folder, record: record, folder: cluster, ledger: ledger, client: client)
                display.show(status)
                if status.isDone { break }
                // A file system that several machines share shows what another did with a delay; nothing is called lost at first sight.
                restingLooks = status.isAtRest ? restingLooks + 1 : 0
                if restingLooks > (status.count(.lost) > 0 ? 5 : 1) { try giveUp(status, ledger, json: json) }
            } catch let error as SlurmError {
                guard case .silent = error else { throw error }
                display.notice("\(error)")
            }
            let until = Date().addingTimeInterval(interval)
            while Date() < until, !stop.isRequested { usleep(100_000) }
            if stop.isRequested {
                display.end()
                Terminal.note("run \(folder.id) goes on without this command; come back with: reprise attach \(folder.id)")
                throw ExitCode(130)
            }
        }
        display.end()
        stop.end()
        let outcomes = try finish(display)
        try RunConclusion.show(folder, outcomes: outcomes, json: json, environmentFile: environmentFile)
    }

    /// Looks at every byte and signs, unless another command that followed the run has.
    private func finish(_ display: ClusterDisplay) throws -> [String: StepOutcome] {
        while true {
            do {
                let lock = try RunLock(run: folder.id, home: project.home)
                let settled = try runner.settle(folder, record: record, observer: display)
                guard settled.missing.isEmpty else { throw WorkflowError.notFinished(run: folder.id) }
                if !folder.isFinished {
                    try folder.removeLeftovers()
                    try RunRecorder(key: runner.key).finish(folder)
                }
                lock.release()
                return settled.outcomes
            } catch let error as WorkflowError {
                guard case .runBusy = error else { throw error }
                sleep(1)
            }
        }
    }

    /// The most failures that are shown in full.
    private static let shown = 10

    private func giveUp(_ status: SlurmStatus, _ ledger: SlurmLedger, json: Bool) throws -> Never {
        let words = try ClusterFailures.text(status, ledger: ledger, folder: cluster, client: client, limit: ClusterRun.shown)
        if json { Terminal.write(status.json.prettyText()) }
        Terminal.error(words + "\nwhat is done stays done; go on with: \(RunReport.rerun(record)) --resume --on slurm")
        // Only what fails by itself is the run's failure; what was stopped or lost is the cluster's.
        throw ExitCode(status.count(.failed) > 0 ? ExitClass.checkFailed.rawValue : ExitClass.environment.rawValue)
    }
}
