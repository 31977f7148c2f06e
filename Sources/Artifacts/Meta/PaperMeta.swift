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
        /// The claim as it stands in the file, with table, row, column and note.
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

    /// - Parameter claims: the claims, from the meta.json or from the file that it names.
    static func read(_ node: MetaNode, claims: MetaNode) -> PaperMeta? {
        let elements = claims.elements("an array of claims")
        MetaNode.refuseDuplicates(elements.map { ($0["id"].value?.stringValue, $0["id"]) }, "claim ids")
        let claims = elements.compactMap(Claim.read)
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
        return PaperMeta(title: title, authors: authors, year: year, venue: venue, arxiv: arxiv, doi: doi, claims: claims)
    }
}

extension PaperMeta.Claim {
    static func read(_ node: MetaNode) -> PaperMeta.Claim? {
        guard
            node.refuseUnknown([
                "id", "statement", "source", "kind", "table", "row", "column", "value", "uncertainty", "unit", "mark", "note",
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
        guard let id, let statement, let source, let kind, let mark else { return nil }
        return PaperMeta.Claim(
            id: id, statement: statement, source: source, kind: kind, mark: mark, value: value, uncertainty: uncertainty, unit: unit,
            json: json)
    }
}
