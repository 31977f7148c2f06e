import Integrity

/// Looks up a paper's claims in the paper's text. It never guesses: what stands at an ambiguous place, or differs, is told and not confirmed.
///
/// A number is looked for where its row and its column meet in the table that its caption names, whichever of the two the paper prints as
/// rows. A quote is looked for word by word.
public struct ClaimConfirmation: Sendable {
    public enum Outcome: Hashable, Sendable {
        /// The paper prints what the claim says, on this page.
        case confirmed(page: Int, printed: String)
        /// At the claim's place the paper prints something else.
        case contradicted(page: Int, printed: String)
        /// Several places could be the claim's: each as page and what is printed there.
        case ambiguous(places: [String])
        case notFound(reason: String)
        /// A claim in words of our own, without a quote: a reader must judge it.
        case nothingToLookFor

        public var name: String {
            switch self {
            case .confirmed: "confirmed"
            case .contradicted: "contradicted"
            case .ambiguous: "ambiguous"
            case .notFound: "not found"
            case .nothingToLookFor: "nothing to look for"
            }
        }

        /// Whether a reader has to look into it.
        public var isOpen: Bool {
            switch self {
            case .confirmed, .nothingToLookFor: false
            case .contradicted, .ambiguous, .notFound: true
            }
        }
    }

    public struct Finding: Hashable, Sendable {
        public var claim: Claim
        public var outcome: Outcome
    }

    /// One for each claim, in the claims' order.
    public let findings: [Finding]

    /// The claims whose mark rests on this very PDF, though it contradicts them: they were changed since, or marked by hand.
    public func revoked(by digest: SHA256Digest) -> [Claim] {
        findings.compactMap { finding in
            guard case .contradicted = finding.outcome, finding.claim.confirmation?.sha256 == digest else { return nil }
            return finding.claim
        }
    }

    /// More captions of one table than this are no paper.
    private static let mostCaptions = 16

    /// - Parameters:
    ///   - aliases: what else the paper may call a row or a column.
    ///   - layout: the text as it stands on the page, for tables.
    ///   - reading: the text in reading order, for quotes that the page's columns tear apart.
    public init(claims: [Claim], aliases: [String: [String]], layout: PaperPages, reading: PaperPages) {
        let quotes = claims.compactMap(\.quote)
        let pages = reading.pages(of: quotes).merging(layout.pages(of: quotes)) { $1 }
        let placed = Dictionary(grouping: claims.filter { $0.place != nil }) { $0.place?.table ?? "" }
        let captions = TableCaption.all(in: layout)
        var tables: [String: Search] = [:]
        for (table, claims) in placed {
            let own = captions.filter { $0.table?.lowercased() == table }
            guard own.count <= ClaimConfirmation.mostCaptions else { continue }
            let names = PrintedNames(Set(claims.flatMap { [$0.place?.row, $0.place?.column].compactMap(\.self) }), aliases: aliases)
            var search = Search(hasCaption: !own.isEmpty)
            for side in TableRegion.Side.allCases {
                search.tables[side] = own.map { caption in
                    PrintedTable(
                        TableRegion(caption, side, among: captions, in: layout), of: layout.pages[caption.page], names: names)
                }
            }
            tables[table] = search
        }
        // A paper sets its captions all above or all below its tables: where more of the claims meet their numbers.
        func count(_ side: TableRegion.Side) -> Int {
            claims.count { claim in
                guard let place = claim.place, let search = tables[place.table] else { return false }
                return !search.entries(of: place, on: [side]).isEmpty
            }
        }
        let (below, above) = (count(.below), count(.above))
        let sides: [TableRegion.Side] = below > above ? [.below] : above > below ? [.above] : [.below, .above]

        findings = claims.map { claim in
            let outcome: Outcome =
                if let quote = claim.quote {
                    pages[quote].map { .confirmed(page: $0, printed: "“\(quote)”") }
                        ?? .notFound(reason: "the text has no such words: “\(quote)”")
                } else if let reported = claim.reported {
                    if let place = claim.place {
                        tables[place.table]?.outcome(of: reported, at: place, on: sides)
                            ?? .notFound(reason: "more captions of Table \(place.table) than a paper has")
                    } else {
                        .notFound(reason: "the claim does not say in which table, row and column its number stands")
                    }
                } else {
                    .nothingToLookFor
                }
            return Finding(claim: claim, outcome: outcome)
        }
    }

    /// The places where one table of the paper may be.
    private struct Search {
        var hasCaption: Bool
        var tables: [TableRegion.Side: [PrintedTable]] = [:]

        func entries(of place: Claim.Place, on sides: [TableRegion.Side]) -> [PrintedTable.Entry] {
            var entries: [PrintedTable.Entry] = []
            for entry in sides.flatMap({ tables[$0] ?? [] }).flatMap(\.entries) {
                let meets =
                    (entry.row == place.row && entry.column == place.column) || (entry.row == place.column && entry.column == place.row)
                // The same cell, seen from two captions, is one place.
                let isKnown = entries.contains { ($0.page, $0.line, $0.cell) == (entry.page, entry.line, entry.cell) }
                if meets, !isKnown { entries.append(entry) }
            }
            return entries
        }

        func outcome(of reported: Claim.ReportedValue, at place: Claim.Place, on sides: [TableRegion.Side]) -> Outcome {
            guard hasCaption else { return .notFound(reason: "the text has no caption of Table \(place.table)") }
            let entries = entries(of: place, on: sides)
            guard let entry = entries.first else {
                let seen = sides.flatMap { tables[$0] ?? [] }.reduce(into: Set<String>()) { $0.formUnion($1.seen) }
                for name in [place.row, place.column] where !seen.contains(name) {
                    return .notFound(reason: "near the caption of Table \(place.table) nothing is called “\(name)”")
                }
                return .notFound(reason: "in Table \(place.table) no number stands where “\(place.row)” and “\(place.column)” meet")
            }
            guard entries.count == 1 else {
                return .ambiguous(places: entries.prefix(5).map { "page \($0.page): \($0.cell.text)" })
            }
            guard let value = entry.cell.value else {
                return .notFound(reason: "page \(entry.page), the cell holds no number that can be read: “\(entry.cell.text)”")
            }
            let agrees = value == reported.value && (reported.uncertainty == nil || entry.cell.uncertainty == reported.uncertainty)
            return agrees
                ? .confirmed(page: entry.page, printed: entry.cell.text) : .contradicted(page: entry.page, printed: entry.cell.text)
        }
    }
}

extension Claim {
    /// Where a table reports the claim's number.
    struct Place: Hashable, Sendable {
        /// As in a caption, lower case: `1`.
        var table: String
        var row: String
        var column: String
    }

    var place: Place? {
        guard reported != nil, let table, let row, let column else { return nil }
        let words = table.lowercased().split(separator: " ")
        return Place(table: words.last.map(String.init) ?? "", row: row, column: column)
    }
}
