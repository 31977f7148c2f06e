import Foundation
import Integrity
import Reporting
import Testing

@Suite("Reading a PDF with a program that may misbehave")
struct PDFTextTests {
    /// A folder with a PDF, and with a script in pdftotext's place.
    private func prepare(_ script: String) throws -> (pdf: String, tools: String) {
        let folder = NSTemporaryDirectory() + "pdf-text-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(Array("%PDF-1.4 nothing".utf8), to: folder + "/paper.pdf")
        try AtomicFile.write(Array("#!/bin/sh\n\(script)\n".utf8), to: folder + "/pdftotext", mode: 0o755)
        return (folder + "/paper.pdf", folder)
    }

    private func read(_ script: String, seconds: Double = 20) throws -> PaperPages {
        let (pdf, tools) = try prepare(script)
        defer { try? FileManager.default.removeItem(atPath: tools) }
        var limits = PDFText.Limits()
        limits.seconds = seconds
        return try PDFText(pdf, limits: limits).pages(.layout, searchPath: tools)
    }

    @Test("pages are what lies between form feeds")
    func pages() throws {
        #expect(try read(#"printf 'one\ntwo\n\fthree\n\f'"#).count == 2)
    }

    @Test("the program is given the very bytes whose digest is recorded, in a folder of ours, and no path of the caller's")
    func arguments() throws {
        #expect(try read(#"test "$(cat paper.pdf)" = '%PDF-1.4 nothing' && test "$1" = -layout && echo well"#).count == 1)
    }

    @Test("more text than a paper has is refused")
    func tooMuch() throws {
        let error = try #require(throws: PDFTextError.self) { try read("yes") }
        guard case .tooMuchText = error else { return #expect(Bool(false), "\(error)") }
    }

    @Test("a program that does not end is stopped", arguments: ["exec sleep 60", "echo text; exec >&-; exec sleep 60"])
    func tooSlow(script: String) throws {
        let error = try #require(throws: PDFTextError.self) { try read(script, seconds: 0.3) }
        guard case .tooSlow = error else { return #expect(Bool(false), "\(error)") }
    }

    @Test("a program that fails, or dies, is a file that cannot be read", arguments: ["exit 1", "echo text; kill -9 $$"])
    func fails(script: String) throws {
        let error = try #require(throws: PDFTextError.self) { try read(script) }
        guard case .refused = error else { return #expect(Bool(false), "\(error)") }
    }

    @Test("it cannot take more memory than it is given, and writes no files")
    func limits() throws {
        let words = "ulimit -v; (echo x > /tmp/reprise-pdf-text-test) 2>/dev/null && echo written; true"
        let (pdf, tools) = try prepare(words)
        defer { try? FileManager.default.removeItem(atPath: tools) }
        let claim = Claim(
            id: "a", statement: "s", source: "s", kind: .abstract, mark: .recalled, quote: "\((1 << 30) / 1024)")
        let written = Claim(id: "b", statement: "s", source: "s", kind: .abstract, mark: .recalled, quote: "written")
        let pages = try PDFText(pdf).pages(.layout, searchPath: tools)
        let confirmation = ClaimConfirmation(claims: [claim, written], aliases: [:], layout: pages, reading: pages)
        #expect(confirmation.findings.map(\.outcome.name) == ["confirmed", "not found"])
    }

    @Test("without the program on the search path, and with relative folders on it, none is started", arguments: ["", ".:bin", "/nowhere"])
    func noProgram(searchPath: String) throws {
        let (pdf, tools) = try prepare("echo text")
        defer { try? FileManager.default.removeItem(atPath: tools) }
        #expect(throws: PDFTextError.noProgram) { try PDFText(pdf).pages(.layout, searchPath: searchPath) }
    }
}
