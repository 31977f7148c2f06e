import ArgumentParser

@main
struct Reprise: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reprise", abstract: "Run a paper again and check what comes out.")
}
