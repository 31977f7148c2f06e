import CSystem
import Foundation

/// A paper's text, page by page.
public struct PaperPages: Sendable {
    /// The pages' lines; page 1 first.
    let pages: [[PrintedLine]]
    private let texts: [[UInt8]]

    /// - Parameter text: pages end in form feeds, as pdftotext writes them.
    public init(text: some Sequence<UInt8>) {
        var texts = Array(text).split(separator: 0x0C, omittingEmptySubsequences: false).map(Array.init)
        if texts.last?.allSatisfy({ $0 <= 0x20 }) ?? false { texts.removeLast() }
        self.texts = texts
        pages = texts.map { page in
            page.split(separator: 0x0A, omittingEmptySubsequences: false).map {
                // Four bytes make a character of the longest line, at most.
                PrintedLine(String(decoding: $0.prefix(4 * PrintedLine.widest), as: UTF8.self))
            }
        }
    }

    public var count: Int { pages.count }

    /// Whether anything is printed at all.
    var hasWords: Bool { pages.contains { $0.contains { !$0.words.isEmpty } } }

    /// The pages on which these words begin, compared by letters and digits alone: line breaks, hyphens and quotation marks do not count.
    func pages(of quotes: [String]) -> [String: Int] {
        guard !quotes.isEmpty else { return [:] }
        var ends: [Int] = []
        var letters: [UInt8] = []
        for text in texts {
            letters += PrintedName.key(String(decoding: text, as: UTF8.self)).utf8
            ends.append(letters.count)
        }
        var found: [String: Int] = [:]
        for quote in quotes {
            let wanted = Array(PrintedName.key(quote).utf8)
            guard !wanted.isEmpty, let place = PaperPages.place(of: wanted, in: letters) else { continue }
            found[quote] = (ends.firstIndex { place < $0 } ?? 0) + 1
        }
        return found
    }

    /// Whether the first three pages hold the title, compared by letters and digits alone.
    public func hold(title: String) -> Bool {
        func letters(_ text: String) -> [UInt8] { PrintedName.key(text).utf8.filter { $0 != UInt8(ascii: "/") } }
        let wanted = letters(title)
        guard !wanted.isEmpty else { return false }
        let beginning = texts.prefix(3).flatMap { letters(String(decoding: $0, as: UTF8.self)) }
        return PaperPages.place(of: wanted, in: beginning) != nil
    }

    private static func place(of wanted: [UInt8], in text: [UInt8]) -> Int? {
        text.withUnsafeBytes { text in
            wanted.withUnsafeBytes { wanted in
                guard let textBase = text.baseAddress, let wantedBase = wanted.baseAddress,
                    let found = system_find(textBase, text.count, wantedBase, wanted.count)
                else { return nil }
                return found - textBase
            }
        }
    }
}
