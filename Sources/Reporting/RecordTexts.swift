import Foundation
import Integrity
import Workflows

/// The texts in a record that follow from the rest of it, made again: what a reader holds those against that lie there.
package enum RecordTexts {
    /// Report, crate and, of a run with a matrix, result log, by their paths in the record.
    ///
    /// - Parameters:
    ///   - files: what the manifest names, in byte order of paths.
    ///   - keyID: of the key that signed the manifest.
    package static func texts(of comparison: RunComparison, files: [FileRecord], keyID: String) throws -> [String: String] {
        let steps = try StepHistory.read(comparison, files: files)
        var texts = [
            reportName: try HTMLReport.render(RunReport.model(of: comparison, steps: steps, keyID: keyID)),
            ROCrate.fileName: try ROCrate.metadata(RunCrate.model(of: comparison, steps: steps, keyID: keyID, files: files)),
        ]
        if comparison.record.plan.matrix != nil, let finished = steps.map(\.finished).max() {
            texts[StepContract.resultLogFile] = try ClaimLog.text(comparison, finished: finished)
        }
        return texts
    }

    package static let reportName = "report.html"

    /// A step's result log, at the times that a log of it says where those are the attestation's to the second.
    ///
    /// - Parameter found: the log that lies there. Nothing but its first and its last time is taken from it.
    package static func stepLog(_ step: PlannedStep, of comparison: RunComparison, found: String) throws -> String {
        let provenance = try StepHistory.provenance(of: step, in: comparison.folder)
        let invocation = try StepInvocation(file: comparison.folder.step(step.name) + "/" + StepContract.inputsFile)
        let times = found.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /"time_ms": ([0-9]{1,15}),/).flatMap { Int($0.output.1) }
        }
        /// In the middle of a millisecond, so that no rounding leads to the one before.
        func date(_ milliseconds: Int?, in second: Timestamp) -> Date {
            let start = second.secondsSince1970 * 1000
            let chosen = milliseconds.flatMap { $0 / 1000 == second.secondsSince1970 ? $0 : nil } ?? start
            return Date(timeIntervalSince1970: (Double(chosen) + 0.5) / 1000)
        }
        return ResultLog.text(
            invocation: invocation, metrics: comparison.metrics[step.name], started: date(times.first, in: provenance.startedOn),
            finished: date(times.last, in: provenance.finishedOn))
    }
}
