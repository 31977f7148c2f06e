import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// Shows a plan before it runs.
enum PlanPrinter {
    static func show(_ plan: Plan, arithmetic: JSONValue) {
        Terminal.line(
            "\(plan.title)  (\(plan.workflow.name), variation \(plan.variation), \(plan.hasSeveralSeeds ? "seeds" : "seed") \(plan.seedText))"
        )
        let settings = plan.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }
        if !settings.isEmpty { Terminal.line("  " + settings.joined(separator: " ")) }
        Terminal.line("  arithmetic \(ArithmeticRecord.text(arithmetic))")
        if let matrix = plan.matrix {
            let left =
                matrix.leftOut.isEmpty
                ? "" : "; left out: \(matrix.rows.map(\.name).filter(matrix.leftOut.contains).joined(separator: ", "))"
            Terminal.line("  rows: \(matrix.plannedRows.map(\.name).joined(separator: ", "))\(left)")
        }
        for (index, step) in plan.steps.enumerated() {
            if plan.steps.count > first + last {
                if index == first { Terminal.line("  … \(plan.steps.count - first - last) more; all of them with --plan --json …") }
                if (first..<plan.steps.count - last).contains(index) { continue }
            }
            let inputs = step.inputs.values.sorted()
            var line = "  \(index + 1). \(step.name)  \(step.artifact.name)"
            if let variation = step.model?["variation"]?.stringValue { line += "  [\(variation)]" }
            if !inputs.isEmpty { line += "  ← \(Set(inputs).sorted().joined(separator: ", "))" }
            Terminal.line(line)
        }
        for note in plan.protocolNotes { Terminal.line("  differs from the paper: \(note)") }
    }

    /// Of a plan that fills more than a screen the first and the last steps are shown.
    private static let first = 40, last = 4

    static func text(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self)
    }
}
