import ArgumentParser
import Artifacts
import Integrity
import Workflows

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how far a run is, here or on a cluster.",
        discussion: """
            Of a run on a cluster: how many of its steps are done, running (where, and how far), waiting (why) or failed (with node, exit status and \
            the last lines of the log). Looks at the run's folder and once at the queue, however many tasks there are.

            Exit status: 0 done or on its way, 1 a step failed, 3 a step was stopped or lost and none failed.
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        let record = try RunRecord(run: folder)
        let cluster = SlurmFolder(run: folder.id, home: project.home)
        let ledger = cluster.exists ? try SlurmLedger(cluster) : nil
        let client = SlurmClient(patience: 0)
        let status: SlurmStatus
        if let ledger, !folder.isFinished {
            status = try SlurmStatus(folder, record: record, folder: cluster, ledger: ledger, client: client)
        } else {
            status = SlurmStatus(here: folder, record: record)
        }
        if output.json {
            var json = status.json
            json["finished"] = .bool(folder.isFinished)
            Terminal.write(json.prettyText())
        } else if folder.isFinished {
            Terminal.line("\(folder.id): finished, \(record.plan.steps.count) steps")
        } else {
            Terminal.line("\(folder.id): \(status.count(.done)) of \(status.steps.count) steps are done")
            for state in SlurmStatus.State.allCases where state != .done {
                let steps = status.steps.filter { $0.state == state }
                guard !steps.isEmpty else { continue }
                Terminal.line("  \(steps.count) \(state.rawValue)")
                for step in steps.prefix(5) {
                    Terminal.line("    \(step.name)\(step.node.map { " on \($0)" } ?? "")\(step.text.isEmpty ? "" : ": \(step.text)")")
                    if state == .failed { for line in step.ending?.lastLines ?? [] { Terminal.line("      | \(line)") } }
                }
                if steps.count > 5 { Terminal.line("    … and \(steps.count - 5) more") }
            }
        }
        if !output.json, ledger != nil, !folder.isFinished, status.isDone { Terminal.line("  finish it with: reprise attach \(folder.id)") }
        if ledger != nil, !folder.isFinished, status.isAtRest, !status.isDone {
            throw ExitCode(status.count(.failed) > 0 ? ExitClass.checkFailed.rawValue : ExitClass.environment.rawValue)
        }
    }
}
