import Artifacts
import Integrity

/// The matrix of a plan: all rows that the workflow has, those among them that the user left out, and the seeds of each.
public struct PlannedMatrix: Hashable, Sendable {
    public var rows: [MatrixRow]
    /// Names of the rows for which nothing is planned.
    public var leftOut: Set<String>
    /// Replicates of a row, each with a seed of its own.
    public var seeds: Int

    public init(rows: [MatrixRow], leftOut: Set<String> = [], seeds: Int) {
        self.rows = rows
        self.leftOut = leftOut
        self.seeds = seeds
    }

    /// The rows for which something is planned.
    public var plannedRows: [MatrixRow] { rows.filter { !leftOut.contains($0.name) } }

    /// What `--only` must say to plan these rows again; nil where all of them are planned.
    public var only: String? { leftOut.isEmpty ? nil : plannedRows.map(\.name).joined(separator: ",") }

    /// A row's title; its name where there is no such row.
    public func title(ofRow name: String) -> String { rows.first { $0.name == name }?.title ?? name }

    var json: JSONValue {
        [
            "rows": .array(rows.map { ["name": .string($0.name), "title": .string($0.title)] }),
            "left_out": .array(rows.map(\.name).filter(leftOut.contains).map { .string($0) }), "seeds": .number(Double(seeds)),
        ]
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        rows = []
        for row in try reader.elements("rows") { rows.append(MatrixRow(name: try row.name("name"), title: try row.line("title"))) }
        leftOut = Set(try reader.strings("left_out"))
        seeds = try reader.integer("seeds")
        let names = Set(rows.map(\.name))
        guard names.count == rows.count, leftOut.isSubset(of: names) else {
            throw reader.refusal("rows", expected: "rows with different names, those left out among them")
        }
        guard (1...WorkflowMatrix.largestSeedCount).contains(seeds) else {
            throw reader.refusal("seeds", expected: "a number from 1 to \(WorkflowMatrix.largestSeedCount)")
        }
    }
}
