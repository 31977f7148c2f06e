/// The table that ends `reprise run`: each claim with what was reported, measured and expected without learning, and the verdict.
public enum VerdictTable {
    /// - Parameters:
    ///   - width: the terminal's columns; below ``TerminalTable/smallestWidth`` that is used.
    ///   - isColoured: ask for it only where the output is a terminal.
    public static func text(_ results: [ClaimResult], width: Int, isColoured: Bool = false) -> String {
        guard !results.isEmpty else { return "No claim was held against this run.\n" }
        // Claims that the workflow does not touch would bury the others: they are counted, not listed.
        let listed = results.filter { $0.binding != nil }
        let hasChance = listed.contains { $0.chance != nil }
        var columns: [TerminalTable.Column] = [
            .init("Claim"), .init("Reported", alignment: .right), .init("Measured", alignment: .right),
            .init("Untrained", alignment: .right),
        ]
        if hasChance { columns.append(.init("Chance", alignment: .right)) }
        columns.append(.init("Verdict"))
        let occurrences = listed.reduce(into: [:]) { $0[$1.claim.id, default: 0] += 1 }
        let rows = listed.map { result in
            // A claim that is held against several measures is told apart by what each one means.
            let explanation = occurrences[result.claim.id, default: 0] > 1 ? result.binding.map { " (\($0.explanation))" } ?? "" : ""
            var row: [TerminalTable.Cell] = [
                .init(result.claim.statement + explanation),
                .init(result.claim.reportedText ?? "in words (\(result.claim.mark.rawValue))", tone: .quiet),
                .init(value(result.measured)), .init(value(result.control)),
            ]
            if hasChance { row.append(.init(value(result.chance))) }
            row.append(.init("\(result.verdict.symbol) \(result.verdict.rawValue): \(result.reason)", tone: tone(of: result)))
            return row
        }
        var text = listed.isEmpty ? "" : TerminalTable(columns: columns, rows: rows).text(width: width, isColoured: isColoured) + "\n"
        let others = results.count - listed.count
        if others > 0 {
            text += "\(others) claim\(others == 1 ? "" : "s") of the paper \(others == 1 ? "is" : "are") not measured by this workflow.\n"
        }
        for line in TerminalText.wrapped(ClaimSummary(results).line, width: max(width, TerminalTable.smallestWidth)) { text += line + "\n" }
        return text
    }

    private static func value(_ value: Double?) -> String { value.map(NumberText.measured) ?? "–" }

    private static func tone(of result: ClaimResult) -> TerminalTable.Tone {
        if result.check == .failed { return .bad }
        switch result.verdict {
        case .reproduced: return .good
        case .notReproduced: return .bad
        case .agreesUnconfirmed, .differsUnconfirmed, .reducedScale: return .partly
        case .notRun: return .quiet
        }
    }
}
