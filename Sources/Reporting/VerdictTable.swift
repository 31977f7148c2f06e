/// The table that ends `reprise run`: each claim with what was reported, measured and expected without learning, and the verdict.
public enum VerdictTable {
    /// Below this width six columns would break words; each claim then takes lines of its own.
    private static let narrowestTable = 80

    /// - Parameters:
    ///   - tables: the paper's tables that are shown as well: their claims are not listed again.
    ///   - width: the terminal's columns; at least ``TerminalTable/smallestWidth`` are used.
    ///   - isColoured: ask for it only where the output is a terminal.
    public static func text(
        _ results: [ClaimResult], besides tables: [PaperTable] = [], width: Int, isColoured: Bool = false
    ) -> String {
        guard !results.isEmpty else { return "No claim was held against this run.\n" }
        let width = max(width, TerminalTable.smallestWidth)
        // Claims that the workflow does not touch would bury the others: they are counted, not listed.
        let bound = results.filter { $0.binding != nil }
        let shown = Set(tables.flatMap { $0.results.map(\.claim.id) })
        let listed = bound.filter { !shown.contains($0.claim.id) }
        var text = ""
        if !listed.isEmpty {
            let table = width < narrowestTable ? stacked(listed) : sideBySide(listed)
            text += table.text(width: width, isColoured: isColoured) + "\n"
        }
        let others = results.count { $0.binding == nil && !shown.contains($0.claim.id) }
        if others > 0 {
            text += "\(others) claim\(others == 1 ? "" : "s") of the paper \(others == 1 ? "is" : "are") not measured by this workflow.\n"
        }
        for line in TerminalText.wrapped(ClaimSummary(results).line, width: width) { text += line + "\n" }
        return text
    }

    private static func sideBySide(_ results: [ClaimResult]) -> TerminalTable {
        let hasChance = results.contains { $0.chance != nil }
        var columns: [TerminalTable.Column] = [
            .init("Claim"), .init("Reported", alignment: .right), .init("Measured", alignment: .right),
            .init("Untrained", alignment: .right),
        ]
        if hasChance { columns.append(.init("Chance", alignment: .right)) }
        columns.append(.init("Verdict"))
        let rows = results.map { result in
            var cells: [TerminalTable.Cell] = [
                .init(result.claim.statement), .init(reported(result.claim), tone: .quiet), .init(result.measuredText ?? "–"),
                .init(result.controlText ?? "–"),
            ]
            if hasChance { cells.append(.init(value(result.chance))) }
            cells.append(verdict(result))
            return TerminalTable.Row(cells, note: note(result, among: results))
        }
        return TerminalTable(columns: columns, rows: rows)
    }

    private static func stacked(_ results: [ClaimResult]) -> TerminalTable {
        let rows = results.map { result in
            var facts = [
                "reported \(reported(result.claim))", "measured \(result.measuredText ?? "–")", "untrained \(result.controlText ?? "–")",
            ]
            if let chance = result.chance { facts.append("chance \(value(chance))") }
            return TerminalTable.Row(
                [.init(result.claim.statement), verdict(result)],
                note: facts.joined(separator: " · ") + ". " + note(result, among: results))
        }
        return TerminalTable(columns: [.init("Claim"), .init("Verdict")], rows: rows)
    }

    /// Why the verdict. A claim that is held against several measures is told apart by what each one means.
    private static func note(_ result: ClaimResult, among results: [ClaimResult]) -> String {
        let isRepeated = results.count { $0.claim.id == result.claim.id } > 1
        guard isRepeated, let explanation = result.binding?.explanation else { return result.reason }
        // The first words name the measure; the report has the rest. A full stop within a number ends nothing.
        let label = explanation.firstRange(of: /[:.](\s|$)/).map { explanation[..<$0.lowerBound] } ?? explanation[...]
        return "\(label): \(result.reason)"
    }

    private static func verdict(_ result: ClaimResult) -> TerminalTable.Cell {
        let check =
            switch result.check {
            case .passed: " (check passed)"
            case .failed: " (check failed)"
            case .notApplicable: ""
            }
        return .init("\(result.verdict.symbol) \(result.verdict.rawValue)\(check)", tone: tone(of: result))
    }

    private static func reported(_ claim: Claim) -> String { claim.reportedText ?? "in words (\(claim.mark.rawValue))" }

    private static func value(_ value: Double?) -> String { value.map(NumberText.measured) ?? "–" }

    static func tone(of result: ClaimResult) -> TerminalTable.Tone {
        if result.check == .failed { return .bad }
        switch result.verdict {
        case .reproduced: return .good
        case .notReproduced: return .bad
        case .agreesUnconfirmed, .differsUnconfirmed, .reducedScale: return .partly
        case .notRun: return .quiet
        }
    }
}
