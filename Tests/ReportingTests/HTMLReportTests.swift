import Integrity
import Reporting
import Testing

@Suite("The report's page")
struct HTMLReportTests {
    @Test("shows claims, measures, curves, pictures, steps, environment and how to check")
    func contents() throws {
        let page = try HTMLReport.render(Sample.report())
        for text in [
            "Learns approximately equivariant capsules from sequences", "1 of 1 check passed", "1,500 of the paper&#39;s 600,000 steps",
            "Roll-forward NLL", "<polyline", "data:image/png;base64,", "Rolled forward", "script/train-topographic-vae@1.0.0",
            "3f9a3f9a3f9a",
            "20250131-113000-quickstart-11aa", "10.5 MB", "Swift 6.3.1", "reprise verify 20250131-120000-quickstart-7f3a --key me.pub",
        ] {
            #expect(page.contains(text), "the page lacks “\(text)”")
        }
        #expect(TagChecker.problem(in: page) == nil)
    }

    @Test("shows every reported number beside its mark")
    func marks() throws {
        let page = try HTMLReport.render(Sample.report())
        #expect(page.contains(#"574 ± 2 <span class="mark">recalled</span>"#))
        #expect(page.contains(#"−189 ± 0.8 nats <span class="mark">secondary</span>"#))
        #expect(page.contains("recalled from memory, unconfirmed"))
    }

    @Test("is the same bytes for the same model")
    func determinism() throws {
        #expect(try HTMLReport.render(Sample.report()) == HTMLReport.render(Sample.report()))
    }

    @Test("refers to nothing outside itself and runs nothing")
    func selfContained() throws {
        let page = try HTMLReport.render(Sample.report())
        for marker in [
            "<script", "<link", "<iframe", "<object", "@import", "url(", "src=\"http", "href=\"http", "srcset", " onload", " onerror",
        ] {
            #expect(!page.contains(marker), "the page contains “\(marker)”")
        }
        #expect(page.contains("default-src 'none'"))
        // Links lead to sections of the page itself, and each section exists.
        for link in page.matches(of: /href="([^"]*)"/) {
            #expect(link.1.hasPrefix("#"))
            #expect(page.contains("id=\"\(link.1.dropFirst())\""), "no section for \(link.1)")
        }
    }

    @Test(
        "escapes every text that it is given",
        arguments: ["<script>alert(1)</script>", #""><script>alert(1)</script>"#, "'><script>x</script>&<!--", "</style></title><script>"])
    func escaping(evil: String) throws {
        let page = try HTMLReport.render(Self.report(allTexts: evil))
        #expect(!page.contains("<script"))
        #expect(!page.contains("<!--"))
        #expect(TagChecker.problem(in: page) == nil)
        #expect(page.contains("&lt;script&gt;"))
    }

    @Test("replaces control characters and marks that turn text around")
    func controlCharacters() throws {
        let page = try HTMLReport.render(Self.report(allTexts: "a\u{0}b\u{1B}[31mc\u{202E}d\u{FFFF}e"))
        #expect(page.contains("a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}d\u{FFFD}e"))
        for scalar in ["\u{0}", "\u{1B}", "\u{202E}", "\u{FFFF}"] as [Unicode.Scalar] { #expect(!page.unicodeScalars.contains(scalar)) }
    }

    @Test("stands without results, charts, pictures or steps")
    func empty() throws {
        let model = ReportModel(
            title: "Nothing", runIdentifier: "r", workflow: "w", variation: "v", scaleStatement: "none", results: [],
            record: .init(keyIdentifier: "k", instructions: []))
        let page = try HTMLReport.render(model)
        #expect(page.contains("held against no claim"))
        #expect(!page.contains("Learning curves"))
        #expect(TagChecker.problem(in: page) == nil)
    }

    @Test("tells a failed check at the top and in its row")
    func failure() throws {
        var model = try Sample.report()
        model.results[0].check = .failed
        let page = try HTMLReport.render(model)
        #expect(page.contains(#"class="overall bad""#))
        #expect(page.contains(#"<span class="check failed">check failed</span>"#))
    }

    /// A model in which every text, without exception, is the given one.
    private static func report(allTexts text: String) throws -> ReportModel {
        let claim = Claim(
            id: text, statement: text, source: text, kind: .table, table: text + "1", row: text + "2", column: text + "3",
            reported: .init(value: 1, uncertainty: 2), unit: text, mark: .recalled, note: text)
        var binding = Sample.binding
        binding.explanation = text
        let result = ClaimResult(
            claim: claim, binding: binding, measured: 1, control: 2, chance: 3, verdict: .reducedScale, check: .passed, reason: text)
        var unbound = result
        unbound.binding = nil
        return ReportModel(
            title: text, runIdentifier: text, workflow: text, variation: text, finished: text, scaleStatement: text, overallVerdict: text,
            results: [result, unbound],
            metricTables: [
                .init(title: text, note: text, rows: [.init(name: text, unit: text, trained: 1, untrained: nil, explanation: text)])
            ],
            charts: [
                .init(
                    title: text, summary: text, xLabel: text, yLabel: text,
                    series: [.init(name: text, points: [.init(x: 0, y: 0), .init(x: 1, y: 1)])])
            ],
            pictures: [
                .init(
                    image: try PNGImage(width: 1, height: 1, colour: .grey, pixels: [0]), caption: text, alternative: text,
                    rowLabels: [text])
            ],
            steps: [
                .init(
                    name: text, artifact: text, digest: text, seconds: 1, cachedFrom: text,
                    outputs: [.init(name: text, bytes: 1, sha256: text)])
            ],
            environment: [.init(name: text, value: text)],
            record: .init(keyIdentifier: text, instructions: [.init(purpose: text, command: text)]))
    }
}
