import Foundation
import Reporting

/// Ends a run, or answers `reprise report`: the paper's tables, and the table of the other claims' verdicts, which ends in the line that sums all
/// of them up.
enum VerdictPrinter {
    static func show(_ comparison: RunComparison) {
        let tables = comparison.tables
        let isColoured = Terminal.hasColour(STDOUT_FILENO)
        for table in tables {
            Terminal.line()
            Terminal.write(PaperTableText.text(table, width: Terminal.width, isColoured: isColoured))
        }
        Terminal.line()
        Terminal.write(VerdictTable.text(comparison.results, besides: tables, width: Terminal.width, isColoured: isColoured))
        Terminal.line()
    }
}
