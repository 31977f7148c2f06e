import Foundation

/// Bytes as one of their readers sees them, with the way back to where each of them stood.
///
/// What tells about somebody hides from a search of the bytes alone wherever a writer has escaped it: `\u002fhome` in JSON, `%2Fhome` in an address,
/// a name between a terminal's colours, a text in UTF-16. Each such reading is a view, and all of them are searched.
struct SearchView {
    enum Form {
        /// The bytes themselves, as text or as something else.
        case plain
        /// Escapes undone, or terminal sequences taken out.
        case decoded
        /// Characters of UTF-16, narrowed.
        case wide
    }

    let bytes: [UInt8]
    let form: Form
    /// Where each byte came from; nil where it stands at its own place.
    private var origins: [(start: Int32, end: Int32)]?

    private init(bytes: [UInt8], form: Form, origins: [(start: Int32, end: Int32)]?) {
        self.bytes = bytes
        self.form = form
        self.origins = origins
    }

    /// Where a range of the view stood.
    func original(_ range: Range<Int>) -> Range<Int> {
        guard let origins, !range.isEmpty else { return range }
        return Int(origins[range.lowerBound].start)..<Int(origins[range.upperBound - 1].end)
    }

    /// Escapes in escapes: a text in JSON in JSON is read, deeper ones are not.
    private static let depth = 3

    /// Calls `body` with each view, one at a time: they are as large as the bytes are.
    static func forEach(of bytes: [UInt8], isText: Bool, _ body: (SearchView) -> Void) {
        var view = SearchView(bytes: bytes, form: .plain, origins: nil)
        body(view)
        if bytes.contains(0) { SearchView.wide(bytes).map(body) }
        guard isText else { return }
        view.plain(body)
        for _ in 0..<depth {
            guard let decoded = view.decoded() else { return }
            body(decoded)
            decoded.plain(body)
            view = decoded
        }
    }

    /// The view without a terminal's sequences: once with an edge in the place of each, once as if there had been nothing.
    private func plain(_ body: (SearchView) -> Void) {
        guard bytes.contains(SearchView.escape) else { return }
        for joins in [false, true] { body(withoutSequences(joining: joins)) }
    }

    // MARK: - Readings

    private static let escape: UInt8 = 0x1B

    private func origin(_ index: Int, _ count: Int = 1) -> (start: Int32, end: Int32) {
        let range = original(index..<index + count)
        return (Int32(range.lowerBound), Int32(range.upperBound))
    }

    /// JSON's escapes and the percent signs of addresses, undone; nil where there are none.
    private func decoded() -> SearchView? {
        guard bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "%") }) else { return nil }
        var made = (bytes: [UInt8](), origins: [(start: Int32, end: Int32)]())
        made.bytes.reserveCapacity(bytes.count)
        made.origins.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let (character, count) = character(at: index)
            for byte in character {
                made.bytes.append(byte)
                made.origins.append(origin(index, count))
            }
            index += count
        }
        return made.bytes.count == bytes.count ? nil : SearchView(bytes: made.bytes, form: .decoded, origins: made.origins)
    }

    /// What stands at a place, and how many bytes say it.
    private func character(at index: Int) -> (bytes: [UInt8], count: Int) {
        let byte = bytes[index]
        if byte == UInt8(ascii: "%"), let value = number(at: index + 1, digits: 2) { return ([UInt8(value)], 3) }
        guard byte == UInt8(ascii: "\\"), index + 1 < bytes.count else { return ([byte], 1) }
        switch bytes[index + 1] {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "\""): return ([bytes[index + 1]], 2)
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"): return ([0x0A], 2)
        case UInt8(ascii: "x"): return number(at: index + 2, digits: 2).map { ([UInt8($0)], 4) } ?? ([byte], 1)
        case UInt8(ascii: "e"): return ([SearchView.escape], 2)
        case UInt8(ascii: "u"):
            guard let value = number(at: index + 2, digits: 4) else { return ([byte], 1) }
            // Half a pair is no letter: an edge.
            return (Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? [0x0A], 6)
        default: return ([byte], 1)
        }
    }

    private func number(at index: Int, digits: Int) -> UInt32? {
        guard index + digits <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[index..<index + digits] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private func withoutSequences(joining joins: Bool) -> SearchView {
        var made = (bytes: [UInt8](), origins: [(start: Int32, end: Int32)]())
        var index = 0
        while index < bytes.count {
            let count = bytes[index] == SearchView.escape ? sequence(at: index) : 0
            if count == 0 || !joins {
                made.bytes.append(count == 0 ? bytes[index] : SearchView.escape)
                made.origins.append(origin(index, max(1, count)))
            }
            index += max(1, count)
        }
        return SearchView(bytes: made.bytes, form: .decoded, origins: made.origins)
    }

    /// The length of the control sequence (ECMA-48) that begins at an escape; 0 where none does. A command string, as a link's or a title's, is left: its text is shown.
    private func sequence(at index: Int) -> Int {
        var end = index + 1
        func skip(_ range: ClosedRange<UInt8>) { while end < bytes.count, range.contains(bytes[end]) { end += 1 } }
        let isControl = end < bytes.count && bytes[end] == UInt8(ascii: "[")
        if isControl {
            end += 1
            skip(0x30...0x3F)
        }
        skip(0x20...0x2F)
        guard end < bytes.count, ((isControl ? 0x40 : 0x30)...0x7E).contains(bytes[end]) else { return 0 }
        return isControl || !"]PX^_".utf8.contains(bytes[end]) ? end + 1 - index : 0
    }

    /// Runs of printable ASCII in UTF-16: each character beside a zero, which stands behind it (little endian) or before it.
    private static func wide(_ bytes: [UInt8]) -> SearchView? {
        var made = (bytes: [UInt8](), origins: [(start: Int32, end: Int32)]())
        bytes.withUnsafeBufferPointer { bytes in
            func end(from start: Int, zeroAt zero: Int) -> Int {
                var end = start
                while end + 1 < bytes.count, bytes[end + zero] == 0, (0x20...0x7E).contains(bytes[end + 1 - zero]) { end += 2 }
                return end
            }
            var index = 0
            while index + 1 < bytes.count {
                let zero = bytes[index] == 0 ? 0 : 1
                let end = end(from: index, zeroAt: zero)
                // Three characters are the shortest name.
                guard end - index >= 6 else {
                    index += 1
                    continue
                }
                for place in stride(from: index, to: end, by: 2) {
                    made.bytes.append(bytes[place + 1 - zero])
                    made.origins.append((Int32(place), Int32(place + 2)))
                }
                made.bytes.append(0x0A)
                made.origins.append((Int32(end - 2), Int32(end)))
                index = end
            }
        }
        return made.bytes.isEmpty ? nil : SearchView(bytes: made.bytes, form: .wide, origins: made.origins)
    }
}
