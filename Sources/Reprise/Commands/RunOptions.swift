import ArgumentParser

/// What several commands take.
struct HomeOptions: ParsableArguments {
    @Option(
        name: .customLong("repository"),
        help: ArgumentHelp(
            "Folder that holds artifacts/ and workflows/.", discussion: "Default: the nearest one above this folder or above the program."))
    var repository: String?
}

struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON for programs instead of text for people.")
    var json = false
}
