import Integrity
import Reporting
import Workflows

/// A page about one entry: who, what, on which machine, what was checked, and how to check it oneself.
struct EntryPage {
    private let entry: IndexedEntry
    private let benchmark: IndexedBenchmark
    private let hasFile: Bool
    private var page: SitePage

    /// - Parameter hasFile: whether the site brings the archive along.
    init(_ entry: IndexedEntry, of benchmark: IndexedBenchmark, hasFile: Bool) {
        self.entry = entry
        self.benchmark = benchmark
        self.hasFile = hasFile
        page = SitePage(
            title: "\(entry.title): \(benchmark.title)", path: SitePath.entry(entry),
            trail: [("All benchmarks", SitePath.front), (benchmark.title, SitePath.benchmark(benchmark))])
    }

    mutating func html() -> String {
        header()
        verdicts()
        checks()
        signers()
        protocolDepartures()
        system()
        files()
        verification()
        return page.html
    }

    private mutating func header() {
        let record = entry.record
        page.add("<header>", "<h1>\(SitePage.text(entry.title))</h1>")
        page.add(
            entry.document == nil
                ? "<p>A run's record, published without a submission: nobody submitted it to a division, and no private data were looked for.</p>"
                : "<p>A submission to the division <strong>\(entry.divisionText)</strong> of \(SitePage.text(benchmark.title)).</p>")
        page.facts([
            ("Workflow", record.plan.workflow.name), ("Variation", record.plan.variation),
            (record.plan.hasSeveralSeeds ? "Seeds" : "Seed", record.plan.seedText),
            ("Run", record.id), ("Recorded", record.created), ("Arithmetic", entry.arithmeticText), ("Processor", entry.processorText),
        ])
        page.add(#"<div class="overall calm">"#)
        page.add("<p><strong>\(SitePage.text(entry.summary))</strong></p>")
        page.add("<p>Scale: \(SitePage.text(record.plan.scaleStatement, limit: 1500))</p>")
        page.add("</div>")
        if !entry.duplicates.isEmpty {
            let names = entry.duplicates.prefix(20).map { duplicate in
                "<code>\(SitePage.text(duplicate.name))</code>" + (duplicate.submitter.map { " by “\(SitePage.text($0))”" } ?? "")
            }
            let more = entry.duplicates.count > 20 ? " and \(entry.duplicates.count - 20) more" : ""
            page.add(
                "<p>The same run, with the same manifest, was handed in again and is shown once: \(names.joined(separator: ", "))\(more).</p>"
            )
        }
        page.add("</header>")
    }

    private mutating func verdicts() {
        page.add("<section>", "<h2>Verdicts</h2>")
        let rows = entry.results.map { result in
            let claim = result.claim
            let mark = SitePage.mark(claim.mark)
            return [
                SitePage.text(claim.statement) + #" <span class="source">\#(SitePage.text(claim.source))</span>"#
                    + (result.binding.map { #"<span class="why">\#(SitePage.text($0.explanation))</span>"# } ?? ""),
                claim.reportedNumber.map { "\(SitePage.text($0)) \(mark)" } ?? "in words \(mark)",
                "<strong>\(SitePage.text(result.measuredText ?? "–"))</strong>", SitePage.text(result.controlText ?? "–"),
                SitePage.text(result.chance.map(NumberText.measured) ?? "–"),
                SitePage.verdict(result.verdict) + #"<span class="why">\#(SitePage.text(result.reason))</span>"#,
            ]
        }
        page.cards(
            columns: [
                .init("Claim", isHeading: true), .init("Reported", isNumeric: true), .init("Measured", isNumeric: true),
                .init("Untrained", isNumeric: true), .init("Chance", isNumeric: true), .init("Verdict"),
            ], rows: rows)
        page.add("</section>")
    }

    private mutating func checks() {
        page.add("<section>", "<h2>What was checked</h2>")
        let rows = entry.checks.map { check in
            let (word, tone) = EntryPage.words(check.outcome)
            let notes = check.notes.map { note in
                #"<span class="why"><code>\#(note.code.rawValue)</code> at <code>\#(SitePage.text(note.place))</code>: \#(SitePage.text(note.problem))</span>"#
            }
            return [SitePage.text(check.title), #"<span class="verdict \#(tone)">\#(word)</span>"# + notes.joined()]
        }
        page.table(
            name: "What was checked", className: "checks", columns: [.init("Check", isHeading: true), .init("Result")], rows: rows)
        page.add("</section>")
    }

    private static func words(_ outcome: IndexedCheck.Outcome) -> (word: String, tone: String) {
        switch outcome {
        case .passed: ("✓ passed", "good")
        case .noted: ("✓ passed, with a note", "good")
        case .notCompared: ("– not compared", "partly")
        case .notApplicable: ("does not apply", "none")
        case .notDone: ("– not done by this site", "partly")
        }
    }

    private mutating func signers() {
        page.add("<section>", "<h2>Who answers for it</h2>", "<dl>")
        if let submitter = entry.submitter { signer("Submitter's key", submitter) }
        if entry.submitter?.key != entry.recorder.key {
            signer("Recorder's key", entry.recorder)
        } else {
            page.add("<div><dt>Recorder's key</dt><dd>the same: whoever submits it recorded it</dd></div>")
        }
        page.add("</dl>")
        let key = entry.answering.key
        page.add(
            "<details><summary>The key as a file</summary>", "<pre>\(SitePage.text(key.pem, limit: 4000))</pre>", "</details>", "</section>"
        )
    }

    private mutating func signer(_ name: String, _ signer: IndexedSigner) {
        page.add(
            #"<div><dt>\#(name)</dt><dd><code>\#(signer.key.keyID)</code><span class="why">\#(SitePage.text(signer.explanation))</span></dd></div>"#
        )
    }

    private mutating func protocolDepartures() {
        guard let document = entry.document else { return }
        page.add("<section>", "<h2>Departures from the paper</h2>")
        if document.deviations.isEmpty {
            page.add("<p>None is declared, and none was found.</p>")
        } else {
            page.add(#"<ul class="plain">"#)
            for deviation in document.deviations.prefix(200) { page.add("<li>\(SitePage.text(deviation.sentence))</li>") }
            if document.deviations.count > 200 { page.add("<li>and \(document.deviations.count - 200) more</li>") }
            page.add("</ul>")
        }
        page.add("</section>")
    }

    private mutating func system() {
        guard !entry.system.isEmpty else { return }
        page.add("<section>", "<h2>System</h2>")
        page.add(#"<p class="note">Processor, cores, memory and software are what the run recorded; the rest is the submitter's word.</p>"#)
        page.add("<details><summary>\(entry.system.count) fields</summary>", "<dl>")
        for field in entry.system {
            page.add("<div><dt>\(SitePage.text(field.name, limit: 80))</dt><dd>\(SitePage.text(field.value, limit: 1000))</dd></div>")
        }
        page.add("</dl>", "</details>", "</section>")
    }

    private mutating func files() {
        page.add("<section>", "<h2>What was handed in</h2>", "<dl>")
        func add(_ name: String, _ markup: String) { page.add("<div><dt>\(name)</dt><dd>\(markup)</dd></div>") }
        let name = "<code>\(SitePage.text(entry.name))</code>"
        add(entry.archive == nil ? "Folder" : "File", hasFile ? #"<a href="\#(page.root)\#(SitePath.archive(entry))">\#(name)</a>"# : name)
        if let archive = entry.archive {
            add("Size", NumberText.bytes(archive.bytes))
            add("SHA-256", "<code>\(archive.digest.hex)</code>")
        }
        add("SHA-256 of what the manifest signs", "<code>\(entry.manifest.hex)</code>")
        if let checkpoints = entry.checkpoints {
            add(
                "Weights, kept states, data",
                checkpoints.areIncluded
                    ? "included: \(checkpoints.files) files, \(NumberText.bytes(checkpoints.bytes)); any part of the trainings can be audited"
                    : "not included (\(SitePage.text(checkpoints.reason ?? "no reason given"))); the digests of \(checkpoints.files) files are signed"
            )
        } else if entry.absentOutputs > 0 {
            add("Weights, kept states, data", "not included; the digests of \(entry.absentOutputs) files are signed")
        }
        page.add("</dl>")
        if let redactions = entry.document?.redactions, !redactions.isEmpty {
            page.add("<h3>Removed before it was submitted</h3>", #"<ul class="plain">"#)
            for redaction in redactions.prefix(200) {
                let kinds = redaction.kinds.map(\.rawValue).joined(separator: ", ")
                page.add(
                    #"<li><code>\#(SitePage.text(redaction.path))</code>: \#(SitePage.text(kinds)) <span class="source">the signed digest is that of the original, \#(redaction.original.hex.prefix(16))…</span></li>"#
                )
            }
            if redactions.count > 200 { page.add("<li>and \(redactions.count - 200) more files</li>") }
            page.add("</ul>")
        }
        page.add("</section>")
    }

    // MARK: - How to verify it

    private mutating func verification() {
        page.add("<section>", "<h2>Check it yourself</h2>")
        // A file that is fetched from here has the site's name for it.
        let file = ShellText.word(hasFile ? entry.slug + ResultsFolder.archiveSuffix : entry.name)
        let commit = entry.record.environment["git"]?["commit"]?.stringValue
        page.add(
            "<p>With Reprise, in a checkout of the project"
                + (commit.map { " at commit <code>\(SitePage.text($0, limit: 64))</code>" } ?? "")
                + ", so that the plan can be made again. Get the key by a way that you trust and save it as <code>signer.pub.pem</code>; the one above is what the entry was checked with.</p>"
        )
        var commands = ["reprise check \(file) --key signer.pub.pem"]
        if entry.document != nil { commands.append("reprise check \(file) --key signer.pub.pem --audit") }
        pre(commands)
        if entry.document != nil {
            page.add(
                "<p>With OpenSSL alone: the signature over the record's manifest, which names every file of the record with its SHA-256.</p>"
            )
            let enter =
                entry.archive == nil
                ? "cd \(file)" : "tar --zstd -xf \(file) && cd \(ShellText.word(SubmissionName.path(entry.title) ?? "."))"
            pre([enter, SubmissionReadme.verification(entry.recorder.key)])
        } else {
            page.add(
                "<p>With OpenSSL and jq: the signature over the record's manifest, which names every file of the record with its SHA-256. What is signed is the payload behind a short header (DSSE).</p>"
            )
            pre([
                "cd \(file)", "jq -r .payload manifest.dsse.json | base64 -d > ../payload",
                "jq -r '.signatures[0].sig' manifest.dsse.json | base64 -d > ../manifest.sig",
                "type=$(jq -r .payloadType manifest.dsse.json); cd ..",
                "{ printf 'DSSEv1 %d %s %d ' ${#type} \"$type\" $(wc -c < payload); cat payload; } > manifest.pae",
                SubmissionReadme.verification(entry.recorder.key, keyFile: "signer.pub.pem"),
            ])
        }
        page.add("<p>To compute it again:</p>")
        pre([RunReport.rerun(entry.record)])
        page.add("</section>")
    }

    private mutating func pre(_ commands: [String]) {
        page.add("<pre>\(commands.map { SitePage.text($0, limit: 2000) }.joined(separator: "\n"))</pre>")
    }
}
