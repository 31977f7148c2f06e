import Foundation
import Integrity
import Testing

@Suite("reprise index")
struct IndexTests {
    /// Two published records and their key, in a folder that a test may change.
    private func results() throws -> String {
        let folder = Program.temporaryFolder("results")
        for name in ["equivae-mnist-supervised", "equivae.pub.pem"] {
            try FileManager.default.copyItem(atPath: Program.root + "/results/" + name, toPath: folder + "/" + name)
        }
        return folder
    }

    @Test("makes a site of published records, says what it did, and writes the same bytes again")
    func published() throws {
        let program = Program()
        let folder = try results()
        let site = Program.temporaryFolder("sites") + "/site"
        let made = try program("index", folder, "-o", site, "--json")
        #expect(made.status == 0 && made.errors.contains("[1/1] equivae-mnist-supervised"), "\(made)")
        let entry = made.json?.at("benchmarks")?.arrayValue?.first?["entries"]?.arrayValue?.first
        #expect(entry?["submitter"] == .null && entry?.at("recorder_key.standing") == "published", "\(made)")
        let page = try #require(entry?["page"]?.stringValue)
        let before = FileManager.default.contents(atPath: site + "/" + page)
        #expect(before != nil)
        #expect(try program("index", folder + "/", "-o", site + "/").status == 0)
        #expect(FileManager.default.contents(atPath: site + "/" + page) == before)
        let known = try program("index", folder, "-o", site, "--json", "--key", folder + "/equivae.pub.pem")
        #expect(known.output.contains(#""standing": "known""#), "\(known)")
    }

    @Test("exits 1 where something is refused, and writes the site with the reason all the same")
    func refused() throws {
        let folder = try results()
        let damaged = folder + "/equivae-mnist-supervised/run.json"
        try AtomicFile.write(try BoundedFile.read(damaged, limit: 1 << 24) + [0x20], to: damaged)
        let site = Program.temporaryFolder("sites") + "/site"
        let made = try Program()("index", folder, "-o", site)
        #expect(made.status == 1 && made.output.contains("equivae-mnist-supervised: refused"), "\(made)")
        let page = String(decoding: FileManager.default.contents(atPath: site + "/refused.html") ?? Data(), as: UTF8.self)
        #expect(page.contains("<code>record-") && page.contains("run.json"), "\(page)")
    }

    @Test("exits 2 where there is nothing to index, or somebody else's folder stands in the way, and touches nothing")
    func usage() throws {
        let program = Program()
        let folder = try results()
        let site = Program.temporaryFolder("sites")
        try AtomicFile.write([1], to: site + "/mine.txt")
        for arguments in [
            ["index", folder, "-o", site], ["index", site, "-o", site + "/new"], ["index", folder + "/none", "-o", site + "/new"],
        ] {
            let outcome = try program.run(arguments)
            #expect(outcome.status == 2 && !outcome.errors.isEmpty, "\(arguments): \(outcome)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: site) == ["mine.txt"])
    }
}
