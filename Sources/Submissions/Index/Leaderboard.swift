import Reporting

/// What all entries of a benchmark measured for one place of the paper's table, or for one claim in words.
public struct Leaderboard: Sendable {
    public struct Standing: Sendable {
        /// Position among the benchmark's entries.
        public var entry: Int
        public var measure: IndexedMeasure
    }

    public let subject: IndexedMeasure.Subject
    /// What leaderboards are gathered under: the table's title.
    public let section: String?
    /// Where the paper says it, and how sure it is that it does: of this project's claim where it has it.
    public let source: String?
    public let mark: ConfidenceMark?
    public let explanation: String?
    /// Whether the paper's artifact at hand says the same; nil where there is none, or where the paper reports nothing.
    public let isOfProject: Bool?
    /// At the paper's scale first, then reduced; of each those first whose plan is the project's; then in the subject's order. Another workflow under the
    /// benchmark's name could print any number.
    public let standings: [Standing]

    /// - Parameter claims: the paper's, as the project has them; nil where it has not.
    static func all(of entries: [IndexedEntry], claims: [Claim]?) -> [Leaderboard] {
        var subjects: [IndexedMeasure.Subject] = []
        var standings: [IndexedMeasure.Subject: [Standing]] = [:]
        for (index, entry) in entries.enumerated() {
            for measure in entry.measures {
                if standings[measure.subject] == nil { subjects.append(measure.subject) }
                standings[measure.subject, default: []].append(Standing(entry: index, measure: measure))
            }
        }
        return subjects.compactMap { subject in
            standings[subject].flatMap { Leaderboard(subject, standings: $0, entries: entries, claims: claims) }
        }
    }

    private init?(_ subject: IndexedMeasure.Subject, standings: [Standing], entries: [IndexedEntry], claims: [Claim]?) {
        guard let first = standings.first?.measure else { return nil }
        self.subject = subject
        let own = claims?.first {
            $0.id == subject.claim && $0.statement == subject.statement && $0.reported == subject.reported && $0.unit == subject.unit
                && $0.table == subject.table && $0.row == subject.row && $0.column == subject.column
        }
        isOfProject = subject.claim == nil || claims == nil ? nil : own != nil
        section = first.section
        source = own?.source ?? first.source
        // Of several records' words the least sure counts.
        let marks = standings.compactMap(\.measure.mark)
        mark = own?.mark ?? ConfidenceMark.allCases.last { marks.contains($0) }
        explanation = first.explanation
        self.standings = standings.sorted { left, right in
            let (one, other) = (entries[left.entry], entries[right.entry])
            if one.isPaperScale != other.isPaperScale { return one.isPaperScale }
            if one.isComparable != other.isComparable { return one.isComparable }
            let ranks = (subject.order.rank(left.measure.measured), subject.order.rank(right.measure.measured))
            return ranks.0 == ranks.1 ? one.slug < other.slug : ranks.0 < ranks.1
        }
    }

    /// `TVAE, L = 1/2 · log-likelihood`, or the claim in words.
    var title: String {
        let place = [subject.row, subject.column].compactMap(\.self).joined(separator: " · ")
        return place.isEmpty ? subject.statement : place
    }

    /// The paper's number, as `−186.8 ± 0.1 nats`.
    var reportedText: String? {
        subject.reported.map { reported in
            NumberText.exact(reported.value) + (reported.uncertainty.map { " ± " + NumberText.exact($0) } ?? "")
                + (subject.unit.map { " " + $0 } ?? "")
        }
    }
}
