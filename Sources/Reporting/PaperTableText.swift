/// A table of the paper for a terminal: a line for each number that the paper reports.
public enum PaperTableText {
    /// - Parameters:
    ///   - width: the terminal's columns; at least ``TerminalTable/smallestWidth`` are used.
    ///   - isColoured: ask for it only where the output is a terminal.
    public static func text(_ table: PaperTable, width: Int, isColoured: Bool = false) -> String {
        let width = max(width, TerminalTable.smallestWidth)
        var rows: [TerminalTable.Row] = []
        for row in table.rows {
            for (index, cell) in row.cells.enumerated() {
                let result = cell.result
                rows.append(
                    TerminalTable.Row([
                        .init(index == 0 ? row.name : ""), .init(measure(cell)), .init(reported(result.claim), tone: .quiet),
                        .init(result.measuredText ?? "–"), .init(result.controlText ?? "–"), verdict(result),
                    ]))
            }
        }
        let columns: [TerminalTable.Column] = [
            .init("Row"), .init("Measure"), .init("Reported", alignment: .right), .init("Ours", alignment: .right),
            .init("Untrained", alignment: .right), .init(""),
        ]
        return lines([table.title, "Scale: \(table.scale)."], width: width) + "\n"
            + TerminalTable(columns: columns, rows: rows).text(width: width, isColoured: isColoured)
            + lines(["Ours: \(form).", legend(table)] + reasons(table), width: width)
    }

    static let form = "mean ± standard deviation over seeds (how many)"

    private static func lines(_ texts: [String], width: Int) -> String {
        texts.flatMap { TerminalText.wrapped(TerminalText.harmless($0), width: width) }.map { $0 + "\n" }.joined()
    }

    private static func measure(_ cell: PaperTable.Cell) -> String { cell.column + (cell.result.claim.unit.map { ", \($0)" } ?? "") }

    private static func reported(_ claim: Claim) -> String {
        var claim = claim
        // It stands with the measure.
        claim.unit = nil
        return claim.reportedText ?? "in words (\(claim.mark.rawValue))"
    }

    /// The verdict's symbol, which the legend explains, and a check that failed in words.
    private static func verdict(_ result: ClaimResult) -> TerminalTable.Cell {
        let failed = result.check == .failed ? " check failed" : ""
        return .init(result.verdict.symbol + failed, tone: VerdictTable.tone(of: result))
    }

    private static func legend(_ table: PaperTable) -> String {
        let used = Set(table.results.map(\.verdict))
        return Verdict.allCases.filter(used.contains).map { "\($0.symbol) \($0.rawValue)" }.joined(separator: "; ")
    }

    /// Why numbers are missing, each reason once.
    private static func reasons(_ table: PaperTable) -> [String] {
        var reasons: [String] = []
        for result in table.results where result.verdict == .notRun && !reasons.contains(result.reason) { reasons.append(result.reason) }
        return reasons.map { "not run: \($0)" }
    }
}
