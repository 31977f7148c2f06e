import Reporting

/// One page of the site, written line by line. All texts pass through ``text(_:limit:)``: names, notes and numbers are other people's.
struct SitePage {
    private let title: String
    /// From the page's folder to the site's: empty, or `../`.
    let root: String
    private let script: String?
    private var lines: [String] = []

    /// - Parameter trail: the pages above this one, with paths relative to the site.
    init(title: String, path: String, trail: [(name: String, path: String)] = [], script: String? = nil) {
        self.title = title
        self.script = script
        root = path.contains("/") ? "../" : ""
        guard !trail.isEmpty else { return }
        let links = trail.map { #"<a href="\#(root)\#($0.path)">\#(SitePage.text($0.name, limit: 80))</a>"# }
        lines.append(
            #"<nav class="trail" aria-label="Where you are">\#(links.joined(separator: #" <span aria-hidden="true">›</span> "#))</nav>"#)
    }

    /// Markup, as it stands.
    mutating func add(_ markup: String...) { lines += markup }
    mutating func add(_ markup: [String]) { lines += markup }

    /// A table that scrolls inside its own box, by finger or keyboard, so that the page itself never does.
    mutating func table(name: String, className: String = "", columns: [Column], rows: [[String]], attributes: [String] = []) {
        add(#"<div class="scrolling" role="region" tabindex="0" aria-label="\#(SitePage.text(name))">"#)
        add(className.isEmpty ? "<table>" : #"<table class="\#(className)">"#)
        add("<thead><tr>")
        for column in columns {
            add(#"<th scope="col"\#(column.isNumeric ? #" class="number""# : "")>\#(SitePage.text(column.name))</th>"#)
        }
        add("</tr></thead>", "<tbody>")
        for (index, row) in rows.enumerated() {
            add("<tr\(attributes.indices.contains(index) ? attributes[index] : "")>")
            for (column, cell) in zip(columns, row) {
                if column.isHeading {
                    add(#"<th scope="row">\#(cell)</th>"#)
                } else {
                    add(#"<td\#(column.isNumeric ? #" class="number""# : "")>\#(cell)</td>"#)
                }
            }
            add("</tr>")
        }
        add("</tbody>", "</table>", "</div>")
    }

    /// A table whose rows become cards where the page is narrow. Roles are spelled out, since that layout would take them away.
    mutating func cards(columns: [Column], rows: [[String]]) {
        add(#"<table class="claims" role="table">"#, #"<thead role="rowgroup"><tr role="row">"#)
        for column in columns {
            add(#"<th scope="col" role="columnheader"\#(column.isNumeric ? #" class="number""# : "")>\#(SitePage.text(column.name))</th>"#)
        }
        add("</tr></thead>", #"<tbody role="rowgroup">"#)
        for row in rows {
            add(#"<tr role="row">"#)
            for (column, cell) in zip(columns, row) {
                if column.isHeading {
                    add(#"<th scope="row" role="rowheader">\#(cell)</th>"#)
                } else {
                    let className = column.isNumeric ? #" class="number""# : ""
                    add(#"<td role="cell" data-label="\#(SitePage.text(column.name))"\#(className)><span>\#(cell)</span></td>"#)
                }
            }
            add("</tr>")
        }
        add("</tbody>", "</table>")
    }

    struct Column {
        var name: String
        var isNumeric = false
        var isHeading = false

        init(_ name: String, isNumeric: Bool = false, isHeading: Bool = false) {
            self.name = name
            self.isNumeric = isNumeric
            self.isHeading = isHeading
        }
    }

    mutating func facts(_ facts: [(name: String, value: String)]) {
        add(#"<p class="facts">"#)
        for fact in facts { add(#"<span><span class="source">\#(SitePage.text(fact.name))</span> \#(SitePage.text(fact.value))</span>"#) }
        add("</p>")
    }

    /// The whole page.
    var html: String {
        let opening = HTMLFrame.opening(title: SitePage.cut(title, 200), style: SiteStyle.sheet, script: script, hasStyleAttributes: false)
        return (opening + lines + HTMLFrame.closing(script: script)).joined(separator: "\n") + "\n"
    }

    // MARK: - Texts

    /// Somebody else's text made harmless: escaped, no longer than a page can take.
    static func text(_ text: String, limit: Int = 400) -> String { MarkupText.escape(cut(text, limit)) }

    private static func cut(_ text: String, _ limit: Int) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > limit else { return text }
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: scalars.prefix(limit))
        return String(cut) + "…"
    }

    static func mark(_ mark: ConfidenceMark) -> String { #"<span class="mark">\#(mark.rawValue)</span>"# }

    static func verdict(_ verdict: Verdict) -> String {
        let tone =
            switch verdict {
            case .reproduced: "good"
            case .notReproduced: "bad"
            case .agreesUnconfirmed, .differsUnconfirmed, .reducedScale: "partly"
            case .notRun: "none"
            }
        return #"<span class="verdict \#(tone)"><span aria-hidden="true">\#(verdict.symbol) </span>\#(verdict.rawValue)</span>"#
    }

    static func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
}
