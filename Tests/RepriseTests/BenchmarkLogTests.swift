import Foundation
import Integrity
import Reporting
import Testing
import Workflows

@Suite("A replicate's benchmark log")
struct BenchmarkLogTests {
    let run: FinishedRun
    let comparison: RunComparison

    init() throws {
        run = try FinishedRun.shared.get()
        comparison = try RunComparison(RunFolder(path: run.folder))
    }

    private func text(replicate: Int = 0, submitter: String = "A lab", platform: String = "box") throws -> String {
        try BenchmarkLog.text(of: comparison, replicate: replicate, division: .open, submitter: submitter, platform: platform)
    }

    private func events(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { line in
            #expect(line.hasPrefix(":::MLLOG "))
            return try JSONValue.parse(String(line.dropFirst(":::MLLOG ".count)))
        }
    }

    @Test("says who submits what, and for which seed, before the run starts")
    func heading() throws {
        let events = try events(text())
        let keys = events.prefix(6).map { $0["key"]?.stringValue }
        #expect(keys == ["submission_benchmark", "submission_division", "submission_org", "submission_platform", "seed", "run_start"])
        #expect(events.prefix(5).map { $0["value"] } == ["quickstart", "open", "A lab", "box", 3])
        #expect(events[0].at("metadata.scale") == "reduced" && events[0].at("metadata.variation") == "smoke")
        #expect(events.last?["key"] == "run_stop" && events.last?.at("metadata.status") == "success")
    }

    @Test("holds every measure that a claim rests on, after the step that made it, in the order of time")
    func measures() throws {
        let events = try events(text())
        let times = events.compactMap { $0["time_ms"]?.numberValue }
        #expect(times == times.sorted() && times.count == events.count)
        let measured = comparison.results.filter { $0.measured != nil }
        let logged = events.filter { $0["key"] == "eval_accuracy" }
        #expect(logged.count == measured.count && !logged.isEmpty)
        for result in measured {
            let match = logged.contains {
                $0.at("metadata.claim") == .string(result.claim.id) && $0["value"]?.numberValue == result.measured
            }
            #expect(match, "\(result.claim.id)")
        }
        for (position, event) in events.enumerated() where event["key"] == "eval_accuracy" {
            let stop = events.firstIndex { $0["key"] == "block_stop" && $0.at("metadata.step") == event.at("metadata.step") }
            #expect(stop.map { $0 < position } == true)
        }
    }

    @Test("is the same whenever it is written")
    func deterministic() throws {
        #expect(try text() == text())
    }

    @Test("is refused for a seed that was not run, and without the submitter's or the platform's name")
    func refused() {
        #expect(BenchmarkLog.replicates(of: comparison) == 1)
        #expect(throws: BenchmarkLogError.replicate(1, count: 1)) { try text(replicate: 1) }
        #expect(throws: BenchmarkLogError.replicate(-1, count: 1)) { try text(replicate: -1) }
        #expect(throws: BenchmarkLogError.empty(field: "submitter")) { try text(submitter: "") }
        #expect(throws: BenchmarkLogError.empty(field: "platform")) { try text(platform: "") }
    }

    static let vectors = ProcessInfo.processInfo.environment["REPRISE_VECTORS"]

    @Test(
        "is written for MLPerf's own checker, which Tests/Interop/mllog brings",
        .enabled(if: vectors != nil, "REPRISE_VECTORS names no folder"))
    func forTheChecker() throws {
        try AtomicFile.write(Array(text().utf8), to: try #require(BenchmarkLogTests.vectors) + "/result_0.txt")
    }
}
