import ArgumentParser
import Workflows

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a run's tasks on the cluster.",
        discussion:
            "What is done stays done, and checkpoints stay: the same `reprise run … --on slurm` with --resume submits what is missing.")

    @Argument(help: ArgumentHelp("A run's id or its folder.", valueName: "run")) var name: String
    @OptionGroup var homeOptions: HomeOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        let cluster = SlurmFolder(run: folder.id, home: project.home)
        guard cluster.exists else { throw SlurmError.notOnSlurm(run: folder.id) }
        let ended = try SlurmClient().cancel(try SlurmLedger(cluster))
        Terminal.line(ended == 0 ? "\(folder.id) has no task on the cluster" : "\(folder.id): ended \(ended) task\(ended == 1 ? "" : "s")")
    }
}
