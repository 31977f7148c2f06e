import ArgumentParser
import Artifacts
import Integrity
import Reporting
import Workflows

/// What a finished run says last; the exit status follows from its decisive checks.
enum RunConclusion {
    static func show(_ folder: RunFolder, outcomes: [String: StepOutcome], json: Bool) throws {
        let comparison = try RunComparison(folder)
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
