import Reporting

/// The site's first page: the benchmarks, what they are, and what was handed in.
enum FrontPage {
    static func html(_ index: ResultsIndex) -> String {
        var page = SitePage(title: "Results", path: SitePath.front)
        let entries = index.entries
        let submissions = entries.count { $0.document != nil }
        page.add("<header>", "<h1>Results</h1>")
        page.add(
            "<p>Runs of papers, each with a signed record that was checked before it was listed: every byte, every signature, every verdict computed again from the recorded metrics.</p>"
        )
        page.facts([
            ("Benchmarks", "\(index.benchmarks.count)"), ("Submissions", "\(submissions)"),
            ("Records without a submitter", "\(entries.count - submissions)"), ("Refused", "\(index.refused.count)"),
        ])
        if !index.refused.isEmpty {
            page.add(
                #"<div class="overall bad"><p><a href="\#(SitePath.refused)">\#(SitePage.count(index.refused.count, "entry was", "entries were")) refused</a>, with every finding; none of them is on a leaderboard.</p></div>"#
            )
        }
        page.add("</header>")
        page.add("<section>", "<h2>Benchmarks</h2>", #"<ul class="benchmarks">"#)
        for benchmark in index.benchmarks { page.add(card(benchmark)) }
        page.add("</ul>")
        if !index.withoutEntry.isEmpty {
            page.add(
                #"<p class="note">Nothing was handed in yet for \#(index.withoutEntry.map { SitePage.text($0) }.joined(separator: ", ")).</p>"#
            )
        }
        page.add("</section>")
        page.add("<section>", "<h2>How far to believe it</h2>", #"<ul class="plain">"#)
        page.add(
            "<li>A check shows that one key signed one consistent record, and that the numbers here are those recorded. It cannot tell whether they were computed: <code>reprise check FILE --audit</code> replays a part of each training and compares the bits. This site replayed nothing.</li>"
        )
        page.add(
            "<li>Names are what submitters call themselves. Keys tell who answers for an entry; each entry's page says whether anybody vouches for its key.</li>"
        )
        page.add(
            "<li>A number measured at a reduced scale is shown beside the paper's and says nothing about whether the paper reproduces.</li>"
        )
        page.add("<li>Each entry's page has the commands by which you check it yourself.</li>")
        page.add("</ul>", "</section>")
        return page.html
    }

    private static func card(_ benchmark: IndexedBenchmark) -> [String] {
        let paperScale = benchmark.entries.count(where: \.isPaperScale)
        let paper =
            benchmark.paper.map { "<p class=\"source\">\(SitePage.text($0.title)), \(SitePage.text(BenchmarkPage.venue($0)))</p>" } ?? ""
        let scale =
            paperScale == 0
            ? "all at a reduced scale"
            : paperScale == benchmark.entries.count ? "all at the paper's scale" : "\(paperScale) at the paper's scale"
        return [
            "<li>", #"<h3><a href="\#(SitePath.benchmark(benchmark))">\#(SitePage.text(benchmark.title))</a></h3>"#, paper,
            "<p>\(SitePage.text(benchmark.description ?? "A workflow that the project which made this site does not have."))</p>",
            "<p>\(SitePage.count(benchmark.entries.count, "entry", "entries")), \(scale) · \(SitePage.count(benchmark.leaderboards.count, "leaderboard", "leaderboards"))</p>",
            "</li>",
        ]
    }
}
