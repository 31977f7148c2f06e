import Foundation
import Integrity
import Workflows

/// A run's results beside what the paper reports, derived from the run's folder and nothing else.
public struct RunComparison: Sendable {
    public let folder: RunFolder
    public let record: RunRecord
    /// Step → its metrics file.
    public let metrics: [String: JSONValue]
    public let results: [ClaimResult]

    public var summary: ClaimSummary { ClaimSummary(results) }

    public init(_ folder: RunFolder) throws {
        self.folder = folder
        record = try RunRecord(run: folder)
        var metrics: [String: JSONValue] = [:]
        for step in record.plan.steps {
            metrics[step.name] = try Runner.metrics(at: folder.path + "/" + RunFolder.outputs(ofStep: step.name))
        }
        self.metrics = metrics
        results = try ClaimEvaluator.evaluate(
            claims: try Claim.list(json: record.plan.claims), bindings: try ClaimBinding.list(json: record.plan.bindings),
            metrics: metrics, scale: record.plan.scale == .paper ? .paper : .reduced, variation: record.plan.variation)
    }

    /// Adds a finding to a verification where the manifest's claims are not what the recorded metrics give.
    public static func check(_ folder: RunFolder, _ verification: inout Verification) {
        guard let signed = verification.result else { return }
        do {
            let comparison = try RunComparison(folder)
            let expected = RunRecorder.testResult(of: comparison)
            if signed.extraFields["claims"] != expected.extraFields["claims"] || signed.result != expected.result {
                verification.note(RunFolder.manifestName, "its verdicts do not follow from the recorded metrics and claims")
            }
        } catch {
            verification.note("run.json", "the claims cannot be compared again: \(error)")
        }
    }
}
