import ArgumentParser

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check what is handed to others.", subcommands: [CheckRepositoryCommand.self])
}
