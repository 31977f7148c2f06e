import Foundation

/// A line of a page as `pdftotext -layout` sets it: words, each at the column where it stands on the page.
struct PrintedLine: Hashable, Sendable {
    struct Word: Hashable, Sendable {
        var text: String
        /// Columns start ..< end.
        var start: Int
        var end: Int
    }

    let words: [Word]

    /// No page is this wide; what stands beyond is not looked at.
    static let widest = 1000

    init(_ text: some StringProtocol) {
        var words: [Word] = []
        var word = ""
        var start = 0
        var column = 0
        func finish() {
            guard !word.isEmpty else { return }
            words.append(Word(text: word, start: start, end: column))
            word = ""
        }
        for character in text.prefix(PrintedLine.widest) {
            if character.unicodeScalars.allSatisfy(PrintedLine.isFine) { continue }
            if character.isWhitespace {
                finish()
            } else {
                if word.isEmpty { start = column }
                word.append(character)
            }
            column += 1
        }
        finish()
        self.words = words
    }

    /// Thin, hair and narrow no-break spaces and marks without width: they stand inside numbers and names, not between them.
    private static func isFine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2006, 0x2008...0x200D, 0x202F, 0x2060, 0xFEFF, 0x00AD: true
        default: false
        }
    }

    /// Whether more than a word's space lies before the word: a column of a table, or of the page, begins there.
    func beginsColumn(_ index: Int) -> Bool { index == 0 || words[index].start - words[index - 1].end >= 2 }

    /// The words from one column's beginning to the next's.
    var pieces: [Range<Int>] {
        let starts = words.indices.filter(beginsColumn)
        return zip(starts, starts.dropFirst() + [words.count]).map { $0..<$1 }
    }

    func start(of piece: Range<Int>) -> Int { words[piece.lowerBound].start }
    func end(of piece: Range<Int>) -> Int { words[piece.upperBound - 1].end }
    func text(of piece: Range<Int>) -> String { words[piece].map(\.text).joined(separator: " ") }
}
