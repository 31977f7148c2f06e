/// What failed its check, and why.
enum RefusedPage {
    /// More findings than anybody reads of one entry.
    private static let limit = 50

    static func html(_ index: ResultsIndex) -> String {
        var page = SitePage(title: "Refused entries", path: SitePath.refused, trail: [("All benchmarks", SitePath.front)])
        page.add("<header>", "<h1>Refused entries</h1>")
        page.add(
            index.refused.isEmpty
                ? "<p>None: everything that was handed in passed its check.</p>"
                : "<p>Each of these failed its check, so nothing that it says is on a leaderboard. A finding names what is wrong, where, and what its submitter can do.</p>"
        )
        page.add("</header>")
        for entry in index.refused { refusal(entry, &page) }
        if !index.ignored.isEmpty {
            page.add("<section>", "<h2>Not looked at</h2>", "<p>Neither a submission nor a run's record:</p>", #"<ul class="plain">"#)
            for name in index.ignored.prefix(200) { page.add("<li><code>\(SitePage.text(name))</code></li>") }
            if index.ignored.count > 200 { page.add("<li>and \(index.ignored.count - 200) more</li>") }
            page.add("</ul>", "</section>")
        }
        return page.html
    }

    private static func refusal(_ entry: RefusedEntry, _ page: inout SitePage) {
        page.add(#"<section class="refusal">"#, "<h2>\(SitePage.text(entry.name))</h2>")
        let said = [entry.submitter.map { "by “\($0)”" }, entry.benchmark.map { "for \($0)" }].compactMap(\.self)
        if !said.isEmpty {
            page.add(#"<p class="note">It says that it is \#(SitePage.text(said.joined(separator: " "))); that was not believed.</p>"#)
        }
        page.add("<dl>")
        for finding in entry.findings.prefix(limit) {
            page.add(
                "<div><dt><code>\(finding.code.rawValue)</code></dt>"
                    + #"<dd><code>\#(SitePage.text(finding.place))</code>: \#(SitePage.text(finding.problem))<span class="why">→ \#(SitePage.text(finding.remedy))</span></dd></div>"#
            )
        }
        page.add("</dl>")
        if entry.findings.count > limit { page.add("<p>and \(entry.findings.count - limit) more findings</p>") }
        page.add("</section>")
    }
}
