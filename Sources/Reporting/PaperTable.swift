import Artifacts
import Integrity
import Workflows

/// A table of the paper with a run's own numbers beside the reported ones.
public struct PaperTable: Hashable, Sendable {
    /// One place of the table.
    public struct Cell: Hashable, Sendable {
        public enum Content: Hashable, Sendable {
            /// What the paper reports, and what the run makes of it.
            case claim(ClaimResult)
            /// The run measured it; the paper reports nothing.
            case unreported(UnreportedMeasure)
        }

        /// Of the column that the cell stands in.
        public var column: String
        public var content: Content

        /// Nil where the paper reports nothing.
        public var result: ClaimResult? {
            if case .claim(let result) = content { result } else { nil }
        }

        package var unit: String? {
            switch content {
            case .claim(let result): result.claim.unit
            case .unreported(let measure): measure.unit
            }
        }

        /// As in ``ClaimResult``; nil where nothing was measured.
        var measuredText: String? {
            switch content {
            case .claim(let result): result.measuredText
            case .unreported(let measure): measure.measuredSeeds?.text ?? measure.measured.map(NumberText.measured)
            }
        }

        /// Likewise, of the untrained model.
        var controlText: String? {
            switch content {
            case .claim(let result): result.controlText
            case .unreported(let measure): measure.controlSeeds?.text ?? measure.control.map(NumberText.measured)
            }
        }

        var json: JSONValue {
            var json =
                switch content {
                case .claim(let result): result.json
                case .unreported(let measure): measure.json
                }
            json["column"] = .string(column)
            return json
        }
    }

    public struct Row: Hashable, Sendable {
        public var name: String
        /// In the columns' order; a place of which there is neither a claim nor a measure has none.
        public var cells: [Cell]
    }

    public var title: String
    /// How much of the paper's protocol was followed.
    public var scale: String
    /// In the order of the paper's claims.
    public var columns: [String]
    /// In the order of the matrix; those that it lacks follow in the order of the paper's claims.
    public var rows: [Row]

    public init(title: String, scale: String, columns: [String], rows: [Row]) {
        self.title = title
        self.scale = scale
        self.columns = columns
        self.rows = rows
    }

    /// Lays out the claims that name the table, and what was measured beside them. A claim that is held against several measures is shown with
    /// the first.
    ///
    /// - Parameter matrix: the rows of the workflow's matrix.
    public init(
        _ reference: TableReference, claims: [Claim], results: [ClaimResult], unreported: [UnreportedMeasure] = [],
        matrix: [MatrixRow] = [], scale: String
    ) {
        self.init(title: reference.title, scale: scale, columns: [], rows: [])
        for claim in claims where claim.table == reference.table {
            guard let row = claim.row, let column = claim.column, let result = results.first(where: { $0.claim.id == claim.id }) else {
                continue
            }
            if !columns.contains(column) { columns.append(column) }
            add(Cell(column: column, content: .claim(result)), to: row)
        }
        // A row of the matrix is called what its claims call it.
        let names = matrix.map { row in
            results.first { $0.binding?.row == row.name && $0.claim.table == reference.table && $0.claim.row != nil }?.claim.row
                ?? row.title
        }
        for measure in unreported where measure.table == reference.table {
            guard columns.contains(measure.column), let index = matrix.firstIndex(of: measure.row) else { continue }
            let isTaken = rows.contains { $0.name == names[index] && $0.cells.contains { $0.column == measure.column } }
            if !isTaken { add(Cell(column: measure.column, content: .unreported(measure)), to: names[index]) }
        }
        let ranks = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        let ranked = rows.enumerated().map { (rank: ranks[$0.element.name] ?? names.count, place: $0.offset, row: $0.element) }
        rows = ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.row)
        for index in rows.indices {
            let cells = rows[index].cells
            rows[index].cells = columns.flatMap { column in cells.filter { $0.column == column } }
        }
    }

    private mutating func add(_ cell: Cell, to row: String) {
        if let index = rows.firstIndex(where: { $0.name == row }) {
            rows[index].cells.append(cell)
        } else {
            rows.append(Row(name: row, cells: [cell]))
        }
    }

    /// Every claim of the table.
    public var results: [ClaimResult] { rows.flatMap { $0.cells.compactMap(\.result) } }

    public var json: JSONValue {
        [
            "title": .string(title), "scale": .string(scale), "columns": .array(columns.map { .string($0) }),
            "rows": .array(
                rows.map { row in
                    [
                        "row": .string(row.name),
                        "cells": .array(row.cells.map(\.json)),
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
