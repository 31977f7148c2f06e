/// A table in plain text that fits a terminal: columns as wide as their content while there is room, words wrapped when there is not.
public struct TerminalTable: Hashable, Sendable {
    public enum Alignment: Hashable, Sendable {
        case left, right
    }

    /// Colours of the eight that every terminal has; the terminal's own theme decides their shade.
    public enum Tone: String, Hashable, Sendable {
        case good = "32"
        case bad = "31"
        case partly = "33"
        case quiet = "2"
    }

    public struct Cell: Hashable, Sendable {
        public var text: String
        public var tone: Tone?

        public init(_ text: String, tone: Tone? = nil) {
            self.text = text
            self.tone = tone
        }
    }

    public struct Column: Hashable, Sendable {
        public var heading: String
        public var alignment: Alignment

        public init(_ heading: String, alignment: Alignment = .left) {
            self.heading = heading
            self.alignment = alignment
        }
    }

    public struct Row: Hashable, Sendable {
        /// Too few are filled up with empty cells; too many are left out.
        public var cells: [Cell]
        /// A sentence below the cells, across all columns.
        public var note: String?

        public init(_ cells: [Cell], note: String? = nil) {
            self.cells = cells
            self.note = note
        }
    }

    public static let smallestWidth = 60

    public var columns: [Column]
    public var rows: [Row]

    public init(columns: [Column], rows: [Row]) {
        self.columns = columns
        self.rows = rows
    }

    /// The table's lines, each ended by a line feed, none wider than `width` (at least ``smallestWidth``).
    ///
    /// - Parameter isColoured: writes ANSI colours; ask for it only where the output is a terminal.
    public func text(width: Int, isColoured: Bool = false) -> String {
        guard !columns.isEmpty else { return "" }
        let gap = 2
        let available = max(columns.count * 2, max(width, Self.smallestWidth) - gap * (columns.count - 1))
        let heading = columns.map { Cell(TerminalText.harmless($0.heading)) }
        let body = rows.map { row in
            columns.indices.map { index in
                guard row.cells.indices.contains(index) else { return Cell("") }
                return Cell(TerminalText.harmless(row.cells[index].text), tone: row.cells[index].tone)
            }
        }
        let widths = widths(of: [heading] + body, available: available)
        var lines = layOut(heading, widths: widths, gap: gap, isColoured: false)
        lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: String(repeating: " ", count: gap)))
        // Where a row takes several lines, a blank one keeps rows apart.
        let noteWidth = max(width, Self.smallestWidth) - Self.noteIndent.count
        let blocks = zip(rows, body).map { row, cells in
            let note = row.note.map { TerminalText.wrapped(TerminalText.harmless($0), width: noteWidth) } ?? []
            return layOut(cells, widths: widths, gap: gap, isColoured: isColoured) + note.map { Self.noteIndent + $0 }
        }
        let isTall = blocks.contains { $0.count > 1 }
        for (index, block) in blocks.enumerated() {
            if isTall, index > 0 { lines.append("") }
            lines += block
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let noteIndent = "  "

    /// Starts from what each column would like and takes from the widest, one column at a time, until all fit. A column keeps its longest word
    /// while any other has room to give.
    private func widths(of rows: [[Cell]], available: Int) -> [Int] {
        var widths = columns.indices.map { column in rows.map { TerminalText.width($0[column].text) }.max() ?? 0 }
        let words = columns.indices.map { column in
            rows.flatMap { $0[column].text.split(separator: " ") }.map { TerminalText.width(String($0)) }.max() ?? 0
        }
        widths = widths.map { max(2, min($0, available)) }
        while widths.reduce(0, +) > available {
            let shrinkable = widths.indices.filter { widths[$0] > words[$0] && widths[$0] > 2 }
            let candidates = shrinkable.isEmpty ? widths.indices.filter { widths[$0] > 2 } : shrinkable
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    private func layOut(_ cells: [Cell], widths: [Int], gap: Int, isColoured: Bool) -> [String] {
        let wrapped = zip(cells, widths).map { TerminalText.wrapped($0.text, width: $1) }
        let height = wrapped.map(\.count).max() ?? 0
        return (0..<height).map { line in
            var text = ""
            // Blanks are owed rather than written, so that no line ends in them.
            var owed = 0
            for index in columns.indices {
                let piece = line < wrapped[index].count ? wrapped[index][line] : ""
                let padding = max(0, widths[index] - TerminalText.width(piece))
                if columns[index].alignment == .right { owed += padding }
                if !piece.isEmpty {
                    text += String(repeating: " ", count: owed)
                    owed = 0
                    if isColoured, let tone = cells[index].tone {
                        text += "\u{1B}[\(tone.rawValue)m\(piece)\u{1B}[0m"
                    } else {
                        text += piece
                    }
                }
                if columns[index].alignment == .left { owed += padding }
                owed += gap
            }
            return text
        }
    }
}
