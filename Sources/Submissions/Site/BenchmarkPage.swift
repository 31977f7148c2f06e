import Artifacts
import Reporting

/// A benchmark's leaderboards.
enum BenchmarkPage {
    static func html(_ benchmark: IndexedBenchmark) -> String {
        var page = SitePage(
            title: benchmark.title, path: SitePath.benchmark(benchmark), trail: [("All benchmarks", SitePath.front)],
            script: SiteScript.filters)
        header(benchmark, &page)
        filters(benchmark, &page)
        contents(benchmark, &page)
        var section: String?
        var isFirst = true
        for (index, board) in benchmark.leaderboards.enumerated() {
            let name = heading(of: board)
            if isFirst || name != section {
                if !isFirst { page.add("</section>") }
                page.add("<section>", "<h2>\(SitePage.text(name))</h2>")
                if board.isOfProject == false {
                    page.add(
                        #"<p class="note">What the paper says was changed since, or by whoever recorded these: compare their claims before believing in them.</p>"#
                    )
                }
                (section, isFirst) = (name, false)
            }
            leaderboard(board, number: index + 1, of: benchmark, &page)
        }
        if !isFirst { page.add("</section>") }
        if benchmark.leftOut > 0 { page.add("<p>\(benchmark.leftOut) more leaderboards are left out.</p>") }
        return page.html
    }

    private static func heading(of board: Leaderboard) -> String {
        board.isOfProject == false ? "Held against other claims than this project's" : board.section ?? "Claims"
    }

    private static func header(_ benchmark: IndexedBenchmark, _ page: inout SitePage) {
        page.add("<header>", "<h1>\(SitePage.text(benchmark.title))</h1>")
        if let description = benchmark.description {
            page.add("<p>\(SitePage.text(description, limit: 1000))</p>")
        } else {
            page.add(
                "<p>The project that made this site has no workflow of this name: nothing is known of it but what its entries say.</p>")
        }
        if let paper = benchmark.paper {
            let identifier = paper.arxiv.map { " arXiv:\($0)." } ?? ""
            page.add(
                "<p>Paper: <em>\(SitePage.text(paper.title))</em>, \(SitePage.text(paper.authors.joined(separator: ", "))), \(SitePage.text(venue(paper))).\(SitePage.text(identifier))</p>"
            )
        }
        page.facts([
            ("Workflow", benchmark.alias), ("Entries", "\(benchmark.entries.count)"),
            ("Leaderboards", "\(benchmark.leaderboards.count)"),
        ])
        page.add(#"<div class="overall calm">"#)
        page.add(
            "<p>Entries at the paper's scale come first, then those at a reduced scale, which say nothing about whether the paper reproduces; of each those first whose plan was made again from this project's workflow and came out the same. Each leaderboard says how it goes on.</p>"
        )
        page.add("</div>")
        page.add("<details><summary>How to read this page</summary>", #"<ul class="plain">"#)
        page.add(
            "<li>A trained value says something about learning only where it is beyond the same model untrained.</li>",
            "<li>A name is the submitter's own word: the key beside it tells two of one name apart.</li>",
            "<li>Numbers are mean ± standard deviation over seeds (how many).</li>")
        page.add(
            "<li>In the pictures the line is the paper's number, with its spread where it gives one; a dot is what an entry measured, with the standard deviation over its seeds, hollow at a reduced scale; a square is the same model untrained, a dotted stroke chance. What lies far off stands in the table alone.</li>"
        )
        let marks = ConfidenceMark.allCases.filter { mark in benchmark.leaderboards.contains { $0.mark == mark } }
        if !marks.isEmpty {
            page.add(
                "<li>Marks tell how sure it is that the paper reports a number: \(marks.map { "\(SitePage.mark($0)) \($0.explanation)" }.joined(separator: "; ")).</li>"
            )
        }
        page.add("</ul>", "</details>", "</header>")
    }

    /// A venue often names its year already.
    static func venue(_ paper: PaperMeta) -> String { paper.venue.contains("\(paper.year)") ? paper.venue : "\(paper.venue) \(paper.year)" }

    // MARK: - Filters

    /// What entries are told apart by; the name is that of the attribute, without `data-`.
    private static let properties: [(name: String, label: String, value: @Sendable (IndexedEntry) -> String)] = [
        ("division", "Division", { $0.divisionText }), ("variation", "Variation", { $0.variationText }),
        ("arithmetic", "Arithmetic", { $0.arithmeticText }), ("processor", "Processor", { $0.processorText }),
    ]

    /// What filters go by, as attributes of a row.
    static func attributes(of entry: IndexedEntry) -> String {
        let values = properties.map { #" data-\#($0.name)="\#(SitePage.text($0.value(entry), limit: 100))""# }
        return #" data-entry="\#(entry.slug)""# + values.joined()
    }

    /// Hidden until the script shows it: without the script it could do nothing.
    private static func filters(_ benchmark: IndexedBenchmark, _ page: inout SitePage) {
        page.add(#"<form class="filters" aria-label="Filters" hidden>"#)
        for property in properties {
            let values = Set(benchmark.entries.map { SitePage.text(property.value($0), limit: 100) }).sorted().prefix(200)
            page.add(#"<label>\#(property.label) <select name="\#(property.name)" autocomplete="off">"#, #"<option value="">all</option>"#)
            for value in values { page.add(#"<option value="\#(value)">\#(value)</option>"#) }
            page.add("</select></label>")
        }
        page.add(#"<button type="reset">Show all</button>"#, #"<output aria-live="polite"></output>"#, "</form>")
    }

    // MARK: - Leaderboards

    private static func contents(_ benchmark: IndexedBenchmark, _ page: inout SitePage) {
        guard benchmark.leaderboards.count > 3 else { return }
        page.add("<details><summary>\(benchmark.leaderboards.count) leaderboards</summary>", #"<ol class="contents">"#)
        for (index, board) in benchmark.leaderboards.enumerated() {
            page.add(##"<li><a href="#board-\##(index + 1)">\##(SitePage.text(name(of: board, in: benchmark), limit: 200))</a></li>"##)
        }
        page.add("</ol>", "</details>")
    }

    /// A claim that is held against several measures is told apart by the first words of what each one means.
    private static func name(of board: Leaderboard, in benchmark: IndexedBenchmark) -> String {
        guard benchmark.leaderboards.count(where: { $0.title == board.title }) > 1, let explanation = board.explanation else {
            return board.title
        }
        let label = explanation.firstRange(of: /[:.](\s|$)/).map { explanation[..<$0.lowerBound] } ?? explanation[...]
        return "\(board.title) (\(label))"
    }

    private static func leaderboard(_ board: Leaderboard, number: Int, of benchmark: IndexedBenchmark, _ page: inout SitePage) {
        page.add(#"<section class="board" id="board-\#(number)">"#, "<h3>\(SitePage.text(board.title))</h3>")
        if let reported = board.reportedText {
            page.add(
                #"<p>The paper reports <span class="paper-number">\#(SitePage.text(reported))</span> \#(board.mark.map(SitePage.mark) ?? "") "#
                    + #"<span class="source">\#(SitePage.text(board.source ?? ""))</span></p>"#)
        } else if board.subject.claim != nil {
            page.add(
                #"<p>The paper says so in words \#(board.mark.map(SitePage.mark) ?? "") <span class="source">\#(SitePage.text(board.source ?? ""))</span></p>"#
            )
        } else {
            page.add("<p>The paper reports nothing here; nothing is concluded.</p>")
        }
        if let explanation = board.explanation { page.add(#"<p class="note">\#(SitePage.text(explanation, limit: 1000))</p>"#) }
        page.add(#"<p class="note">Ordered \#(board.subject.order.explanation).</p>"#)
        if let chart = LeaderboardChart(board, entries: benchmark.entries) {
            page.add(#"<figure class="strip">"#)
            page.add(chart.svg(identifier: "chart-\(number)"))
            page.add("</figure>")
        }
        standings(board, of: benchmark, &page)
        page.add(#"<p class="none">No entry fits the filters.</p>"#, "</section>")
    }

    private static func standings(_ board: Leaderboard, of benchmark: IndexedBenchmark, _ page: inout SitePage) {
        let hasChance = board.standings.contains { $0.measure.chance != nil }
        let unit = board.subject.unit.map { ", \($0)" } ?? ""
        var columns: [SitePage.Column] = [
            .init("", isNumeric: false), .init("Entry", isHeading: true), .init("Measured\(unit)", isNumeric: true),
            .init("Untrained", isNumeric: true),
        ]
        if hasChance { columns.append(.init("Chance", isNumeric: true)) }
        columns += [.init("Verdict"), .init("Variation"), .init("Division"), .init("Arithmetic"), .init("Processor")]
        let rows = board.standings.enumerated().map { index, standing in
            row(index + 1, standing, benchmark.entries[standing.entry], hasChance: hasChance, root: page.root)
        }
        page.table(
            name: board.title, className: "standings", columns: columns, rows: rows,
            attributes: board.standings.map { attributes(of: benchmark.entries[$0.entry]) })
    }

    private static func row(
        _ number: Int, _ standing: Leaderboard.Standing, _ entry: IndexedEntry, hasChance: Bool, root: String
    ) -> [String] {
        let measure = standing.measure
        let kind = entry.document == nil ? "record, " : ""
        let compared = entry.isComparable ? "" : #"<span class="why">by a workflow other than this project's</span>"#
        var cells = [
            "\(number)",
            #"<a href="\#(root)\#(SitePath.entry(entry))">\#(SitePage.text(entry.title, limit: 100))</a><span class="why">\#(kind)key \#(entry.answering.shortID)</span>"#,
            "<strong>\(SitePage.text(measure.measuredText))</strong>", SitePage.text(measure.controlText ?? "–"),
        ]
        if hasChance { cells.append(SitePage.text(measure.chance.map(NumberText.measured) ?? "–")) }
        cells += [
            (measure.verdict.map(SitePage.verdict) ?? "–") + compared,
            SitePage.text(entry.variationText, limit: 60)
                + #"<span class="why">\#(entry.isPaperScale ? "the paper's scale" : "reduced scale")</span>"#,
            SitePage.text(entry.divisionText), SitePage.text(entry.arithmeticText, limit: 60),
            SitePage.text(entry.processorText, limit: 60),
        ]
        return cells
    }
}
