import Foundation
import Integrity
import Testing

@Suite("reprise claims confirm", .enabled(if: TestPDF.hasReader, "no pdftotext on this machine: install poppler-utils"))
struct ClaimsConfirmTests {
    /// A paper like ours: the abstract's sentences, and the two tables in their two orientations.
    private static let abstract = """
                            Topographic VAEs learn Equivariant Capsules

        We show that such a model indeed learns to organize its activations according to salient cha-
        racteristics such as digit class, width, and style on MNIST. We demonstrate that this model
        successfully learns sets of approximately equivariant features (i.e. “capsules”) directly from
        sequences and achieves higher likelihood on correspondingly transforming test sequences.
        Equivariance is verified quantitatively by measuring the approximate commutativity of the inference
        network and the sequence transformations. Finally, we demonstrate approximate equivariance to
        complex transformations, and so on.
        """
    private static let tables = """
        Table 1: Log-likelihood and equivariance error. Mean ± std. over 3 random initializations.

              Model                      log p(x)          Eeq

              TVAE: L = 1/2 S         –186.8 ± 0.1      574 ± 2
              TVAE: L = 5/36 S        –186.0 ± 0.7     3247 ± 3
              BubbleVAE: L = 5/36 S   –191.4 ± 0.4     3369 ± 12
              TVAE: L = 0             –218.5 ± 0.9     1217 ± 51
              VAE                     –189.0 ± 0.8    13274 ± 1

        As Table 2 says, a TVAE with L = 1/2 rolls by 1.0 and a VAE by 0.18. We go on
        with 3 more lines of text, in which nothing is said that
        would matter here.

        Table 2: Equivariance error, and correlation of observed roll and true offset.

                            TVAE       TVAE       TVAE     BubbleVAE    TVAE      VAE
                          L = 1/2    L = 1/3    L = 1/6    L = 1/6     L = 0       –
        CapCorr  X          1.0        1.0        0.67       0.13       0.17      0.18
                 Y          1.0        1.0        0.66       0.12       0.21      0.16
                 O          1.0        1.0        0.52       0.11       0.09      0.11
                 S          1.0        1.0        0.42       0.51       0.51      0.52
        Eeq                 344       1034        2549       2951         –       6934
        """

    /// A copy of the project's artifacts, with a PDF.
    private func prepare(_ pages: [String] = [abstract, tables]) throws -> (program: Program, pdf: String) {
        let folder = Program.temporaryFolder("repository")
        for name in ["meta.json", "artifacts", "workflows"] {
            try FileManager.default.copyItem(atPath: Program.root + "/" + name, toPath: folder + "/" + name)
        }
        var program = Program()
        program.repository = folder
        let pdf = Program.temporaryFolder("pdf") + "/paper.pdf"
        try AtomicFile.write(TestPDF.bytes(pages: pages), to: pdf)
        return (program, pdf)
    }

    private func confirm(_ program: Program, _ pdf: String, _ more: String...) throws -> Program.Outcome {
        try program.run(["claims", "confirm", "keller-welling-2021", "--pdf", pdf] + more)
    }

    private func file(_ program: Program) throws -> [UInt8] {
        try BoundedFile.read(program.repository + "/artifacts/paper/keller-welling-2021/claims.json", limit: 1 << 20)
    }

    private func claim(_ id: String, in program: Program) throws -> JSONValue {
        let claims = try program("claims", "list", "paper/keller-welling-2021", "--json").json?.arrayValue
        return try #require(claims?.first { $0["id"]?.stringValue == id })
    }

    @Test("with everything in the PDF: every claim is confirmed, with the PDF's digest and the page, and a second time changes nothing")
    func everything() throws {
        let (program, pdf) = try prepare()
        let before = try file(program)
        let dry = try confirm(program, pdf, "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("not written"), "\(dry)")
        #expect(try file(program) == before)

        let outcome = try confirm(program, pdf)
        #expect(outcome.status == 0, "\(outcome)")
        let claims = try #require(try program("claims", "list", "keller-welling-2021", "--json").json?.arrayValue)
        let digest = try SHA256Digest.ofFile(at: pdf).digest.hex
        for claim in claims {
            #expect(claim["mark"] == "confirmed" && claim.at("confirmed_by.sha256") == .string(digest), "\(claim)")
            let page = claim["source"]?.stringValue?.contains("Table") == true ? 2 : 1
            #expect(claim.at("confirmed_by.page") == .number(Double(page)), "\(claim)")
        }
        #expect(claims.count >= 40)

        let after = try file(program)
        let again = try confirm(program, pdf)
        #expect(again.status == 0 && again.output.contains("nothing to change"), "\(again)")
        #expect(try file(program) == after)
        #expect(try program("list").status == 0)
    }

    @Test("a number that differs is shown beside the claim's and stays as it was; all others are confirmed")
    func different() throws {
        let (program, pdf) = try prepare([Self.abstract, Self.tables.replacing("3247 ± 3", with: "3742 ± 3")])
        let outcome = try confirm(program, pdf)
        #expect(outcome.status == 1, "\(outcome)")
        let line = outcome.output.split(separator: "\n").first { $0.contains("table1-tvae-l5-36-equivariance-error") }
        #expect(line?.contains("3,247 ± 3") == true && line?.contains("3742 ± 3") == true, "\(outcome)")
        #expect(try claim("table1-tvae-l5-36-equivariance-error", in: program)["mark"] == "recalled")
        #expect(try claim("table1-tvae-l5-36-log-likelihood", in: program)["mark"] == "confirmed")
    }

    @Test("a row that is missing is listed; --json tells programs the same")
    func missing() throws {
        let lines = Self.tables.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("L = 0  ") }
        let (program, pdf) = try prepare([Self.abstract, lines.joined(separator: "\n")])
        let outcome = try confirm(program, pdf, "--json")
        #expect(outcome.status == 1, "\(outcome)")
        let findings = try #require(outcome.json?["claims"]?.arrayValue)
        let finding = try #require(findings.first { $0["id"] == "table1-tvae-l0-log-likelihood" })
        #expect(finding["outcome"] == "not found", "\(finding)")
        #expect(finding["reason"]?.stringValue?.contains("TVAE L=0") == true, "\(finding)")
        #expect(try claim("table1-tvae-l0-log-likelihood", in: program)["mark"] == "recalled")
    }

    @Test("words that the abstract does not have are not confirmed")
    func otherWords() throws {
        let (program, pdf) = try prepare([Self.abstract.replacing("higher likelihood", with: "lower likelihood"), Self.tables])
        let outcome = try confirm(program, pdf)
        #expect(outcome.status == 1 && outcome.output.contains("1 not found"), "\(outcome)")
        #expect(try claim("higher-likelihood", in: program)["confirmed_by"] == .null)
    }

    @Test("another paper's PDF, and one that names ours after its third page only: exit 2, nothing changed")
    func otherPaper() throws {
        let (program, pdf) = try prepare()
        let before = try file(program)
        let title = "Topographic VAEs learn Equivariant Capsules"
        let other = Self.abstract.replacing(title, with: "Another paper")
        for pages in [[other, Self.tables], [other, Self.tables, "text", title]] {
            try AtomicFile.write(TestPDF.bytes(pages: pages), to: pdf)
            let outcome = try confirm(program, pdf)
            #expect(outcome.status == 2 && outcome.errors.contains(pdf) && outcome.errors.contains(title), "\(outcome)")
            #expect(outcome.errors.split(separator: "\n").count <= 2, "\(outcome)")
        }
        #expect(try file(program) == before)
    }

    @Test("a title in capitals, broken over lines, is the paper's title")
    func brokenTitle() throws {
        let title = "TOPOGRAPHIC VAES LEARN EQUI-\n                    VARIANT CAPSULES"
        let (program, pdf) = try prepare([
            Self.abstract.replacing("Topographic VAEs learn Equivariant Capsules", with: title), Self.tables,
        ])
        let outcome = try confirm(program, pdf, "--dry-run")
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test("a claim whose mark rests on the very PDF that contradicts it loses the mark, and a line says so")
    func revoked() throws {
        let id = "table1-tvae-l5-36-equivariance-error"
        let (program, pdf) = try prepare()
        #expect(try confirm(program, pdf).status == 0)
        let path = program.repository + "/artifacts/paper/keller-welling-2021/claims.json"
        var content = try JSONValue.parse(try file(program))
        var claims = try #require(content["claims"]?.arrayValue)
        let index = try #require(claims.firstIndex { $0["id"]?.stringValue == id })
        claims[index]["value"] = 3742
        content["claims"] = .array(claims)
        try AtomicFile.write(Array(content.prettyText().utf8), to: path)
        let changed = try file(program)
        let dry = try confirm(program, pdf, "--dry-run")
        #expect(dry.status == 1 && dry.output.contains("\(id) would lose its mark"), "\(dry)")
        #expect(try file(program) == changed)
        let outcome = try confirm(program, pdf)
        #expect(outcome.status == 1 && outcome.output.contains("\(id) loses its mark"), "\(outcome)")
        let claim = try claim(id, in: program)
        #expect(claim["mark"] == "recalled" && claim["confirmed_by"] == .null, "\(claim)")
    }

    @Test("a damaged PDF, one without text and what is no PDF: exit 2 in one line, nothing changed")
    func garbled() throws {
        let (program, pdf) = try prepare()
        let before = try file(program)
        let whole = try BoundedFile.read(pdf, limit: 1 << 20)
        let damaged: [[UInt8]] = [
            Array(whole.prefix(200)), Array("%PDF-1.4\n".utf8) + (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) },
            TestPDF.bytes(pages: [""]), Array("<html>no such page</html>".utf8), [],
        ]
        for bytes in damaged {
            try AtomicFile.write(bytes, to: pdf)
            let outcome = try confirm(program, pdf)
            #expect(outcome.status == 2 && outcome.errors.contains(pdf), "\(outcome)")
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
        }
        let missing = try confirm(program, pdf + ".gone")
        #expect(missing.status == 2, "\(missing)")
        #expect(try file(program) == before)
    }

    @Test("a file larger than any paper, and a pipe: exit 2 at once")
    func huge() throws {
        let (program, pdf) = try prepare()
        #expect(truncate(pdf, 1 << 40) == 0)
        let outcome = try confirm(program, pdf)
        #expect(outcome.status == 2 && outcome.errors.contains("at most"), "\(outcome)")
        let pipe = pdf + ".pipe"
        mkfifo(pipe, 0o600)
        #expect(try confirm(program, pipe).status == 2)
    }

    @Test("a name that is no paper's: exit 2")
    func noPaper() throws {
        let (program, pdf) = try prepare()
        for name in ["nobody-1999", "dataset/mnist"] {
            let outcome = try program("claims", "confirm", name, "--pdf", pdf)
            #expect(outcome.status == 2, "\(outcome)")
        }
    }
}

@Suite("reprise claims without pdftotext")
struct ClaimsWithoutReaderTests {
    @Test("exit 3, and what to install")
    func noReader() throws {
        var program = Program()
        program.environment["PATH"] = Program.temporaryFolder("empty")
        let pdf = Program.temporaryFolder("pdf") + "/paper.pdf"
        try AtomicFile.write(TestPDF.bytes(pages: ["text"]), to: pdf)
        let outcome = try program("claims", "confirm", "keller-welling-2021", "--pdf", pdf)
        #expect(outcome.status == 3 && outcome.errors.contains("poppler-utils"), "\(outcome)")
    }

    @Test(
        "a claims file that cannot be replaced: exit 3, and what to do",
        .enabled(if: getuid() != 0, "nothing keeps the superuser from writing"))
    func notWritable() throws {
        // A stand-in for pdftotext whose paper has one of the quotes.
        let tools = Program.temporaryFolder("tools")
        let words = "Topographic VAEs learn Equivariant Capsules: we demonstrate approximate equivariance to complex transformations"
        try AtomicFile.write(Array("#!/bin/sh\necho '\(words)'\n".utf8), to: tools + "/pdftotext", mode: 0o755)
        let folder = Program.temporaryFolder("repository")
        for name in ["meta.json", "artifacts", "workflows"] {
            try FileManager.default.copyItem(atPath: Program.root + "/" + name, toPath: folder + "/" + name)
        }
        var program = Program()
        program.repository = folder
        program.environment["PATH"] = tools
        let pdf = Program.temporaryFolder("pdf") + "/paper.pdf"
        try AtomicFile.write(TestPDF.bytes(pages: ["text"]), to: pdf)
        let paper = folder + "/artifacts/paper/keller-welling-2021"
        chmod(paper, 0o555)
        defer { chmod(paper, 0o755) }
        let outcome = try program("claims", "confirm", "keller-welling-2021", "--pdf", pdf)
        #expect(outcome.status == 3 && outcome.errors.contains("--repository"), "\(outcome)")
    }
}
