/// A table of the paper for a terminal: a line for each number that the paper reports or that the run measured in its place.
public enum PaperTableText {
    /// - Parameters:
    ///   - width: the terminal's columns; at least ``TerminalTable/smallestWidth`` are used.
    ///   - isColoured: ask for it only where the output is a terminal.
    public static func text(_ table: PaperTable, width: Int, isColoured: Bool = false) -> String {
        let width = max(width, TerminalTable.smallestWidth)
        var rows: [TerminalTable.Row] = []
        for row in table.rows {
            for (index, cell) in row.cells.enumerated() {
                rows.append(
                    TerminalTable.Row([
                        .init(index == 0 ? row.name : ""), .init(measure(cell)),
                        .init(cell.result.map { reported($0.claim) } ?? "–", tone: .quiet),
                        .init(cell.measuredText ?? "–"), .init(cell.controlText ?? "–"), cell.result.map(verdict) ?? TerminalTable.Cell(""),
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

    private static func measure(_ cell: PaperTable.Cell) -> String { cell.column + (cell.unit.map { ", \($0)" } ?? "") }

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

    /// Why numbers are missing, ours or the paper's, each reason once.
    private static func reasons(_ table: PaperTable) -> [String] {
        var reasons: [String] = []
        for result in table.results where result.verdict == .notRun && !reasons.contains(result.reason) { reasons.append(result.reason) }
        var lines = reasons.map { "not run: \($0)" }
        let unreported = table.rows.flatMap(\.cells).compactMap { cell -> UnreportedMeasure? in
            if case .unreported(let measure) = cell.content { measure } else { nil }
        }
        if !unreported.isEmpty { lines.append("Reported –: the paper reports nothing there, and nothing is concluded.") }
        for measure in unreported {
            let line = "not measured: \(measure.absence ?? "")"
            if measure.absence != nil, !lines.contains(line) { lines.append(line) }
        }
        return lines
    }
}
