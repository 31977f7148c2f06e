import Foundation
import Integrity
import Workflows

/// Builds the report of a run from its folder.
public enum RunReport {
    /// Renders a finished run's report again.
    public static func model(of comparison: RunComparison) throws -> ReportModel {
        let envelope = try Envelope.read(comparison.folder.manifest)
        return try model(
            of: comparison, steps: StepHistory.read(comparison), keyID: envelope.signatures.first?.keyID ?? "unsigned")
    }

    static func model(of comparison: RunComparison, steps: [StepHistory], keyID: String) throws -> ReportModel {
        let plan = comparison.record.plan
        let sections = ReportSections(comparison)
        return ReportModel(
            title: plan.title, runIdentifier: comparison.record.id, workflow: plan.workflow.name, variation: plan.variation,
            finished: steps.map(\.finished).max()?.description, scaleStatement: plan.scaleStatement, results: comparison.results,
            paperTables: comparison.tables, metricTables: sections.tables, charts: sections.charts, pictures: sections.pictures,
            steps: steps.map { history in
                ReportModel.Step(
                    name: history.step.name, artifact: history.step.artifact.name, digest: history.step.artifact.digest.hex,
                    seconds: Double(history.finished.secondsSince1970 - history.started.secondsSince1970), cachedFrom: history.origin,
                    outputs: history.outputs.map { ReportModel.Step.Output(name: $0.path, bytes: $0.bytes, sha256: $0.digest.hex) })
            },
            environment: environment(comparison.record),
            record: ReportModel.Record(
                keyIdentifier: keyID,
                instructions: [
                    .init(
                        purpose: "Check every byte, signature and link of this record", command: "reprise verify \(comparison.record.id)"),
                    .init(
                        purpose: "Check it with a key that you got by a way you trust",
                        command: "reprise verify FOLDER --key THEIR-KEY.pub.pem"),
                    .init(purpose: "Run it again", command: rerun(comparison.record)),
                ]))
    }

    /// The command that computes the same again: everything that its user chose stands in it.
    package static func rerun(_ record: RunRecord) -> String {
        let plan = record.plan
        var words = [
            "reprise run \(ShellText.word(plan.workflow.alias)) --variation \(ShellText.word(plan.variation)) --seed \(plan.seed)"
        ]
        if let only = plan.matrix?.only { words.append("--only " + ShellText.word(only)) }
        for (name, text) in plan.typedSettings { words.append("--set " + ShellText.word("\(name)=\(text)")) }
        if let arithmetic = record.arithmetic["name"]?.stringValue, arithmetic != "portable" {
            words.append("--arithmetic " + ShellText.word(arithmetic))
        }
        return words.joined(separator: " ")
    }

    private static func environment(_ record: RunRecord) -> [ReportModel.Field] {
        let environment = record.environment
        func text(_ value: JSONValue?) -> String {
            guard let value, !value.isNull else { return "unknown" }
            if let strings = value.arrayValue { return strings.compactMap(\.stringValue).joined(separator: " ") }
            return value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self)
        }
        var fields: [ReportModel.Field] = [
            .init(name: "Operating system", value: text(environment["operating_system"])),
            .init(name: "Kernel", value: text(environment["kernel"])),
            .init(name: "Processor", value: text(environment["processor"]?["model"]) + ", " + text(environment["architecture"])),
            .init(name: "Instruction sets", value: text(environment["processor"]?["flags"])),
            .init(name: "Cores", value: text(environment["cores"])),
            .init(
                name: "Memory", value: environment["memory_bytes"]?.integerValue.map(NumberText.bytes) ?? "unknown"),
            .init(name: "Compiler", value: text(environment["compiler"])),
        ]
        for (name, version) in (environment["libraries"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            fields.append(.init(name: name, value: text(version)))
        }
        let arithmetic = record.arithmetic
        let parts = (arithmetic.objectValue ?? [:]).filter { $0.key != "name" }.sorted { $0.key < $1.key }
        fields.append(
            .init(
                name: "Arithmetic",
                value: ([text(arithmetic["name"])] + parts.map { "\($0.key) \(text($0.value))" }).joined(separator: ", ")))
        if let commit = environment["git"]?["commit"]?.stringValue {
            let dirty = environment["git"]?["dirty"]?.boolValue == true
            fields.append(.init(name: "Source commit", value: commit + (dirty ? ", with uncommitted changes" : "")))
        }
        fields.append(.init(name: "Program's SHA-256", value: record.binary.hex))
        fields.append(.init(name: record.plan.hasSeveralSeeds ? "Seeds" : "Seed", value: record.plan.seedText))
        return fields
    }
}

extension Plan {
    package var hasSeveralSeeds: Bool { (matrix?.seeds ?? 1) > 1 }

    /// The seed, or the first and the last of several: `0`, `0 to 2`.
    package var seedText: String { hasSeveralSeeds ? "\(seed) to \(seed + (matrix?.seeds ?? 1) - 1)" : "\(seed)" }
}
