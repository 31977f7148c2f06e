import ArgumentParser

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check what is handed to others: a submission, or a repository of artifacts.",
        subcommands: [CheckSubmissionCommand.self, CheckRepositoryCommand.self], defaultSubcommand: CheckSubmissionCommand.self)
}
