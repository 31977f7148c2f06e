import Foundation
import Integrity
import Workflows

/// Shows a plan before it runs.
enum PlanPrinter {
    static func show(_ plan: Plan, arithmetic: JSONValue) {
        Terminal.line("\(plan.title)  (\(plan.workflow.name), variation \(plan.variation), seed \(plan.seed))")
        let settings = plan.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }
        if !settings.isEmpty { Terminal.line("  " + settings.joined(separator: " ")) }
        Terminal.line("  arithmetic \(ArithmeticRecord.text(arithmetic))")
        for (index, step) in plan.steps.enumerated() {
            let inputs = step.inputs.values.sorted()
            var line = "  \(index + 1). \(step.name)  \(step.artifact.name)"
            if let variation = step.model?["variation"]?.stringValue { line += "  [\(variation)]" }
            if !inputs.isEmpty { line += "  ← \(Set(inputs).sorted().joined(separator: ", "))" }
            Terminal.line(line)
        }
        for note in plan.protocolNotes { Terminal.line("  differs from the paper: \(note)") }
    }

    static func text(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self)
    }
}
