import Foundation
import Integrity
import Testing

/// Tests/CrossChecks/dsprites takes an archive of the full size through the same steps.
@Suite("dSprites by mirror")
struct DSpritesTests {
    private static let archive = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"

    /// A repository whose quick start begins with dSprites, and a mirror that gives `bytes` for it.
    private func program(_ bytes: [UInt8]) throws -> (program: Program, mirror: String) {
        let folder = Program.temporaryFolder("repository")
        for name in ["meta.json", "artifacts", "workflows"] {
            try FileManager.default.copyItem(atPath: Program.root + "/" + name, toPath: folder + "/" + name)
        }
        let workflow = folder + "/workflows/quickstart/meta.json"
        var json = try JSONValue.parse(try BoundedFile.read(workflow, limit: 1 << 22))
        json["steps"] = [["name": "data", "artifact": ["kind": "dataset", "alias": "dsprites"], "parameters": ["side": 64]]]
        json["claims"] = []
        try AtomicFile.write(Array(json.prettyText().utf8), to: workflow)
        try FileManager.default.createDirectory(atPath: folder + "/mirror/dsprites", withIntermediateDirectories: true)
        try AtomicFile.write(bytes, to: folder + "/mirror/dsprites/" + Self.archive)
        var program = Program()
        program.repository = folder
        program.withoutNetwork()
        return (program, folder + "/mirror")
    }

    private func records(_ program: Program) -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: program.home + "/store/records").filter { $0.hasSuffix(".json") }) ?? []
    }

    @Test("a file in dSprites' place that is not dSprites is refused in one line, and neither kept as output nor remembered")
    func impostor() throws {
        // The end of an empty zip archive.
        let (program, mirror) = try program([0x50, 0x4b, 5, 6] + [UInt8](repeating: 0, count: 18))
        let outcome = try program("run", "quickstart", "--mirror", mirror)
        #expect(outcome.status == 1, "\(outcome)")
        let errors = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        #expect(errors.count == 1 && errors[0].contains(Self.archive), "\(outcome)")
        #expect(records(program).isEmpty)
        let runs = try FileManager.default.subpathsOfDirectory(atPath: program.home + "/runs")
        #expect(!runs.contains { $0.hasSuffix("dsprites-64.npy") }, "\(runs)")
    }

    @Test("a page in dSprites' place is refused although nobody knows the file's digest")
    func page() throws {
        let (program, mirror) = try program(Array("<!DOCTYPE html><title>Log in</title>".utf8))
        let outcome = try program("run", "quickstart", "--mirror", mirror)
        #expect(outcome.status == 3 && outcome.errors.contains("web page"), "\(outcome)")
        #expect(records(program).isEmpty)
    }

    @Test("a size other than dSprites' own is refused before anything is fetched")
    func side() throws {
        let (program, _) = try program([])
        let workflow = program.repository + "/workflows/quickstart/meta.json"
        var json = try JSONValue.parse(try BoundedFile.read(workflow, limit: 1 << 22))
        json["steps"] = [["name": "data", "artifact": ["kind": "dataset", "alias": "dsprites"], "parameters": ["side": 32]]]
        try AtomicFile.write(Array(json.prettyText().utf8), to: workflow)
        let outcome = try program("run", "quickstart")
        #expect(outcome.status == 2 && outcome.errors.contains("64"), "\(outcome)")
    }

    @Test("every display of a run on generated sprites says that they stand in for dSprites")
    func substitution() throws {
        let run = try FinishedRun.shared.get()
        #expect(run.outcome.output.contains("dataset/sprites stands in for dSprites"), "\(run.outcome)")
        let report = String(decoding: try BoundedFile.read(run.folder + "/report.html", limit: 1 << 24), as: UTF8.self)
        #expect(report.contains("dataset/sprites stands in for dSprites"))
        #expect(report.contains("generated sprites, which stand in for dSprites"))
        for step in ["train-vae", "evaluate-vae"] {
            let metrics = try JSONValue.parse(try BoundedFile.read(run.folder + "/steps/\(step)/outputs/metrics.json", limit: 1 << 24))
            #expect(metrics["images"]?.stringValue == "generated sprites, which stand in for dSprites")
        }
    }
}
