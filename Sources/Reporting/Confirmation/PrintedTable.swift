/// A table found on a page: for each line that begins with a known name, its numbers with the names that stand over them.
struct PrintedTable {
    /// A number where a row and a column meet.
    struct Entry: Hashable, Sendable {
        var page: Int
        var line: Int
        var row: String
        var column: String
        var cell: PrintedCell
    }

    private struct Row {
        var name: String
        /// The column where its name begins.
        var start: Int
        /// The first line of its name, and the line of its numbers.
        var top: Int
        var line: Int
        var cells: [PrintedCell]
    }

    private(set) var entries: [Entry] = []
    /// Names that begin a line with numbers, or head a column.
    private(set) var seen: Set<String> = []

    private let lines: [PrintedLine]
    private let region: TableRegion
    private let names: PrintedNames

    /// More rows than this are no table but an attempt to keep us busy.
    private static let mostRows = 200
    private static let tallestHeading = 4
    /// How far above its first row a heading may stand.
    private static let farthestHeading = 12
    /// A piece of more words is a sentence.
    private static let longestName = 6

    init(_ region: TableRegion, of lines: [PrintedLine], names: PrintedNames) {
        self.lines = lines
        self.region = region
        self.names = names
        let rows = rows()
        guard rows.count <= PrintedTable.mostRows else { return }
        for row in rows {
            seen.insert(row.name)
            for (cell, column) in zip(row.cells, columnNames(of: row, rows: rows)) {
                guard let column else { continue }
                seen.insert(column)
                entries.append(Entry(page: region.page + 1, line: row.line, row: row.name, column: column, cell: cell))
            }
        }
    }

    // MARK: - Rows

    private func rows() -> [Row] {
        var rows: [Row] = []
        for number in region.lines {
            let line = lines[number]
            var taken = 0
            for index in line.words.indices
            where index >= taken && line.beginsColumn(index) && region.columns.contains(line.words[index].start) {
                guard let (row, next) = row(at: index, of: number) else { continue }
                rows.append(row)
                taken = next
                if rows.count > PrintedTable.mostRows { return rows }
            }
        }
        return rows
    }

    /// The row whose name begins at a word: the longest name that numbers follow, on this line or, where it is broken, on the next.
    private func row(at first: Int, of number: Int) -> (row: Row, next: Int)? {
        let line = lines[number]
        let start = line.words[first].start
        var key = ""
        var best: (row: Row, next: Int)?
        for index in first..<line.words.count {
            if index > first, key.isEmpty || line.words[index].start - line.words[index - 1].end > 3 { break }
            key += PrintedName.key(line.words[index].text)
            guard names.canBegin(key) else { break }
            let cells = cells(of: number, from: index + 1)
            if let name = names[key], !cells.isEmpty {
                best = (Row(name: name, start: start, top: number, line: number, cells: cells), index + 1)
            }
            if best == nil, index + 1 == line.words.count || !cells.isEmpty,
                let (name, line, below) = continued(key, cells: cells, start: start, below: number)
            {
                best = (Row(name: name, start: start, top: number, line: line, cells: below), index + 1)
            }
        }
        return best
    }

    /// A name that goes on in the next line, with the numbers on either of the two.
    private func continued(_ key: String, cells above: [PrintedCell], start: Int, below number: Int) -> (String, Int, [PrintedCell])? {
        guard !key.isEmpty, region.lines.contains(number + 1) else { return nil }
        let line = lines[number + 1]
        guard let first = line.words.indices.first(where: { line.beginsColumn($0) && abs(line.words[$0].start - start) <= 3 }) else {
            return nil
        }
        var key = key
        var best: (String, Int, [PrintedCell])?
        for index in first..<line.words.count {
            key += PrintedName.key(line.words[index].text)
            guard names.canBegin(key) else { break }
            guard let name = names[key] else { continue }
            let below = cells(of: number + 1, from: index + 1)
            if above.isEmpty, !below.isEmpty { best = (name, number + 1, below) }
            if !above.isEmpty, index + 1 == line.words.count || (below.isEmpty && line.beginsColumn(index + 1)) {
                best = (name, number, above)
            }
        }
        return best
    }

    private func cells(of number: Int, from index: Int) -> [PrintedCell] {
        PrintedCell.cells(of: lines[number], from: index).filter { region.columns.contains($0.start) }
    }

    // MARK: - Headings

    /// The name over each of a row's cells, where there is one.
    private func columnNames(of row: Row, rows: [Row]) -> [String?] {
        let headings = headings(of: row, rows: rows)
        var best: [String?] = row.cells.map { _ in nil }
        var bestCount = 0
        for height in headings.indices {
            // From the top down: TVAE over L=1/2 is TVAE L=1/2.
            let found = row.cells.indices.map { cell in names[headings[...height].reversed().map { $0[cell] }.joined()] }
            let known = found.compactMap(\.self)
            // Two columns of one name: the line that tells them apart is still to come.
            guard Set(known).count == known.count, known.count >= bestCount, !known.isEmpty else { continue }
            (best, bestCount) = (found, known.count)
        }
        return best
    }

    /// The lines over a row, the nearest first: for each the key of what stands over each cell.
    private func headings(of row: Row, rows: [Row]) -> [[String]] {
        var headings: [[String]] = []
        var blanks = 0
        var number = row.top - 1
        var distance = 0
        guard let right = row.cells.last?.end else { return [] }
        while number >= region.lines.lowerBound, headings.count < PrintedTable.tallestHeading,
            distance < PrintedTable.farthestHeading
        {
            let line = lines[number]
            let pieces = line.pieces.filter {
                line.end(of: $0) > row.start - 2 && line.start(of: $0) < right + 8 && region.columns.contains(line.start(of: $0))
            }
            let isRow =
                rows.contains { $0.line == number && abs($0.start - row.start) <= 3 } || pieces.contains { isCell($0, line, over: row) }
            number -= 1
            if isRow {
                // Another row stands between; its distance to the heading counts, not ours.
                blanks = 0
                continue
            }
            distance += 1
            if pieces.contains(where: { $0.count > PrintedTable.longestName && names.tiles(of: $0, in: line) == nil }) { break }
            let keys = keys(of: pieces, in: line, over: row)
            if keys.allSatisfy(\.isEmpty) {
                blanks += 1
                if !headings.isEmpty, blanks > 1 { break }
                continue
            }
            blanks = 0
            headings.append(keys)
        }
        return headings
    }

    /// Whether a piece is a number in the row's column: then its line is a row too, though of a name that we do not know.
    private func isCell(_ piece: Range<Int>, _ line: PrintedLine, over row: Row) -> Bool {
        guard let cell = PrintedCell.cells(of: line, from: piece.lowerBound).first, cell.value != nil else { return false }
        return row.cells.contains { overlaps($0, cell.start..<cell.end) }
    }

    private func overlaps(_ cell: PrintedCell, _ span: Range<Int>) -> Bool { span.lowerBound <= cell.end && span.upperBound >= cell.start }

    private func keys(of pieces: [Range<Int>], in line: PrintedLine, over row: Row) -> [String] {
        var keys = row.cells.map { _ in "" }
        for piece in pieces {
            for part in names.tiles(of: piece, in: line) ?? [piece] {
                let span = line.start(of: part)..<line.end(of: part)
                for cell in cells(under: span, of: row) { keys[cell] += PrintedName.key(line.text(of: part)) }
            }
        }
        return keys
    }

    /// The cells that something stands over; where it stands between, the nearest, if it is near.
    private func cells(under span: Range<Int>, of row: Row) -> [Int] {
        let under = row.cells.indices.filter { overlaps(row.cells[$0], span) }
        if !under.isEmpty { return under }
        func distance(_ cell: Int) -> Int { abs(row.cells[cell].start + row.cells[cell].end - span.lowerBound - span.upperBound) }
        guard let nearest = row.cells.indices.min(by: { distance($0) < distance($1) }), distance(nearest) <= 2 * 6,
            row.cells.indices.allSatisfy({ $0 == nearest || distance($0) > distance(nearest) })
        else { return [] }
        return [nearest]
    }
}
