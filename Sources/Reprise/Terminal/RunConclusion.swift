import ArgumentParser
import Artifacts
import Integrity
import Reporting
import Workflows

/// What a finished run says last; the exit status follows from its decisive checks.
enum RunConclusion {
    /// - Parameter environmentFile: where the results go besides, as `NAME=VALUE` lines.
    static func show(_ folder: RunFolder, outcomes: [String: StepOutcome], json: Bool, environmentFile: String? = nil) throws {
        let comparison = try RunComparison(folder)
        if let environmentFile { try RunResultValues(folder, comparison).write(to: environmentFile) }
        let cached = outcomes.values.count { if case .cached = $0 { true } else { false } }
        if json {
            Terminal.write(
                JSONValue.object([
                    "run": .string(folder.id), "folder": .string(folder.path), "report": .string(folder.report),
                    "steps": .number(Double(outcomes.count)), "steps_from_cache": .number(Double(cached)),
                    "summary": .string(comparison.summary.line), "passed": .bool(comparison.summary.isPassed),
                    "claims": .array(comparison.results.map(\.json)), "tables": .array(comparison.tables.map(\.json)),
                ]).prettyText())
        } else {
            VerdictPrinter.show(comparison)
            if cached == outcomes.count { Terminal.line("every step was served from the cache: nothing was computed anew") }
            Terminal.line("report:  \(folder.report)")
            Terminal.line("verify:  reprise verify \(folder.id)")
        }
        if !comparison.summary.isPassed { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }
}
