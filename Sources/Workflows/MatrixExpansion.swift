import Artifacts
import Integrity

/// The order in which a workflow's steps are planned, each as often as it says.
///
/// Steps that are planned once come first: none of them may read one that is planned for each row. Then row follows row and, within a row, seed
/// follows seed, so that an interrupted run has whole rows.
enum MatrixExpansion {
    /// A step for one combination of row and seed.
    struct Occurrence {
        /// As in the workflow's file, nothing filled in.
        var step: WorkflowMeta.Step
        /// Nil for a step that is planned once.
        var row: MatrixRow?
        /// Counts from 1; nil for a step that is not planned for each seed.
        var replicate: Int?
        /// Nil for a step that takes the plan's seed.
        var seed: Int?

        var name: String { name(of: step) }

        /// What a step that this one reads is called for the same combination.
        func name(of step: WorkflowMeta.Step) -> String {
            switch (step.repetition, row, seed) {
            case (.eachRow, let row?, _): MatrixExpansion.name(of: step.name, row: row.name)
            case (.eachRowAndSeed, let row?, let seed?): MatrixExpansion.name(of: step.name, row: row.name, seed: seed)
            default: step.name
            }
        }

        /// The values that fill the step's places.
        func values(_ parameters: [String: JSONValue]) -> [String: JSONValue] {
            row.map { row in parameters.merging(["row": .string(row.name)]) { $1 } } ?? parameters
        }
    }

    /// What a step is called that is planned for a row and, where it is planned for each of its seeds too, for a seed. The seed itself is part of
    /// the name: so the same computation has the same name, and is found in the cache, whichever seed its run began with.
    static func name(of step: String, row: String, seed: Int? = nil) -> String {
        seed.map { "\(step)-\(row)-s\($0)" } ?? "\(step)-\(row)"
    }

    static func occurrences(of steps: [WorkflowMeta.Step], rows: [MatrixRow], seeds: Int, first seed: Int) -> [Occurrence] {
        var occurrences = steps.filter { $0.repetition == .once }.map { Occurrence(step: $0) }
        for row in rows {
            occurrences += steps.filter { $0.repetition == .eachRow }.map { Occurrence(step: $0, row: row) }
            for replicate in 1...max(1, seeds) {
                occurrences += steps.filter { $0.repetition == .eachRowAndSeed }.map {
                    Occurrence(step: $0, row: row, replicate: replicate, seed: seed + replicate - 1)
                }
            }
        }
        return occurrences
    }
}
