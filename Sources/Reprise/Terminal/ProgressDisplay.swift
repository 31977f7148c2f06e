import Foundation
import Workflows

/// Shows a run's progress on standard error: a bar with rate and time left on a terminal, an occasional line elsewhere.
final class ProgressDisplay: RunObserver {
    private let isTerminal = Terminal.isTerminal(STDERR_FILENO)
    private var started = Date()
    private var firstProgress: (done: Double, date: Date)?
    private var lastShown = Date.distantPast
    private var heading = ""

    /// A terminal is redrawn ten times a second at most; a log gets a line every ten seconds.
    private var interval: TimeInterval { isTerminal ? 0.1 : 10 }

    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {
        started = Date()
        firstProgress = nil
        lastShown = isTerminal ? .distantPast : Date()
        heading = "[\(number)/\(count)] \(step.name)"
        if isTerminal { Terminal.write("\r\u{1B}[K\(heading) …", to: STDERR_FILENO) }
    }

    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {
        let now = Date()
        // The rate counts from the first report, so that start-up and resumed work do not distort it.
        let first = firstProgress ?? (progress.done, now)
        firstProgress = first
        guard now.timeIntervalSince(lastShown) >= interval else { return }
        lastShown = now
        var line = "\(heading) "
        if progress.total > 0 {
            let fraction = min(1, max(0, progress.done / progress.total))
            let width = 24
            let filled = Int(fraction * Double(width))
            line += "▕" + String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled) + "▏"
            line += " \(Int(fraction * 100)) %  \(ProgressDisplay.quantity(progress.done, of: progress.total, unit: progress.unit))"
        } else {
            line += ProgressDisplay.quantity(progress.done, of: nil, unit: progress.unit)
        }
        let seconds = now.timeIntervalSince(first.date)
        if seconds > 0.5, progress.done > first.done {
            let rate = (progress.done - first.done) / seconds
            line += "  \(ProgressDisplay.quantity(rate, of: nil, unit: progress.unit))/s"
            if progress.total > progress.done { line += "  \(ProgressDisplay.duration((progress.total - progress.done) / rate)) left" }
        }
        if !progress.text.isEmpty { line += "  \(progress.text)" }
        if isTerminal {
            Terminal.write("\r\u{1B}[K" + String(line.prefix(max(20, Terminal.width - 1))), to: STDERR_FILENO)
        } else {
            Terminal.write(line + "\n", to: STDERR_FILENO)
        }
    }

    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) {
        let text =
            switch outcome {
            case .ran(let seconds): "done in \(ProgressDisplay.duration(seconds))"
            case .cached(let origin): "served from the cache (first done by run \(origin))"
            case .kept: "already done"
            }
        Terminal.write((isTerminal ? "\r\u{1B}[K" : "") + "\(heading): \(text)\n", to: STDERR_FILENO)
    }

    func notice(_ text: String) {
        Terminal.write((isTerminal ? "\r\u{1B}[K" : "") + "note: \(text)\n", to: STDERR_FILENO)
    }

    static func quantity(_ value: Double, of total: Double?, unit: String) -> String {
        if unit == "bytes" {
            let scale = max(value, total ?? 0) >= 1_048_576 ? (1.0 / Double(1 << 20), "MiB") : (1.0 / 1024, "KiB")
            let text = String(format: "%.1f", value * scale.0)
            return total.map { text + String(format: "/%.1f ", $0 * scale.0) + scale.1 } ?? text + " " + scale.1
        }
        // Steps report what they like, so nothing here may trap: whole numbers are formatted, never converted.
        let text = String(format: value >= 100 || value == value.rounded() ? "%.0f" : "%.1f", value)
        return (total.map { text + String(format: "/%.0f", $0) } ?? text) + (unit.isEmpty ? "" : " \(unit)")
    }

    /// `4 s`, `3 min 20 s`, `4 h 05 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "?" }
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(min(seconds, 1e9).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(String(format: "%02d", whole % 60)) s" }
        return "\(whole / 3600) h \(String(format: "%02d", whole % 3600 / 60)) min"
    }
}
