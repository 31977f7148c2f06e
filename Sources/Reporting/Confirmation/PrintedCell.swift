import Foundation

/// A cell of a printed table: a number, perhaps with its spread, or a dash where there is none.
struct PrintedCell: Hashable, Sendable {
    /// Nil for a dash, and where the number could not be read to its end.
    var value: Double?
    var uncertainty: Double?
    /// As it is printed.
    var text: String
    /// Columns start ..< end.
    var start: Int
    var end: Int

    /// The cells that follow one another from a word on. They end with the line, and at the first word that is neither part of a
    /// number nor a dash: that may be a neighbouring column's prose.
    static func cells(of line: PrintedLine, from first: Int) -> [PrintedCell] {
        var cells: [PrintedCell] = []
        var index = first
        while index < line.words.count {
            let word = line.words[index]
            let text = plain(word.text)
            if text.isEmpty {  // a footnote's mark
                index += 1
                continue
            }
            if isDash(text) {
                // A minus sign set apart from its number, or a cell without one.
                if line.beginsColumn(index), index + 1 < line.words.count, line.words[index + 1].start - word.end == 1,
                    var cell = number(of: line, at: index + 1)
                {
                    cell.cell.value = cell.cell.value.map { -$0 }
                    cell.cell.text = text + cell.cell.text
                    cell.cell.start = word.start
                    cells.append(cell.cell)
                    index = cell.next
                } else {
                    cells.append(PrintedCell(value: nil, uncertainty: nil, text: text, start: word.start, end: word.end))
                    index += 1
                }
                continue
            }
            guard let cell = number(of: line, at: index) else { break }
            cells.append(cell.cell)
            index = cell.next
        }
        return cells
    }

    /// `−186.8`, `−186.8±0.1`, `−186.8 ± 0.1` and every other way to put spaces there.
    private static func number(of line: PrintedLine, at first: Int) -> (cell: PrintedCell, next: Int)? {
        let word = line.words[first]
        let parts = plain(word.text).split(separator: "±", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let value = number(parts[0]) else { return nil }
        var cell = PrintedCell(value: value, uncertainty: nil, text: plain(word.text), start: word.start, end: word.end)
        var next = first + 1
        // 13 274, set with a word's space, may be one number or two.
        if next < line.words.count, line.words[next].start - word.end == 1, isGroup(of: 1...3, word.text),
            isGroup(of: 3...3, String(line.words[next].text.prefix { $0 != "±" && $0 != "." }))
        {
            cell.value = nil
            cell.text += " " + line.words[next].text
            cell.end = line.words[next].end
            return (cell, next + 1)
        }
        /// The text of the next word where it stands close enough to belong to this number.
        func following() -> String? {
            guard next < line.words.count, line.words[next].start - line.words[next - 1].end <= 2 else { return nil }
            return plain(line.words[next].text)
        }
        func take() {
            cell.text += " " + plain(line.words[next].text)
            cell.end = line.words[next].end
            next += 1
        }
        var spread = parts.count == 2 ? parts[1] : nil
        if spread == nil, let text = following(), text.hasPrefix("±") {
            spread = String(text.dropFirst())
            take()
        }
        if spread == "", let text = following() {
            spread = text
            take()
        }
        if let spread {
            cell.uncertainty = number(spread)
            // A spread that cannot be read leaves the whole cell in doubt.
            if cell.uncertainty.map({ $0 < 0 }) ?? true { cell.value = nil }
        }
        return (cell, next)
    }

    private static func isGroup(of digits: ClosedRange<Int>, _ text: String) -> Bool {
        let unsigned = text.drop(while: dashes.contains)
        return digits.contains(unsigned.count) && unsigned.allSatisfy(\.isNumber)
    }

    /// Without footnote marks, and with one sign for plus-minus.
    private static func plain(_ text: String) -> String {
        text.replacingOccurrences(of: "+/-", with: "±").replacingOccurrences(of: "+-", with: "±").filter { !"*†‡§↑↓".contains($0) }
    }

    private static let dashes: Set<Character> = ["-", "−", "–", "—", "‐", "‑", "﹣", "－"]

    private static func isDash(_ text: String) -> Bool { text.count <= 3 && text.allSatisfy(dashes.contains) }

    /// `.67`, `1.00`, `−186.8`, `13,274`; nil for anything else.
    static func number(_ text: String) -> Double? {
        guard (1...24).contains(text.count) else { return nil }
        var digits = Substring(text)
        let isNegative = digits.first.map(dashes.contains) ?? false
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }), parts.count == 1 || !parts[1].isEmpty else { return nil }
        var whole = String(parts[0])
        if whole.contains(",") {
            let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
            guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
            whole = groups.joined()
        }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard (whole + fraction).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let magnitude = Double("\(whole.isEmpty ? "0" : whole).\(fraction.isEmpty ? "0" : fraction)")
        else { return nil }
        return isNegative ? -magnitude : magnitude
    }
}
