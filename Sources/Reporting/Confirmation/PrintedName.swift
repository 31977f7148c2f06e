import Foundation

/// Names of a table's rows and columns, compared by letters, digits and fraction bars alone: `TVAE L=1/2 S`, `TVAE: L = 1/2 S` and
/// `TVAE (L=½S)` are one name.
enum PrintedName {
    static func key(_ text: some StringProtocol) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return key(ofASCII: text) }
        // Compatibility mapping takes ligatures and ½ apart; the fraction slash it leaves becomes a plain one.
        let folded = String(text).precomposedStringWithCompatibilityMapping.lowercased()
        return String(
            folded.unicodeScalars.map { $0 == "\u{2044}" ? "/" : Character($0) }.filter { $0.isLetter || $0.isNumber || $0 == "/" })
    }

    /// The same, quickly, for what most pages are made of.
    private static func key(ofASCII text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "/")...UInt8(ascii: "9"): bytes.append(byte)
            default: break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The key and those of a name whose fractions are set as numerator over denominator, where a page's text has lost the bar:
    /// `1/2` as 12 or 21.
    static func keys(_ name: String) -> Set<String> {
        let key = key(name)
        var keys: Set = [key]
        for pattern in [#"$1$2"#, #"$2$1"#] {
            keys.insert(key.replacingOccurrences(of: "([0-9]+)/([0-9]+)", with: pattern, options: .regularExpression))
        }
        return keys
    }
}

/// The names that a table's claims use, each by every way to print it.
struct PrintedNames {
    /// From key to name; keys that could mean two names are left out.
    private(set) var names: [String: String] = [:]
    private var beginnings: Set<String> = []

    /// - Parameter aliases: what else the paper may call a name.
    init(_ names: Set<String>, aliases: [String: [String]]) {
        var meanings: [String: Set<String>] = [:]
        for name in names {
            for text in [name] + (aliases[name] ?? []) {
                for key in PrintedName.keys(text) where !key.isEmpty { meanings[key, default: []].insert(name) }
            }
        }
        self.names = meanings.compactMapValues { $0.count == 1 ? $0.first : nil }
        for key in self.names.keys {
            for length in 1...key.count { beginnings.insert(String(key.prefix(length))) }
        }
    }

    subscript(key: String) -> String? { names[key] }

    /// Whether some name begins like this.
    func canBegin(_ key: String) -> Bool { key.isEmpty || beginnings.contains(key) }

    /// A piece that is nothing but names one after another, such as a line of headings a single space apart.
    func tiles(of piece: Range<Int>, in line: PrintedLine) -> [Range<Int>]? {
        var tiles: [Range<Int>] = []
        var first = piece.lowerBound
        while first < piece.upperBound {
            var key = ""
            var longest: Int?
            for index in first..<piece.upperBound {
                key += PrintedName.key(line.words[index].text)
                guard canBegin(key) else { break }
                if names[key] != nil { longest = index + 1 }
            }
            guard let end = longest else { return nil }
            tiles.append(first..<end)
            first = end
        }
        return tiles.count > 1 ? tiles : nil
    }
}
