import ArgumentParser
import Integrity
import Reporting
import Workflows

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Show a run's verdicts and where its report lies.",
        discussion: """
            The report, report.html in the run's folder, is one self-contained file. It is part of the signed record, so it is not written \
            anew here; --output renders the record again into another file.
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @Option(name: [.customShort("o"), .customLong("output")], help: "Render the report from the record into this file.") var file: String?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let folder = try Project(homeOptions, readingOnly: true).library().find(name)
        guard folder.isFinished else { throw WorkflowError.notFinished(run: folder.id) }
        let comparison = try RunComparison(folder)
        if let file {
            let model = try RunReport.model(of: comparison)
            try AtomicFile.write(Array(try HTMLReport.render(model).utf8), to: file)
        }
        let path = file ?? folder.report
        if output.json {
            Terminal.write(
                JSONValue.object([
                    "run": .string(folder.id), "report": .string(path), "summary": .string(comparison.summary.line),
                    "claims": .array(comparison.results.map(\.json)), "tables": .array(comparison.tables.map(\.json)),
                ]).prettyText())
        } else {
            VerdictPrinter.show(comparison)
            Terminal.line("report: \(path)")
        }
    }
}
