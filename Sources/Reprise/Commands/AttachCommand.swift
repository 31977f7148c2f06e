import ArgumentParser
import Integrity
import Workflows

struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Follow a run on a cluster again, and finish it when its steps are done.",
        discussion: """
            Takes up what `reprise run … --on slurm` does after submitting. Ctrl-C leaves the tasks running.

            Exit status: as of `reprise run`.
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        let record = try RunRecord(run: folder)
        let cluster = SlurmFolder(run: folder.id, home: project.home)
        guard cluster.exists else { throw SlurmError.notOnSlurm(run: folder.id) }
        let ledger = try SlurmLedger(cluster)
        let setup = RunnerSetup(project: project, keyName: ledger.key, environment: ledger.environment, folders: [:])
        // The program that the run was submitted with counts, not this one: it may have been rebuilt since.
        let runner = try setup.runner(
            engine: NoEngine(), binary: try SHA256Digest.ofFile(at: cluster.program).digest, arithmetic: record.arithmetic)
        try ClusterRun(folder: folder, record: record, project: project, runner: runner).follow(json: output.json)
    }
}
