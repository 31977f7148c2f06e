import Foundation
import Integrity
import Submissions
import Testing

@Suite("A site of results")
struct ResultsSiteTests {
    /// An honest archive, a submission of another run by somebody with a hostile name, and one that was refused.
    private static let hostileName = #"<script>alert(1)</script>"&'"#

    private func collected(_ project: TinyProject) throws -> CollectedResults {
        let results = try CollectedResults(project)
        try results.addArchive(try project.stage(try project.run()), as: "some-lab.tar.zst")
        var system = TinyProject.system
        system["hw_notes"] = #"\#u{202E}<img src=x onerror="alert(1)"> </dd>"#
        var environment = TinyProject.environment
        environment["processor"]?["model"] = #""><b>CPU</b>"#
        try results.add(
            try project.stage(
                try project.run(seed: 9, environment: environment), .init(submitter: ResultsSiteTests.hostileName, system: system)
            ).folder, as: "hostile'<b>")
        try AtomicFile.write([0], to: results.folder + "/<i>refused.tar.zst")
        return results
    }

    @Test("gives whatever was handed in no way out of its place, and lets nothing run but its own script")
    func hostile() throws {
        let project = try TinyProject()
        defer { project.remove() }
        let results = try collected(project)
        let index = try results.index()
        #expect(index.entries.count == 2 && index.refused.count == 1, "\(index.refused)")
        let pages = pages(of: try results.site(of: index))
        #expect(pages.count == 5, "\(pages.keys.sorted())")
        for (path, page) in pages {
            #expect(TagChecker.problem(in: page) == nil, "\(path)")
            #expect(page.contains("default-src 'none'") && !page.contains("unsafe-inline"), "\(path)")
            #expect(page.components(separatedBy: "<script").count - 1 == (path.hasPrefix("benchmarks/") ? 1 : 0), "\(path)")
            for escaped in ["<img", "<b>", "<i>", "\u{202E}", "http://", "https://", project.folder] {
                #expect(!page.contains(escaped), "\(escaped) in \(path)")
            }
        }
        #expect(pages.values.contains { $0.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;") })
        #expect(pages["refused.html"]?.contains("&lt;i&gt;refused.tar.zst") == true)
    }

    @Test("links to itself alone, by relative paths that lead somewhere, with the archives or without", arguments: [false, true])
    func links(withFiles: Bool) throws {
        let project = try TinyProject()
        defer { project.remove() }
        let results = try collected(project)
        let site = try results.site(of: try results.index(), withFiles: withFiles)
        var count = 0
        for (path, page) in pages(of: site) {
            for match in page.matches(of: /(?:href|src)="([^"]*)"/) {
                let address = String(match.output.1)
                count += 1
                if address.hasPrefix("#") {
                    #expect(page.contains(#"id="\#(address.dropFirst())""#), "\(address) in \(path)")
                    continue
                }
                let target = ((site + "/" + path) as NSString).deletingLastPathComponent + "/" + address
                #expect(!address.hasPrefix("/") && FileManager.default.fileExists(atPath: target), "\(address) in \(path)")
            }
        }
        #expect(count > 10)
        let archives = files(under: site).filter { $0.hasSuffix(".tar.zst") }
        #expect(archives.count == (withFiles ? 1 : 0))
        for archive in archives { #expect(bytes(at: site + "/" + archive) == bytes(at: results.folder + "/some-lab.tar.zst")) }
    }

    @Test("is the same, byte for byte, when it is made again")
    func deterministic() throws {
        let project = try TinyProject()
        defer { project.remove() }
        let results = try collected(project)
        let first = try results.site(of: try results.index())
        let second = try results.site(of: try results.index())
        #expect(files(under: first) == files(under: second))
        for file in files(under: first) { #expect(bytes(at: first + "/" + file) == bytes(at: second + "/" + file), "\(file)") }
    }

    @Test("replaces a site that was there, and nothing else")
    func replaced() throws {
        // Its own: others make their sites beside the shared one.
        let project = try TinyProject()
        defer { project.remove() }
        let staged = try project.stage(try project.run())
        let results = try CollectedResults(project)
        try results.add(staged.folder, as: "lab")
        let index = try results.index()
        let site = try results.site(of: index)
        let before = files(under: site)
        try FileManager.default.moveItem(atPath: results.folder + "/lab", toPath: results.folder + "/renamed")
        _ = try results.site(of: try results.index(), to: (site as NSString).lastPathComponent)
        #expect(files(under: site) == before)

        try AtomicFile.write([1], to: site + "/CNAME")
        #expect(throws: IndexError.self) { try results.site(of: index, to: (site as NSString).lastPathComponent) }
        #expect(throws: IndexError.self) { try results.site(of: index, to: (results.folder as NSString).lastPathComponent) }
        #expect(files(under: site) == (before + ["CNAME"]).sorted())
        let left = try FileManager.default.contentsOfDirectory(atPath: project.folder).filter { $0.hasPrefix(".reprise-site") }
        #expect(left.isEmpty)
    }

    @Test("never calls reduced scale reproduced, and shows each entry's checks, keys and commands")
    func entryPage() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let results = try CollectedResults(project)
        try results.addArchive(staged, as: "some-lab.tar.zst")
        let index = try results.index()
        let all = pages(of: try results.site(of: index))
        let page = try #require(all.first { $0.key.hasPrefix("submissions/") }?.value)
        #expect(!page.contains("✓ </span>reproduced") && page.contains("reduced scale"))
        let archive = try #require(index.entries.first?.archive)
        for text in [
            archive.digest.hex, project.key.publicKey.keyID, "reprise check some-lab.tar.zst --key signer.pub.pem --audit",
            "tar --zstd -xf some-lab.tar.zst", "openssl dgst -sha256 -verify", "steps is 10, the paper&#39;s variation has 100",
            "The verdicts follow from the recorded metrics",
        ] { #expect(page.contains(text), "\(text)") }
        let board = try #require(all.first { $0.key.hasPrefix("benchmarks/") }?.value)
        #expect(board.contains("paper 0.9 (confirmed)") && board.contains("highest first"))
    }
}
