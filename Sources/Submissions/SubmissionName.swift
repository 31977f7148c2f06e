/// Names that become parts of paths.
enum SubmissionName {
    /// Longer names are cut, so that every path stays within what archives take.
    static let largestLength = 48

    /// A name in letters that are safe in a path everywhere: a-z, 0-9 and hyphens. Nil where nothing of it is left.
    ///
    /// - Parameter text: a person's or a machine's name, such as `Lab of Things, Oslo`.
    static func path(_ text: String) -> String? {
        var letters: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): letters.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): letters.append(byte | 0x20)
            default: if letters.last != UInt8(ascii: "-"), !letters.isEmpty { letters.append(UInt8(ascii: "-")) }
            }
        }
        letters = Array(letters.prefix(largestLength))
        while letters.last == UInt8(ascii: "-") { letters.removeLast() }
        return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self)
    }

    /// Whether a text can stand as a person's or a machine's name in records and on pages: one line of 1 to 100 characters.
    static func isSpoken(_ text: String) -> Bool {
        (1...100).contains(text.unicodeScalars.count) && !text.unicodeScalars.contains { $0.properties.generalCategory.isControl }
            && text.unicodeScalars.contains { !$0.properties.isWhitespace }
    }
}

extension Unicode.GeneralCategory {
    /// Control characters, line ends, and those that reorder or hide text.
    fileprivate var isControl: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
