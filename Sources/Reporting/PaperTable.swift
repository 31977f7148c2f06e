import Artifacts
import Integrity
import Workflows

/// A table of the paper with a run's own numbers beside the reported ones.
public struct PaperTable: Hashable, Sendable {
    /// What the paper reports in one place of the table, and what the run makes of it.
    public struct Cell: Hashable, Sendable {
        /// Of the column that the cell stands in.
        public var column: String
        public var result: ClaimResult
    }

    public struct Row: Hashable, Sendable {
        public var name: String
        /// In the columns' order; a place in which the paper reports nothing has none.
        public var cells: [Cell]
    }

    public var title: String
    /// How much of the paper's protocol was followed.
    public var scale: String
    /// In the order of the paper's claims, as the rows are.
    public var columns: [String]
    public var rows: [Row]

    public init(title: String, scale: String, columns: [String], rows: [Row]) {
        self.title = title
        self.scale = scale
        self.columns = columns
        self.rows = rows
    }

    /// Lays out the claims that name the table. One that is held against several measures is shown with the first.
    public init(_ reference: TableReference, claims: [Claim], results: [ClaimResult], scale: String) {
        self.init(title: reference.title, scale: scale, columns: [], rows: [])
        for claim in claims where claim.table == reference.table {
            guard let row = claim.row, let column = claim.column, let result = results.first(where: { $0.claim.id == claim.id }) else {
                continue
            }
            if !columns.contains(column) { columns.append(column) }
            let cell = Cell(column: column, result: result)
            if let index = rows.firstIndex(where: { $0.name == row }) {
                rows[index].cells.append(cell)
            } else {
                rows.append(Row(name: row, cells: [cell]))
            }
        }
        for index in rows.indices {
            rows[index].cells = columns.flatMap { column in rows[index].cells.filter { $0.column == column } }
        }
    }

    /// Every claim of the table.
    public var results: [ClaimResult] { rows.flatMap { $0.cells.map(\.result) } }

    public var json: JSONValue {
        [
            "title": .string(title), "scale": .string(scale), "columns": .array(columns.map { .string($0) }),
            "rows": .array(
                rows.map { row in
                    [
                        "row": .string(row.name),
                        "cells": .array(
                            row.cells.map { cell in
                                var json = cell.result.json
                                json["column"] = .string(cell.column)
                                return json
                            }),
                    ]
                }),
        ]
    }
}

extension Plan {
    /// How much of the paper's protocol the plan follows: `reduced scale; 150 of the paper's 600,000 training steps (0.025 %)`.
    package var scaleStatement: String {
        ([scale == .paper ? "the paper's protocol to the letter" : "reduced scale"] + protocolNotes).joined(separator: "; ")
    }
}
