import Integrity

/// The `paper` section and the claims: what was published, and what of it a reproduction can be held to.
public struct PaperMeta: Hashable, Sendable {
    public enum ClaimKind: String, Hashable, Sendable, CaseIterable {
        case abstract, table, figure
    }

    /// How sure we are that the paper says this.
    public enum Mark: String, Hashable, Sendable, CaseIterable {
        /// From memory.
        case recalled
        /// From another text about the paper.
        case secondary
        /// Compared with the paper.
        case confirmed
        /// The paper's own words.
        case verbatim
    }

    public struct Claim: Hashable, Sendable {
        public let id: String
        public let statement: String
        public let source: String
        public let kind: ClaimKind
        public let mark: Mark
        /// The reported number, in `unit`; nil for a claim in words.
        public let value: Double?
        public let uncertainty: Double?
        public let unit: String?
        /// The claim as it stands in the file, with table, row, column, quote, note and what confirmed it.
        public let json: JSONValue
    }

    public let title: String
    public let authors: [String]
    public let year: Int
    public let venue: String
    /// An arXiv number such as 2109.01394.
    public let arxiv: String?
    public let doi: String?
    public let claims: [Claim]
    /// What else the paper may call a row or a column of the claims' tables.
    public let aliases: [String: [String]]

    /// - Parameters:
    ///   - claims: the claims, from the meta.json or from the file that it names.
    ///   - aliases: the other names in that file.
    static func read(_ node: MetaNode, claims: MetaNode, aliases: MetaNode) -> PaperMeta? {
        let elements = claims.elements("an array of claims")
        MetaNode.refuseDuplicates(elements.map { ($0["id"].value?.stringValue, $0["id"]) }, "claim ids")
        let claims = elements.compactMap(Claim.read)
        var names: [String: [String]] = [:]
        for (name, node) in aliases.optionalMembers("an object of names, each with its other names") {
            names[name] = node.elements("an array of other names").compactMap { $0.text("a name") { (1...200).contains($0.count) } }
        }
        guard node.refuseUnknown(["title", "authors", "year", "arxiv", "doi", "venue"]) else { return nil }
        let title = node["title"].text()
        let authors = node["authors"].elements("an array of at least one author", atLeast: 1).compactMap {
            $0.text("an author's name") { !$0.isEmpty }
        }
        let year = node["year"].integer("a year from 1600 to 2200", in: 1600...2200)
        let venue = node["venue"].text()
        let arxiv = node["arxiv"].optionalText("an arXiv number such as 2109.01394") { text in
            text.wholeMatch(of: /[0-9]{4}\.[0-9]{4,5}(v[0-9]{1,3})?|[a-z.-]{2,20}\/[0-9]{7}/) != nil
        }
        let doi = node["doi"].optionalText("a DOI such as 10.1000/182") { $0.hasPrefix("10.") && $0.contains("/") }
        guard let title, let year, let venue else { return nil }
        return PaperMeta(title: title, authors: authors, year: year, venue: venue, arxiv: arxiv, doi: doi, claims: claims, aliases: names)
    }
}

extension PaperMeta.Claim {
    static func read(_ node: MetaNode) -> PaperMeta.Claim? {
        guard
            node.refuseUnknown([
                "id", "statement", "source", "kind", "table", "row", "column", "value", "uncertainty", "unit", "mark", "note", "quote",
                "confirmed_by",
            ]), let json = node.value
        else { return nil }
        let id = node["id"].text("a name of letters, digits and ._- that begins with a letter or digit", where: ArtifactMeta.isName)
        let (statement, source) = (node["statement"].text(), node["source"].text())
        let (kind, mark) = (node["kind"].choice(PaperMeta.ClaimKind.self), node["mark"].choice(PaperMeta.Mark.self))
        for key in ["table", "row", "column", "note"] { _ = node[key].optionalText() }
        let value = node["value"].optionalNumber()
        let uncertainty = node["uncertainty"].optionalNumber()
        if let uncertainty, uncertainty < 0 || value == nil { node["uncertainty"].problem("a number of at least 0, beside a value") }
        let unit = node["unit"].optionalText()
        _ = node["quote"].optionalText("the paper's own words, at least 20 letters and digits of them") { text in
            text.count { $0.isLetter || $0.isNumber } >= 20
        }
        refuseUnfounded(mark, in: node)
        guard let id, let statement, let source, let kind, let mark else { return nil }
        return PaperMeta.Claim(
            id: id, statement: statement, source: source, kind: kind, mark: mark, value: value, uncertainty: uncertainty, unit: unit,
            json: json)
    }

    /// A mark that says that somebody looked must say who: a program in a PDF, or a person in words.
    private static func refuseUnfounded(_ mark: PaperMeta.Mark?, in node: MetaNode) {
        let confirmation = node["confirmed_by"]
        if confirmation.isAbsent {
            if mark == .confirmed, node["note"].isAbsent {
                node["mark"].problem(
                    "confirmed only beside a confirmed_by, as reprise claims confirm writes it, or a note of who read it and where")
            }
            return
        }
        confirmation.refuseUnknown(["sha256", "page"])
        _ = confirmation["sha256"].text("a PDF's SHA-256, 64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) != nil }
        _ = confirmation["page"].integer("a page from 1 to 100000", in: 1...100_000)
        if let mark, mark != .confirmed, mark != .verbatim { node["mark"].problem("confirmed or verbatim beside a confirmed_by") }
    }
}
