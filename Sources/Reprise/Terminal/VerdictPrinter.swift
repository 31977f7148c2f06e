import Foundation
import Reporting

/// Ends a run, or answers `reprise report`: the verdict table, which ends in the line that sums it up.
enum VerdictPrinter {
    static func show(_ comparison: RunComparison) {
        Terminal.line()
        Terminal.write(
            VerdictTable.text(comparison.results, width: Terminal.width, isColoured: Terminal.hasColour(STDOUT_FILENO)))
        Terminal.line()
    }
}
