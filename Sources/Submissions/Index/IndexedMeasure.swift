import Artifacts
import Integrity
import Reporting

/// What one entry measured for one place of the paper's table, or for one claim in words.
public struct IndexedMeasure: Sendable {
    /// What was measured. Entries with the same subject can stand on one leaderboard; with another number of the paper's, or another criterion, they cannot.
    public struct Subject: Hashable, Sendable {
        /// The claim; nil where the paper reports nothing.
        public var claim: String?
        public var table: String?
        public var row: String?
        public var column: String?
        public var statement: String
        public var measure: String
        public var unit: String?
        public var reported: Claim.ReportedValue?
        public var order: LeaderboardOrder
    }

    public var subject: Subject
    /// The table's title; nil for a claim in words.
    public var section: String?
    public var explanation: String?
    /// How sure the entry's record is of what the paper says; nil where the paper says nothing.
    public var mark: ConfidenceMark?
    public var source: String?
    public var measured: Double
    public var measuredSeeds: SeedStatistics?
    public var control: Double?
    public var controlSeeds: SeedStatistics?
    public var chance: Double?
    public var verdict: Verdict?

    /// More than any paper's tables have.
    static let limit = 500

    /// What a run measured: the paper's tables row by row, then what no table shows. At most ``limit`` of them.
    static func all(of comparison: RunComparison) -> [IndexedMeasure] {
        var measures: [IndexedMeasure] = []
        var seen: Set<Subject> = []
        func add(_ measure: IndexedMeasure?) {
            guard let measure, measures.count < limit, seen.insert(measure.subject).inserted else { return }
            measures.append(measure)
        }
        for table in comparison.tables {
            for row in table.rows {
                for cell in row.cells {
                    switch cell.content {
                    case .claim(let result): add(IndexedMeasure(result, section: table.title))
                    case .unreported(let measure): add(IndexedMeasure(measure, row: row.name, section: table.title))
                    }
                }
            }
        }
        for result in comparison.results {
            let table = comparison.record.plan.tables.first { $0.table == result.claim.table }
            add(IndexedMeasure(result, section: table?.title ?? result.claim.table))
        }
        return measures
    }

    private init?(_ result: ClaimResult, section: String?) {
        guard let binding = result.binding, let measured = result.measured, measured.isFinite else { return nil }
        let claim = result.claim
        subject = Subject(
            claim: claim.id, table: claim.table, row: claim.row, column: claim.column, statement: claim.statement,
            measure: binding.measure.description, unit: claim.unit, reported: claim.reported,
            order: LeaderboardOrder(binding.criterion, reported: claim.reported?.value))
        self.section = section
        explanation = binding.explanation
        mark = claim.mark
        source = claim.source
        self.measured = measured
        measuredSeeds = result.measuredSeeds
        control = result.control
        controlSeeds = result.controlSeeds
        chance = result.chance
        verdict = result.verdict
    }

    private init?(_ measure: UnreportedMeasure, row: String, section: String) {
        guard let measured = measure.measured, measured.isFinite else { return nil }
        subject = Subject(
            table: measure.table, row: row, column: measure.column, statement: "", measure: measure.measure.description, unit: measure.unit,
            order: .byName)
        self.section = section
        self.measured = measured
        measuredSeeds = measure.measuredSeeds
        control = measure.control
        controlSeeds = measure.controlSeeds
    }

    var measuredText: String { measuredSeeds?.text ?? NumberText.measured(measured) }
    var controlText: String? { controlSeeds?.text ?? control.map(NumberText.measured) }
}
