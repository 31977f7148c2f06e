import Foundation
import Integrity
import Submissions
import Testing

@Suite("An index of results")
struct ResultsIndexTests {
    @Test("puts what stands on the leaderboards of its benchmark, and nothing that was forged")
    func standsAndRefused() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let results = try CollectedResults(project)
        try results.add(staged.folder, as: "honest")
        let forged = try results.add(staged.folder, as: "forged")
        try AtomicFile.write(Array("better".utf8), to: forged + "/record/steps/evaluate-a-s0/outputs/metrics.json")
        try AtomicFile.write(Array("no archive".utf8), to: results.folder + "/junk.tar.zst")

        let index = try results.index()
        #expect(index.entries.map(\.name) == ["honest"] && index.entries.first?.document?.submitter == "Some Lab")
        #expect(index.refused.map(\.name) == ["forged", "junk.tar.zst"], "\(index.refused)")
        #expect(index.refused.first?.findings.contains { $0.code == .digest } == true, "\(index.refused)")
        #expect(index.refused.last?.findings.map(\.code) == [.archive])
        let boards = index.benchmarks.flatMap(\.leaderboards)
        #expect(boards.map(\.subject.row) == ["Row A", "Row B"] && boards.allSatisfy { $0.standings.count == 1 })
        #expect(boards.first?.standings.first?.measure.measuredSeeds?.count == 3)
        #expect(boards.first?.subject.reported?.value == 0.9 && boards.first?.mark == .confirmed)
    }

    @Test("shows a run that was handed in several times once, as its recorder submitted it, and says so")
    func duplicates() throws {
        let (project, run, staged) = try TinyProject.honest.get()
        let results = try CollectedResults(project)
        try results.add(run.path, as: "a-record")
        let other = try project.stage(run, .init(submitter: "Copycat", system: TinyProject.system), key: try SigningKey.generate())
        try results.addArchive(other, as: "copycat.tar.zst")
        try results.addArchive(staged, as: "some-lab.tar.zst")

        let index = try results.index()
        let entry = try #require(index.entries.first)
        #expect(index.entries.count == 1 && index.refused.isEmpty, "\(index.refused)")
        #expect(entry.name == "some-lab.tar.zst" && entry.duplicates.map(\.name) == ["a-record", "copycat.tar.zst"])
        #expect(entry.duplicates.last?.submitter == "Copycat")
    }

    @Test("holds a record that no known key signed against the key beside it, and vouches for neither")
    func publishedKey() throws {
        let (project, run, _) = try TinyProject.honest.get()
        let results = try CollectedResults(project)
        try results.add(run.path, as: run.id)
        let alone = try results.index(known: [])
        #expect(alone.entries.isEmpty && alone.refused.first?.findings.map(\.code) == [.untrustedKey], "\(alone.refused)")

        try AtomicFile.write(Array(project.key.publicKey.pem.utf8), to: results.folder + "/lab.pub.pem")
        let beside = try results.index(known: [])
        #expect(beside.refused.isEmpty && beside.entries.first?.recorder.standing == .published(file: "lab.pub.pem"))
        #expect(try results.index().entries.first?.recorder.standing == .known)
    }

    @Test("says of a submission whose keys nobody knows that it brought them")
    func broughtKey() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let results = try CollectedResults(project)
        try results.add(staged.folder, as: "lab")
        #expect(try results.index(known: []).entries.first?.submitter?.standing == .brought)
    }

    @Test("does not follow links, and looks at nothing else that lies there")
    func ignored() throws {
        let (project, run, staged) = try TinyProject.honest.get()
        let results = try CollectedResults(project)
        try results.add(staged.folder, as: "lab")
        try FileManager.default.createSymbolicLink(atPath: results.folder + "/link", withDestinationPath: run.path)
        try AtomicFile.write([1], to: results.folder + "/notes.txt")
        try AtomicFile.write([1], to: results.folder + "/broken.pub.pem")
        try FileManager.default.createDirectory(atPath: results.folder + "/folder", withIntermediateDirectories: true)
        let index = try results.index()
        #expect(index.ignored == ["broken.pub.pem", "folder", "link", "notes.txt"] && index.entries.count == 1)
    }

    @Test("of a folder without any of these is refused", arguments: ["", "/none"])
    func empty(below: String) throws {
        let results = try CollectedResults(try TinyProject.honest.get().project)
        #expect(throws: IndexError.self) { try ResultsFolder(results.folder + below) }
    }

    @Test("orders a leaderboard by scale, then in the claim's direction")
    func order() throws {
        let project = try TinyProject()
        defer { project.remove() }
        let results = try CollectedResults(project)
        // Seeds 0 to 2 score less than seeds 5 to 7, and the paper's scale stands first whatever it scored.
        for (name, variation, seed) in [("low", "smoke", 0), ("high", "smoke", 5), ("paper", "paper", 1)] {
            try results.add(try project.run(variation: variation, seed: seed).path, as: name)
        }
        let index = try results.index()
        let benchmark = try #require(index.benchmarks.first)
        let board = try #require(benchmark.leaderboards.first)
        #expect(board.subject.order == .highest && board.isOfProject == true)
        #expect(board.standings.map { benchmark.entries[$0.entry].name } == ["paper", "high", "low"])
    }

    @Test("puts whoever ran another workflow under the benchmark's name behind those who ran the project's")
    func otherWorkflow() throws {
        let project = try TinyProject()
        defer { project.remove() }
        let results = try CollectedResults(project)
        try results.add(try project.run(variation: "paper", seed: 0).path, as: "own")
        let meta = "project/workflows/tiny/meta.json"
        let text = String(decoding: try BoundedFile.read(project.folder + "/" + meta, limit: 1 << 20), as: UTF8.self)
        try project.write(text.replacing("Two rows, three seeds.", with: "Easier."), to: meta)
        try results.add(try project.run(variation: "paper", seed: 5).path, as: "other")
        try project.write(text, to: meta)
        let benchmark = try #require(try results.index().benchmarks.first)
        let standings = try #require(benchmark.leaderboards.first?.standings)
        #expect(standings.map { benchmark.entries[$0.entry].name } == ["own", "other"])
        #expect(standings[1].measure.measured > standings[0].measure.measured)
    }

    @Test("checks under its words whatever a check can find, each thing once")
    func everyCode() {
        let listed = IndexedCheck.subjects.flatMap(\.codes)
        #expect(Set(listed) == Set(SubmissionCode.allCases) && listed.count == SubmissionCode.allCases.count)
    }
}
