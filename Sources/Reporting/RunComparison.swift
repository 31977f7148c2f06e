import Foundation
import Integrity
import Workflows

/// A run's results beside what the paper reports, derived from the run's folder and nothing else.
public struct RunComparison: Sendable {
    public let folder: RunFolder
    public let record: RunRecord
    /// Step → its metrics file.
    public let metrics: [String: JSONValue]
    /// The paper's claims, in its order.
    public let claims: [Claim]
    public let results: [ClaimResult]
    /// What was measured where the paper's tables report nothing.
    let unreported: [UnreportedMeasure]

    public var summary: ClaimSummary { ClaimSummary(results) }

    /// The paper's tables that the workflow names, with what the run measured beside what the paper reports.
    public var tables: [PaperTable] {
        record.plan.tables.map {
            PaperTable(
                $0, claims: claims, results: results, unreported: unreported, matrix: record.plan.matrix?.rows ?? [],
                scale: record.plan.scaleStatement)
        }
    }

    public init(_ folder: RunFolder) throws {
        self.folder = folder
        record = try RunRecord(run: folder)
        var metrics: [String: JSONValue] = [:]
        for step in record.plan.steps {
            metrics[step.name] = try Runner.metrics(at: folder.path + "/" + RunFolder.outputs(ofStep: step.name))
        }
        self.metrics = metrics
        let matrix = MatrixSteps(record.plan)
        claims = try Claim.list(json: record.plan.claims)
        results = try ClaimEvaluator.evaluate(
            claims: claims, bindings: try ClaimBinding.list(json: record.plan.bindings, rows: matrix.rows), metrics: metrics,
            matrix: matrix,
            scale: record.plan.scale == .paper ? .paper : .reduced, variation: record.plan.variation)
        unreported = try UnreportedMeasure.all(bindings: record.plan.bindings, claims: claims, metrics: metrics, matrix: matrix)
    }

    /// Adds a finding to a verification where the manifest's test result is not, in every part, what the recorded plan and metrics give.
    public static func check(_ folder: RunFolder, _ verification: inout Verification) {
        guard let signed = verification.result else { return }
        do {
            let comparison = try RunComparison(folder)
            var said = signed.predicate
            var expected = RunRecorder.testResult(of: comparison).predicate
            // Which run it is about has been looked at, and has a finding of its own.
            for name in ["run", "variation", "scale"] {
                said[name] = nil
                expected[name] = nil
            }
            if let member = said.firstDifferentMember(from: expected) {
                verification.note(
                    RunFolder.manifestName, "its verdicts do not follow from the recorded metrics and claims: \(member) differs")
            }
        } catch {
            verification.note("run.json", "the claims cannot be compared again: \(error)")
        }
    }
}
