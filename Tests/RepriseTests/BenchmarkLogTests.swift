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

    @Test("is one for each seed of a run with several, and holds that seed's steps and measures alone")
    func severalSeeds() throws {
        let published = try published()
        #expect(BenchmarkLog.replicates(of: published) == 3)
        for replicate in 0..<3 {
            let events = try events(log(published, replicate))
            #expect(events.first { $0["key"] == "seed" }?["value"]?.integerValue == replicate)
            let steps = Set(events.filter { $0["key"] == "block_start" }.compactMap { $0.at("metadata.step")?.stringValue })
            #expect(steps.contains("data") && steps.count == 13, "data, and two steps for each of six rows")
            #expect(steps.subtracting(["data"]).allSatisfy { $0.hasSuffix("-s\(replicate)") })
            let result = try #require(published.results.first { $0.claim.id == "table1-vae-equivariance-error" })
            let logged = events.first { $0.at("metadata.claim") == .string(result.claim.id) }
            #expect(logged?["value"]?.numberValue == result.measuredSeeds?.values[replicate])
            #expect(logged?.at("metadata.row") == "vae")
        }
    }

    private func published() throws -> RunComparison { try RunComparison(RunFolder(path: Program.root + "/results/tvae-table1-short")) }

    private func log(_ comparison: RunComparison, _ replicate: Int) throws -> String {
        try BenchmarkLog.text(of: comparison, replicate: replicate, division: .open, submitter: "A lab", platform: "box")
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
        let folder = try #require(BenchmarkLogTests.vectors)
        try AtomicFile.write(Array(text().utf8), to: folder + "/result_0.txt")
        for replicate in 0..<3 {
            try AtomicFile.write(Array(log(published(), replicate).utf8), to: folder + "/published_\(replicate).txt")
        }
    }
}
