import Foundation

/// A caption, `Table 2: …` or `Figure 3. …`, and where on its page it begins.
struct TableCaption: Hashable, Sendable {
    /// Nil for the caption of a figure or the like, which only says that a table ends here.
    var table: String?
    /// Index of the page and of the line.
    var page: Int
    var line: Int
    /// The column where it begins.
    var column: Int
    /// `Table 1:` rather than `Table 1.`, which may also be a sentence's end.
    var hasColon: Bool

    /// All captions of a paper in order. A paper that marks captions with colons has no others.
    static func all(in paper: PaperPages) -> [TableCaption] {
        var captions: [TableCaption] = []
        for (page, lines) in paper.pages.enumerated() {
            for (number, line) in lines.enumerated() {
                for index in line.words.indices where line.beginsColumn(index) {
                    guard var caption = read(line, at: index) else { continue }
                    (caption.page, caption.line) = (page, number)
                    captions.append(caption)
                }
            }
        }
        let withColons = Set(captions.filter { $0.hasColon && $0.table != nil }.compactMap(\.table))
        let hasColons = captions.contains(where: \.hasColon)
        return captions.filter { caption in
            if caption.hasColon { return true }
            return caption.table.map { !withColons.contains($0) } ?? !hasColons
        }
    }

    private static func read(_ line: PrintedLine, at index: Int) -> TableCaption? {
        guard index + 1 < line.words.count else { return nil }
        let kind = line.words[index].text.lowercased()
        let isTable = ["table", "tab.", "tbl."].contains(kind)
        guard isTable || ["figure", "fig.", "algorithm"].contains(kind) else { return nil }
        var number = line.words[index + 1].text
        // A colon set apart: Table 1 :
        if index + 2 < line.words.count, line.words[index + 2].text.hasPrefix(":") { number += ":" }
        guard let last = number.last, ":.|".contains(last) else { return nil }
        number = String(number.prefix { !":.|".contains($0) })
        guard !number.isEmpty, number.count <= 8, number.allSatisfy({ $0.isLetter || $0.isNumber }) else { return nil }
        return TableCaption(table: isTable ? number : nil, page: 0, line: 0, column: line.words[index].start, hasColon: last != ".")
    }
}

/// Where a table may lie: a range of a page's lines, and of columns where another table stands beside it.
struct TableRegion: Hashable, Sendable {
    /// On which side of its caption a table lies: a paper's convention.
    enum Side: Hashable, Sendable, CaseIterable {
        case below, above
    }

    var page: Int
    var lines: Range<Int>
    var columns: Range<Int>

    /// No table has more lines.
    private static let longest = 60
    /// Captions on lines this close stand side by side.
    private static let sameHeight = 2

    init(_ caption: TableCaption, _ side: Side, among captions: [TableCaption], in paper: PaperPages) {
        page = caption.page
        let others = captions.filter { $0.page == caption.page && $0 != caption }
        let besides = others.filter { abs($0.line - caption.line) <= TableRegion.sameHeight && abs($0.column - caption.column) > 8 }
        let left = besides.contains { $0.column < caption.column } ? max(0, caption.column - 2) : 0
        let right = besides.filter { $0.column > caption.column }.map { $0.column - 1 }.min() ?? PrintedLine.widest
        columns = left..<max(left, right)
        let boundaries = others.filter { !besides.contains($0) }.map(\.line)
        switch side {
        case .below:
            let end = boundaries.filter { $0 > caption.line }.min() ?? paper.pages[caption.page].count
            lines = caption.line + 1..<max(caption.line + 1, min(end, caption.line + 1 + TableRegion.longest))
        case .above:
            let start = (boundaries.filter { $0 < caption.line }.max() ?? -1) + 1
            lines = max(start, caption.line - TableRegion.longest)..<caption.line
        }
    }
}
