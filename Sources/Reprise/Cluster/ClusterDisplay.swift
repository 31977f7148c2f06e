import Foundation
import Workflows

/// Shows where a run on a cluster stands on standard error: one line that is redrawn on a terminal, a line when something changed elsewhere.
final class ClusterDisplay: RunObserver {
    private let isTerminal = Terminal.isTerminal(STDERR_FILENO)
    private var last = ""
    private var lastShown = Date.distantPast

    func show(_ status: SlurmStatus) {
        let line = ClusterDisplay.line(status)
        // Progress within a step changes every line; a log takes it once in ten seconds.
        guard line != last, isTerminal || ClusterDisplay.counts(status) != lastCounts || Date().timeIntervalSince(lastShown) >= 10 else {
            return
        }
        last = line
        lastCounts = ClusterDisplay.counts(status)
        lastShown = Date()
        if isTerminal {
            Terminal.write("\r\u{1B}[K" + String(Terminal.printable(line).prefix(max(20, Terminal.width - 1))), to: STDERR_FILENO)
        } else {
            Terminal.write(Terminal.printable(line) + "\n", to: STDERR_FILENO)
        }
    }

    private var lastCounts = ""

    private static func counts(_ status: SlurmStatus) -> String {
        SlurmStatus.State.allCases.filter { status.count($0) > 0 && $0 != .done }.map { "\(status.count($0)) \($0.rawValue)" }
            .joined(separator: ", ")
    }

    private static func line(_ status: SlurmStatus) -> String {
        var line = "\(status.count(.done)) of \(status.steps.count) steps done"
        let counts = counts(status)
        if !counts.isEmpty { line += ", " + counts }
        let running = status.steps.filter { $0.state == .running }.prefix(2).map { "\($0.name) on \($0.node ?? "?"): \($0.text)" }
        return running.isEmpty ? line : line + "  [" + running.joined(separator: "; ") + "]"
    }

    func end() { if isTerminal { Terminal.write("\n", to: STDERR_FILENO) } }

    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {}
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {}
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) {}
    func notice(_ text: String) { Terminal.note(text) }
}
