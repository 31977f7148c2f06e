import Foundation
import Workflows

/// Tells whoever follows the run how far a step is, now and then.
final class TaskObserver: RunObserver {
    private let task: SlurmTask
    private var last = Date.distantPast

    init(_ task: SlurmTask) { self.task = task }

    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) { Terminal.line("step \(step.name)") }

    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {
        guard Date().timeIntervalSince(last) >= 5 else { return }
        last = Date()
        task.report(progress)
    }

    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) { Terminal.line("step \(step.name) is done") }
    func notice(_ text: String) { Terminal.note(text) }
}
