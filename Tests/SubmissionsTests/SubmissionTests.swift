import Foundation
import Integrity
import Submissions
import Testing
import Workflows

@Suite("A submission")
struct SubmissionTests {
    @Test("of an honest run checks clean, and says how it departs from the paper")
    func clean() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let checked = try project.check(staged.folder)
        #expect(checked.findings.isEmpty, "\(checked.findings)")
        #expect(checked.submitter == "Some Lab" && checked.benchmark?.alias == "tiny" && checked.division == .open)
        #expect(checked.comparison?.results.count == 2)
        #expect(
            staged.document.deviations.map(\.sentence) == [
                "variation smoke is not at the paper's scale", "steps is 10, the paper's variation has 100", "fewer steps",
            ])
        #expect(staged.files.contains { $0.path == "some-lab/results/bench-1/tiny/result_2.txt" })
    }

    @Test("made twice of one run differs in the signature alone")
    func deterministic() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let first = try project.stage(run)
        let second = try project.stage(run)
        let different = zip(first.files, second.files).filter { $0 != $1 }.map(\.0.path)
        #expect(first.files.count == second.files.count)
        #expect(different == ["some-lab/" + SubmissionLayout.signature])
    }

    @Test("of the paper's variation, from a clean commit, on a machine that is described, is taken in the closed division")
    func closed() throws {
        let project = try TinyProject()
        defer { project.remove() }
        let request = SubmissionBuilder.Request(submitter: "Some Lab", division: .closed, system: TinyProject.system)
        let staged = try project.stage(try project.run(variation: "paper"), request)
        #expect(staged.checked.findings.isEmpty, "\(staged.checked.findings)")
        #expect(staged.document.deviations.isEmpty)
    }

    @Test(
        "is refused in the closed division where the letter was departed from",
        arguments: [("smoke", "", "closed-division"), ("paper", "steps=100", "closed-division"), ("paper", "seeds=2", "closed-division")])
    func notClosed(variation: String, setting: String, code: String) throws {
        let project = try TinyProject()
        defer { project.remove() }
        let settings =
            setting.isEmpty ? [] : [(name: String(setting.split(separator: "=")[0]), text: String(setting.split(separator: "=")[1]))]
        let run = try project.run(variation: variation, settings: settings)
        let request = SubmissionBuilder.Request(submitter: "Some Lab", division: .closed, system: TinyProject.system)
        let error = try #require(throws: SubmissionError.self) { try project.stage(run, request) }
        #expect("\(error)".contains(code), "\(error)")
    }

    @Test("is refused in the closed division from changed code, or with nothing said of the machine")
    func unclean() throws {
        let project = try TinyProject()
        defer { project.remove() }
        var environment = TinyProject.environment
        environment["git"]?["dirty"] = true
        let dirty = try project.run(variation: "paper", environment: environment)
        let error = try #require(throws: SubmissionError.self) {
            try project.stage(dirty, .init(submitter: "Some Lab", division: .closed, system: TinyProject.system))
        }
        #expect("\(error)".contains("rule source"), "\(error)")
        let silent = try #require(throws: SubmissionError.self) {
            try project.stage(try project.run(variation: "paper"), .init(submitter: "Some Lab", division: .closed))
        }
        #expect("\(silent)".contains("system-incomplete"), "\(silent)")
    }

    @Test("may leave all outputs out, which is said and seen")
    func withoutCheckpoints() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let staged = try project.stage(
            run, .init(submitter: "Some Lab", includesCheckpoints: false, system: TinyProject.system))
        #expect(staged.checked.isAccepted && staged.checked.notes.map(\.code) == [.outputsAbsent], "\(staged.checked.findings)")
        #expect(!staged.files.contains { $0.path.hasSuffix(".safetensors") })
        #expect(staged.files.contains { $0.path.hasSuffix("train-a-s0/outputs/metrics.json") })
        #expect(staged.document.checkpoints.files == 12)
    }

    @Test("by another than the recorder says so, and stands")
    func otherSubmitter() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let staged = try project.stage(run, key: try SigningKey.generate())
        #expect(staged.checked.isAccepted && staged.checked.notes.map(\.code) == [.otherRecorder], "\(staged.checked.findings)")
    }

    @Test("of a record that does not hold is not made")
    func brokenRecord() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let broken = RunFolder(path: try project.copy(run.path))
        try AtomicFile.write(Array("{}".utf8), to: broken.step("evaluate-a-s0") + "/outputs/metrics.json")
        let error = try #require(throws: SubmissionError.self) { try project.stage(broken) }
        guard case .recordDoesNotHold = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("takes no field of the system that the record knows, and none that nobody knows")
    func systemFields() throws {
        let (project, run, _) = try TinyProject.honest.get()
        for field in ["host_processor_model_name", "colour"] {
            #expect(throws: SubmissionError.self) {
                try project.stage(run, .init(submitter: "Some Lab", system: [field: "better"]))
            }
        }
    }

    @Test("names a submitter in one line with letters of ASCII", arguments: ["", " ", "two\nlines", "\u{202E}bal", "研究所"])
    func names(submitter: String) throws {
        let (project, run, _) = try TinyProject.honest.get()
        #expect(throws: SubmissionError.self) { try project.stage(run, .init(submitter: submitter)) }
    }

    @Test("without a project is checked all the same, and the reader is told what was not compared")
    func withoutProject() throws {
        let (_, _, staged) = try TinyProject.honest.get()
        let checked = try SubmissionChecker(trusted: [], catalogue: nil).check(folder: staged.folder)
        #expect(checked.isAccepted, "\(checked.errors)")
        #expect(Set(checked.notes.map(\.code)) == [.planNotCompared, .unknownSigner] && !checked.isComparable)
    }

    @Test("a bare record is looked at like one, without a submitter")
    func bareRecord() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let checked = try SubmissionChecker(trusted: [project.key.publicKey], catalogue: try project.catalogue()).check(record: run)
        #expect(checked.findings.isEmpty && checked.submitter == nil && checked.benchmark?.alias == "tiny", "\(checked.findings)")
        #expect(checked.system?["host_processor_model_name"] == "Some CPU")
        let stranger = try SubmissionChecker(trusted: [], catalogue: nil).check(record: run)
        #expect(stranger.findings.map(\.code) == [.untrustedKey] && stranger.benchmark?.alias == "tiny", "\(stranger.findings)")
    }
}
