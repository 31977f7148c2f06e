import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Submissions

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Make a site of leaderboards from submissions and records.",
        discussion: """
            Checks everything in a folder (archives of submissions, unpacked submissions, runs' records), as reprise check does, and writes static \
            pages: a leaderboard for each row of each benchmark's tables with the paper's number, a page for each entry with its checks and how to \
            verify it, and a page of what was refused, with the reasons. The same folder gives the same bytes.

            Keys are vouched for by --key, or by being yours or trusted (reprise keys). A record that no such key signed is held against the \
            *.pub.pem files that lie beside it, and its page says that nobody vouches for them.

            Examples:
              reprise index results -o site
              reprise index submissions -o site --key some-lab.pub.pem --with-files

            The output folder is replaced as a whole if it is a site made by this command, and refused if it is anything else.

            Exit status: 0 written, 1 written and something was refused, 2 there is nothing to index or the output folder is another's.
            """)

    @Argument(help: ArgumentHelp("The folder that holds submissions and records.", valueName: "folder")) var folder: String
    @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The site's folder.", valueName: "folder")) var site:
        String
    @Option(name: .customLong("key"), help: "A public key that you vouch for (a PEM file); may be repeated.") var keyFiles: [String] = []
    @Flag(name: .customLong("with-files"), help: "Copy the archives into the site.") var withFiles = false
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let known = try keyFiles.flatMap { try project.trustedKeys(only: $0) } + project.keyRing().publicKeys()
        let results = try ResultsFolder(trimmed(folder))
        let index = try ResultsIndex(results, known: known, catalogue: try project.catalogueIfPresent()) { done, name, isAccepted in
            Terminal.write(
                Terminal.printable("[\(done)/\(results.entries.count)] \(name): \(isAccepted ? "nothing speaks against it" : "refused")")
                    + "\n",
                to: STDERR_FILENO)
        }
        for name in results.ignored { Terminal.note("\(name) is neither a submission nor a record, and was not looked at") }
        let pages = ResultsSite(index, of: results, withFiles: withFiles)
        try pages.write(to: site)
        show(index, files: pages.count)
        if !index.refused.isEmpty { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }

    private func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private func show(_ index: ResultsIndex, files: Int) {
        if output.json {
            var json = index.json
            json["site"] = .string(site)
            json["files"] = .number(Double(files))
            Terminal.write(json.prettyText())
            return
        }
        for entry in index.refused {
            Terminal.line("✗ \(entry.name): refused")
            for finding in entry.findings.prefix(10) {
                Terminal.line("    \(finding)")
                Terminal.line("      → \(finding.remedy)")
            }
            if entry.findings.count > 10 { Terminal.line("    and \(entry.findings.count - 10) more findings") }
        }
        for benchmark in index.benchmarks {
            let count = benchmark.entries.count
            Terminal.line("✓ \(benchmark.alias): \(count) entr\(count == 1 ? "y" : "ies"), \(benchmark.leaderboards.count) leaderboards")
        }
        Terminal.line("written to \(site): \(files) files; open \(site)/index.html")
    }
}
