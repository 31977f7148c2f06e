import Workflows

/// The tasks that did not finish their steps: which, where, with which exit status, and the last lines of their logs.
enum ClusterFailures {
    /// - Parameter limit: how many are shown in full; for as many the cluster is asked what became of a task that wrote nothing down.
    static func text(_ status: SlurmStatus, ledger: SlurmLedger, folder: SlurmFolder, client: SlurmClient, limit: Int) throws -> String {
        let unfinished = SlurmStatus.State.allCases.filter { ![.done, .running, .waiting].contains($0) }
        let counts = unfinished.filter { status.count($0) > 0 }.map { "\(status.count($0)) \($0.rawValue)" }
        var lines = ["run \(status.run): \(status.count(.done)) of \(status.steps.count) steps are done, " + counts.joined(separator: ", ")]
        let named = status.steps.filter { [.failed, .lost, .stopped].contains($0.state) }
        for step in named.prefix(limit) {
            var words = step.text
            if step.leftUnseen, let ended = try client.ended(step.name, ledger: ledger) {
                words += " (Slurm: \(ended.state), exit code \(ended.exitCode), node \(ended.node))"
            }
            let place = step.node.map { " on \($0)" } ?? ""
            let exit = step.leftUnseen ? "" : step.ending.map { ", exit status \($0.exitStatus)" } ?? ""
            lines.append("  \(step.name): \(step.state.rawValue)\(place)\(exit): \(words)")
            if step.state == .failed { lines += (step.ending?.lastLines ?? []).map { "    | \($0)" } }
            // What never came to write anything down may have said why: a library that a node lacks, say.
            if step.state == .lost { lines += folder.lastWords(of: step.name, ledger: ledger).map { "    | \($0)" } }
        }
        if named.count > limit { lines.append("  … and \(named.count - limit) more: reprise status \(status.run)") }
        return lines.joined(separator: "\n")
    }
}
