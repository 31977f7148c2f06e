import ArgumentParser

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a submission, as those who run a benchmark do.",
        subcommands: [CheckSubmissionCommand.self], defaultSubcommand: CheckSubmissionCommand.self)
}
