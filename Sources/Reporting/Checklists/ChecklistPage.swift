/// A filled checklist as one HTML file that needs nothing else. The same answers give the same bytes.
public enum ChecklistPage {
    /// The page, in UTF-8 once written. Every text in it is escaped.
    public static func render(_ filled: FilledChecklist) -> String {
        var lines = HTMLFrame.opening(title: "\(filled.checklist.title): \(filled.run)", style: style)
        lines += header(filled)
        var sections: [(name: String, entries: [FilledChecklist.Entry])] = []
        for entry in filled.entries {
            if sections.last?.name == entry.item.section {
                sections[sections.count - 1].entries.append(entry)
            } else {
                sections.append((entry.item.section, [entry]))
            }
        }
        for section in sections {
            lines += ["<section>", "<h2>\(escape(section.name))</h2>", #"<table class="claims checklist" role="table">"#]
            lines.append(
                #"<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Item</th>"#
                    + #"<th role="columnheader" scope="col">Answer</th><th role="columnheader" scope="col">Evidence</th></tr></thead>"#)
            lines.append(#"<tbody role="rowgroup">"#)
            lines += section.entries.flatMap(row)
            lines += ["</tbody>", "</table>", "</section>"]
        }
        return (lines + HTMLFrame.closing).joined(separator: "\n") + "\n"
    }

    /// Columns of fixed shares: a digest would else push the answer aside.
    private static let style = """
        .checklist { table-layout: fixed; }
        .checklist th:nth-child(1) { width: 32%; } .checklist th:nth-child(2) { width: 26%; }
        .checklist .others { margin: 0; overflow-wrap: anywhere; }
        .checklist summary { margin: 0 0 .4rem; }
        @media (max-width: 52rem) {
          .checklist td::before { display: block; margin-bottom: .2rem; }
          .checklist th:nth-child(1), .checklist th:nth-child(2) { width: auto; }
        }
        """

    private static func header(_ filled: FilledChecklist) -> [String] {
        let source = filled.checklist.source
        var lines = ["<header>", "<h1>\(escape(filled.checklist.title))</h1>"]
        lines.append(
            #"<p class="facts"><span><span class="source">Run</span> \#(escape(filled.run))</span> <span>\#(escape(filled.title))</span></p>"#
        )
        lines.append(#"<div class="overall \#(filled.findings.isEmpty ? "calm" : "bad")">"#)
        lines.append("<p><strong>\(escape(filled.summary))</strong></p>")
        lines.append("<p>\(escape(ChecklistWords.legend))</p>")
        if !filled.findings.isEmpty {
            lines.append("<p><strong>The record does not hold, so it proves nothing.</strong></p>")
            lines.append(#"<ul class="others">"#)
            lines += filled.findings.prefix(50).map { "<li>\(escape($0.description))</li>" }
            lines.append("</ul>")
        }
        lines.append("</div>")
        lines.append(
            #"<p class="note">Items after \#(escape(source.name)), \#(escape(source.version)), <code>\#(escape(source.url))</code>, in this project's words. "#
                + #"<span class="mark">\#(source.mark.rawValue)</span> \#(escape(source.note))</p>"#)
        lines.append("</header>")
        return lines
    }

    private static func row(_ entry: FilledChecklist.Entry) -> [String] {
        let mark = entry.item.mark.map { #" <span class="mark">\#($0.rawValue)</span>"# } ?? ""
        var answer =
            #"<span class="verdict \#(tone(entry.answer.kind))"><span aria-hidden="true">\#(entry.answer.symbol) </span>"#
            + #"\#(escape(entry.answer.status))</span>"#
        for line in ChecklistWords.lines(of: entry) { answer += #"<span class="why">\#(escape(line))</span>"# }
        let evidence = entry.answer.evidence.map { piece in
            #"<li><code>\#(escape(piece.file))</code> <span class="source">\#(escape(piece.field))</span> \#(escape(piece.value))"#
                + #" <span class="source">sha256 \#(piece.sha256.hex.prefix(16))…</span></li>"#
        }
        let pieces = #"<ul class="others">\#(evidence.joined())</ul>"#
        let list =
            switch evidence.count {
            case 0: "–"
            case 1...4: pieces
            // Long lists are there for who looks for them.
            default: "<details><summary>\(evidence.count) pieces of evidence</summary>\(pieces)</details>"
            }
        return [
            #"<tr role="row">"#,
            #"<th scope="row" role="rowheader">\#(escape(entry.item.text)) <span class="source">\#(escape(entry.item.id))</span>\#(mark)</th>"#,
            #"<td role="cell" data-label="Answer">\#(answer)</td>"#,
            #"<td role="cell" data-label="Evidence">\#(list)</td>"#,
            "</tr>",
        ]
    }

    private static func tone(_ kind: ChecklistAnswer.Kind) -> String {
        switch kind {
        case .yes: "good"
        case .no: "bad"
        case .partly, .open: "partly"
        case .answered, .notApplicable: "none"
        }
    }

    private static func escape(_ text: String) -> String { MarkupText.escape(text) }
}
