import Foundation
import Integrity
import Testing

@Suite("What a training measures of itself")
struct TrainingStatisticsTests {
    @Test("a training tells E_eq from the untrained model on, and the averages over its last steps")
    func trainingStatistics() throws {
        let run = try FinishedRun.shared.get()
        let path = run.folder + "/steps/train-tvae/outputs/metrics.json"
        let metrics = try JSONValue.parse(try BoundedFile.read(path, limit: 1 << 24))
        // 60 steps are no epoch: their last quarter counts.
        #expect(metrics.at("last_epoch.steps") == 15)
        for metric in [
            "last_epoch.equivariance_error", "last_epoch.negative_log_likelihood", "last_epoch.kl", "initial.negative_log_likelihood",
            "chance.equivariance_error",
        ] {
            #expect(metrics.at(metric)?.numberValue != nil, "\(metric) is missing")
        }
        #expect(Set(metrics.at("last_epoch.cap_corr")?.objectValue?.keys.map { $0 } ?? []) == ["x", "y", "orientation", "scale"])
        let curve = try #require(metrics["curve"]?.arrayValue)
        #expect(curve.first?["step"] == 1 && curve.first?["equivariance_error"] == metrics.at("initial.equivariance_error"))
        // The untrained model that the evaluation looks at is the same; its sequences are others.
        let evaluation = try JSONValue.parse(
            try BoundedFile.read(run.folder + "/steps/evaluate-tvae/outputs/metrics.json", limit: 1 << 24))
        let initial = try #require(metrics.at("initial.equivariance_error")?.numberValue)
        let untrained = try #require(evaluation.at("untrained.equivariance_error")?.numberValue)
        #expect(abs(initial - untrained) < 0.2 * untrained, "\(initial), \(untrained)")
        let report = String(decoding: try BoundedFile.read(run.folder + "/report.html", limit: 1 << 24), as: UTF8.self)
        #expect(report.contains("E_eq over training") && report.contains("activations that know nothing have"))
    }
}
