/// Writes the report's page, section by section.
struct HTMLPage {
    private let model: ReportModel
    private var lines: [String] = []

    init(model: ReportModel) {
        self.model = model
    }

    mutating func text() throws(ImageError) -> String {
        lines = HTMLFrame.opening(title: model.title)
        header()
        paperTables()
        claims()
        metrics()
        charts()
        try pictures()
        steps()
        environment()
        record()
        lines += HTMLFrame.closing
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Sections

    private mutating func header() {
        add("<header>")
        add("<h1>\(escape(model.title))</h1>")
        add(#"<p class="facts">"#)
        fact("Workflow", model.workflow)
        fact("Variation", model.variation)
        fact("Run", model.runIdentifier)
        if let finished = model.finished { fact("Finished", finished) }
        add("</p>")
        let tone = ClaimSummary(model.results).isPassed ? "calm" : "bad"
        add(#"<div class="overall \#(tone)">"#)
        add("<p><strong>\(escape(model.overallVerdict))</strong></p>")
        add("<p>Scale: \(escape(model.scaleStatement))</p>")
        add("</div>")
        let sections: [(identifier: String, name: String, isShown: Bool)] = [
            ("tables", "The paper's tables", !model.paperTables.isEmpty), ("claims", "Claims", true),
            ("measures", "Measures", !model.metricTables.isEmpty), ("curves", "Curves", !model.charts.isEmpty),
            ("pictures", "Pictures", !model.pictures.isEmpty), ("steps", "Steps", !model.steps.isEmpty),
            ("environment", "Environment", !model.environment.isEmpty), ("record", "Check it yourself", true),
        ]
        let links = sections.filter(\.isShown).map { ##"<a href="#\##($0.identifier)">\##($0.name)</a>"## }
        add(#"<nav aria-label="Sections">\#(links.joined(separator: " "))</nav>"#)
        add("</header>")
    }

    /// The paper's numbers and the run's, side by side; what each means stands with the claims.
    private mutating func paperTables() {
        guard !model.paperTables.isEmpty else { return }
        open(section: "tables", title: "The paper's tables")
        add(
            "<p>Ours: \(escape(PaperTableText.form)); below it the same measure on the untrained model. "
                + "Structure alone can give a number: a trained value says something about learning only where it is beyond the untrained one.</p>"
        )
        for table in model.paperTables {
            openScrolling(name: table.title)
            add(#"<table class="paper">"#)
            add(#"<caption>\#(escape(table.title)) <span class="source">\#(escape(table.scale))</span></caption>"#)
            add(#"<thead><tr><th scope="col" rowspan="2">Row</th>"#)
            for column in table.columns { add(#"<th scope="colgroup" colspan="2">\#(escape(column))</th>"#) }
            add("</tr><tr>")
            for _ in table.columns { add(#"<th scope="col" class="number">Reported</th><th scope="col" class="number">Ours</th>"#) }
            add("</tr></thead>")
            add("<tbody>")
            for row in table.rows {
                add("<tr>")
                add(#"<th scope="row">\#(escape(row.name))</th>"#)
                for column in table.columns {
                    let cell = row.cells.first { $0.column == column }
                    add(#"<td class="number">\#(cell?.result.map { reported($0.claim) } ?? "–")</td>"#)
                    add(#"<td class="number">\#(cell.map(ours) ?? "–")</td>"#)
                }
                add("</tr>")
            }
            add("</tbody>")
            add("</table>")
            add("</div>")
        }
        close()
    }

    private func ours(_ cell: PaperTable.Cell) -> String {
        let untrained = cell.controlText.map { #"<span class="why">untrained \#(escape($0))</span>"# } ?? ""
        let measured = "<strong>\(escape(cell.measuredText ?? "–"))</strong>\(untrained)"
        guard let result = cell.result else { return measured }
        return measured + #"<span class="why">\#(verdict(result))</span>"# + check(result.check)
    }

    private mutating func claims() {
        open(section: "claims", title: "The paper's claims")
        let inTables = Set(model.paperTables.flatMap { $0.results.map(\.claim.id) })
        let measured = model.results.filter { $0.binding != nil }
        let listed = measured.filter { !inTables.contains($0.claim.id) }
        if measured.isEmpty { add("<p>This run was held against no claim.</p>") }
        if !listed.isEmpty { claims(listed) }
        if listed.count < measured.count {
            add("<details><summary>In detail: \(measured.count - listed.count) claims of the tables above</summary>")
            claims(measured.filter { inTables.contains($0.claim.id) })
            add("</details>")
        }
        if !model.results.isEmpty { marks() }
        others(model.results.filter { $0.binding == nil })
        close()
    }

    private mutating func claims(_ results: [ClaimResult]) {
        // Roles are spelled out because the narrow layout, which turns rows into cards, would otherwise take them away.
        add(#"<table class="claims" role="table">"#)
        headings(["Claim", "Reported", "Measured", "Untrained control", "Chance", "Verdict"], numeric: 1...4)
        add(#"<tbody role="rowgroup">"#)
        for result in results { row(result) }
        add("</tbody>")
        add("</table>")
    }

    /// Claims that the workflow does not touch: listed, since the record must not hide them, but apart, since they would bury the others.
    private mutating func others(_ results: [ClaimResult]) {
        guard !results.isEmpty else { return }
        add("<details><summary>Not run: \(results.count) claims that this workflow does not measure</summary>")
        add(#"<ul class="others">"#)
        for result in results {
            let source = #"<span class="source">\#(escape(source(of: result.claim)))</span>"#
            add("<li>\(escape(result.claim.statement)) \(source) \(reported(result.claim))</li>")
        }
        add("</ul></details>")
    }

    /// The reported number and, always, its mark.
    private func reported(_ claim: Claim) -> String {
        let mark = #"<span class="mark">\#(escape(claim.mark.rawValue))</span>"#
        return claim.reportedNumber.map { "\(escape($0)) \(mark)" } ?? #"<span class="words">in words</span> \#(mark)"#
    }

    private mutating func row(_ result: ClaimResult) {
        let claim = result.claim
        var statement = escape(claim.statement)
        statement += #" <span class="source">\#(escape(source(of: claim)))</span>"#
        if let explanation = result.binding?.explanation { statement += #"<span class="why">\#(escape(explanation))</span>"# }
        if let note = claim.note { statement += #"<span class="why">Note: \#(escape(note))</span>"# }
        let interval = result.measuredSeeds?.intervalText.map { #"<span class="why">\#(escape($0))</span>"# } ?? ""
        let verdict = self.verdict(result) + #"<span class="why">\#(escape(result.reason))</span>"# + interval + check(result.check)
        add(#"<tr role="row">"#)
        add(#"<th scope="row" role="rowheader">\#(statement)</th>"#)
        cell("Reported", reported(claim), isNumeric: true)
        cell("Measured", measured(result.measured, over: result.measuredSeeds, unit: claim.unit), isNumeric: true)
        cell("Untrained control", measured(result.control, over: result.controlSeeds, unit: claim.unit), isNumeric: true)
        cell("Chance", measured(result.chance, over: nil, unit: claim.unit), isNumeric: true)
        cell("Verdict", verdict)
        add("</tr>")
    }

    private func verdict(_ result: ClaimResult) -> String {
        #"<span class="verdict \#(className(of: result.verdict))"><span aria-hidden="true">\#(result.verdict.symbol) </span>"#
            + #"\#(escape(result.verdict.rawValue))</span>"#
    }

    private func check(_ check: ClaimCheck) -> String {
        switch check {
        case .passed: #"<span class="check">check passed</span>"#
        case .failed: #"<span class="check failed">check failed</span>"#
        case .notApplicable: ""
        }
    }

    private mutating func marks() {
        let used = ConfidenceMark.allCases.filter { mark in model.results.contains { $0.claim.mark == mark } }
        let terms = used.map { #"<span class="mark">\#($0.rawValue)</span> \#($0.explanation)"# }.joined(separator: "; ")
        add(#"<p class="note">Marks tell how sure we are of what the paper reports: \#(terms)."#)
        add("A check is what the workflow demands of this variation; a verdict is what the run says about the paper.</p>")
    }

    private mutating func metrics() {
        guard !model.metricTables.isEmpty else { return }
        open(section: "measures", title: "Measures, trained and untrained")
        for table in model.metricTables {
            add("<h3>\(escape(table.title))</h3>")
            if let note = table.note { add(#"<p class="note">\#(escape(note))</p>"#) }
            openScrolling(name: table.title)
            add(#"<table class="measures">"#)
            headings(["Measure", "Trained", "Untrained", "Chance"], numeric: 1...3)
            add("<tbody>")
            for row in table.rows {
                let explanation = row.explanation.map { #"<span class="why">\#(escape($0))</span>"# } ?? ""
                let unit = row.unit.map { #" <span class="source">(\#(escape($0)))</span>"# } ?? ""
                add("<tr>")
                add(#"<th scope="row">\#(escape(row.name))\#(unit)\#(explanation)</th>"#)
                for (value, seeds) in [(row.trained, row.trainedSeeds), (row.untrained, row.untrainedSeeds), (row.chance, nil)] {
                    add(#"<td class="number">\#(escape(seeds?.text ?? value.map(NumberText.measured) ?? "–"))</td>"#)
                }
                add("</tr>")
            }
            add("</tbody>")
            add("</table>")
            add("</div>")
        }
        close()
    }

    private mutating func charts() {
        guard !model.charts.isEmpty else { return }
        open(section: "curves", title: "Learning curves")
        add(#"<div class="charts">"#)
        for (index, chart) in model.charts.enumerated() {
            add("<figure>")
            lines.append(chart.svg(identifier: "chart-\(index + 1)"))
            add(#"<figcaption>\#(escape(chart.summary))</figcaption>"#)
            add("</figure>")
        }
        add("</div>")
        close()
    }

    private mutating func pictures() throws(ImageError) {
        guard !model.pictures.isEmpty else { return }
        open(section: "pictures", title: "Pictures")
        for picture in model.pictures {
            let address = MarkupText.dataAddress(try picture.image.encoded(), mediaType: "image/png")
            add("<figure>")
            add(#"<div class="grid" role="region" tabindex="0" aria-label="\#(escape(picture.alternative))">"#)
            if !picture.rowLabels.isEmpty {
                add(#"<ol class="labels">"#)
                for label in picture.rowLabels { add("<li>\(escape(label))</li>") }
                add("</ol>")
            }
            add(
                #"<img src="\#(address)" width="\#(picture.image.width)" height="\#(picture.image.height)" "#
                    + #"style="--natural: \#(picture.image.width)px" "#
                    + #"alt="\#(escape(picture.alternative))">"#)
            add("</div>")
            add("<figcaption>\(escape(picture.caption))</figcaption>")
            add("</figure>")
        }
        close()
    }

    private mutating func steps() {
        guard !model.steps.isEmpty else { return }
        open(section: "steps", title: "Steps")
        openScrolling(name: "Steps")
        add("<table>")
        headings(["Step", "Artifact", "Digest", "Time", "Reused from"], numeric: 3...3)
        add("<tbody>")
        for step in model.steps {
            add("<tr>")
            add(#"<th scope="row">\#(escape(step.name))</th>"#)
            add("<td>\(escape(step.artifact))</td>")
            add(#"<td><code title="\#(escape(step.digest))">\#(escape(String(step.digest.prefix(12))))</code></td>"#)
            add(#"<td class="number">\#(escape(NumberText.duration(seconds: step.seconds)))</td>"#)
            add("<td>\(step.cachedFrom.map(escape) ?? "–")</td>")
            add("</tr>")
        }
        add("</tbody>")
        add("</table>")
        add("</div>")
        if model.steps.contains(where: { !$0.outputs.isEmpty }) {
            add("<h3>Outputs</h3>")
            openScrolling(name: "Outputs")
            add(#"<table class="outputs">"#)
            headings(["Output", "Size", "SHA-256"], numeric: 1...1)
            add("<tbody>")
            for step in model.steps {
                for output in step.outputs {
                    add("<tr>")
                    add(#"<th scope="row">\#(escape(step.name))/\#(escape(output.name))</th>"#)
                    add(#"<td class="number">\#(NumberText.bytes(output.bytes))</td>"#)
                    add("<td><code>\(escape(output.sha256))</code></td>")
                    add("</tr>")
                }
            }
            add("</tbody>")
            add("</table>")
            add("</div>")
        }
        close()
    }

    private mutating func environment() {
        guard !model.environment.isEmpty else { return }
        open(section: "environment", title: "Environment")
        add("<dl>")
        for field in model.environment {
            add("<div><dt>\(escape(field.name))</dt><dd>\(escape(field.value))</dd></div>")
        }
        add("</dl>")
        close()
    }

    private mutating func record() {
        open(section: "record", title: "Check it yourself")
        add("<p>Signed with key <code>\(escape(model.record.keyIdentifier))</code>.</p>")
        for instruction in model.record.instructions {
            add("<p>\(escape(instruction.purpose))</p>")
            add(#"<pre tabindex="0"><code>\#(escape(instruction.command))</code></pre>"#)
        }
        close()
    }

    // MARK: - Pieces

    private mutating func add(_ line: String) { lines.append(line) }

    private mutating func open(section identifier: String, title: String) {
        add(#"<section id="\#(identifier)" aria-labelledby="\#(identifier)-title">"#)
        add(#"<h2 id="\#(identifier)-title">\#(escape(title))</h2>"#)
    }

    private mutating func close() { add("</section>") }

    /// A wide table scrolls inside its own box, by finger or keyboard, so that the page itself never does.
    private mutating func openScrolling(name: String) {
        add(#"<div class="scrolling" role="region" tabindex="0" aria-label="\#(escape(name))">"#)
    }

    private mutating func headings(_ names: [String], numeric: ClosedRange<Int>) {
        add(#"<thead role="rowgroup"><tr role="row">"#)
        for (index, name) in names.enumerated() {
            let className = numeric.contains(index) ? #" class="number""# : ""
            add(#"<th scope="col" role="columnheader"\#(className)>\#(escape(name))</th>"#)
        }
        add("</tr></thead>")
    }

    /// A cell that carries its column's name, for the layout in which a row is a card. `content` is markup.
    private mutating func cell(_ label: String, _ content: String, isNumeric: Bool = false) {
        let className = isNumeric ? #" class="number""# : ""
        add(#"<td role="cell" data-label="\#(escape(label))"\#(className)><span>\#(content)</span></td>"#)
    }

    private mutating func fact(_ name: String, _ value: String) {
        add(#"<span><span class="source">\#(escape(name))</span> \#(escape(value))</span>"#)
    }

    /// A measure or, over several seeds, its mean and spread.
    private func measured(_ value: Double?, over seeds: SeedStatistics?, unit: String?) -> String {
        guard let value else { return "–" }
        return escape((seeds?.text ?? NumberText.measured(value)) + (unit.map { " " + $0 } ?? ""))
    }

    private func source(of claim: Claim) -> String {
        // A paper's source often names its table already.
        let places = [claim.table, claim.row, claim.column].compactMap { $0 }.filter { !claim.source.contains($0) }
        return ([claim.source] + places).joined(separator: " · ")
    }

    private func className(of verdict: Verdict) -> String {
        switch verdict {
        case .reproduced: "good"
        case .notReproduced: "bad"
        case .agreesUnconfirmed, .differsUnconfirmed, .reducedScale: "partly"
        case .notRun: "none"
        }
    }

    private func escape(_ text: String) -> String { MarkupText.escape(text) }
}
