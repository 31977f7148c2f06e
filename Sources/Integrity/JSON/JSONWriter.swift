extension JSONValue {
    /// The canonical form of RFC 8785: no white space, members ordered by the UTF-16 code units of their keys, numbers as ECMAScript writes them.
    ///
    /// A number that is not finite has no JSON form and is written as null, as ECMAScript does; who must not lose it checks beforehand.
    public func canonicalBytes() -> [UInt8] {
        var writer = JSONWriter(indented: false)
        writer.write(self, level: 0)
        return writer.bytes
    }

    /// The same content for people: sorted keys, two spaces of indentation, a newline at the end.
    public func prettyText() -> String {
        var writer = JSONWriter(indented: true)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

private struct JSONWriter {
    let indented: Bool
    var bytes: [UInt8] = []

    init(indented: Bool) { self.indented = indented }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += number.ecmaScriptText.utf8
        case .string(let text): write(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                startElement(index, level: level + 1)
                write(element, level: level + 1)
            }
            if !elements.isEmpty { breakLine(level: level) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let entries = Array(members)
            // Numbers are sorted rather than members: those take ten times as long to move.
            let order = entries.indices.sorted { JSONWriter.precedes(entries[$0].key, entries[$1].key) }
            for (index, entry) in order.enumerated() {
                startElement(index, level: level + 1)
                write(entries[entry].key)
                bytes += (indented ? ": " : ":").utf8
                write(entries[entry].value, level: level + 1)
            }
            if !members.isEmpty { breakLine(level: level) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// By UTF-16 code units. Bytes of UTF-8 are in the same order but where one stands for a character that takes two units: those begin with 0xF0 or more,
    /// and come before the units from 0xE000 on, whose bytes begin with 0xEE or 0xEF.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        let isEarlier = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right -> Bool? in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return max(left[index], right[index]) < 0xF0 ? left[index] < right[index] : nil
                }
                return left.count < right.count
            }
        }
        if case .some(.some(.some(let isEarlier))) = isEarlier { return isEarlier }
        return left.utf16.lexicographicallyPrecedes(right.utf16)
    }

    private mutating func startElement(_ index: Int, level: Int) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        breakLine(level: level)
    }

    private mutating func breakLine(level: Int) {
        guard indented else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    /// RFC 8785, section 3.2.2.2: only what must be escaped is, in its shortest form.
    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
    }
}

extension Double {
    /// The number as ECMAScript writes it (ECMA-262, Number::toString), which RFC 8785 asks for; "null" when it is not finite.
    var ecmaScriptText: String {
        guard isFinite else { return "null" }
        // Whole numbers are what records are full of; also for -0.
        if magnitude <= 9_007_199_254_740_992, let whole = Int(exactly: self) { return String(whole) }

        // Swift prints the same shortest digits, laid out differently: take them apart.
        let parts = magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let written = mantissa.joined()
        let leadingZeros = written.prefix { $0 == "0" }.count
        let significant = written.dropFirst(leadingZeros)
        let digits = String(significant.dropLast(significant.reversed().prefix { $0 == "0" }.count))
        // The number is 0.digits × 10^pointPosition.
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let pointPosition = mantissa[0].count + exponent - leadingZeros

        let sign = self < 0 ? "-" : ""
        switch pointPosition {
        case digits.count...21 where digits.count <= 21:
            return sign + digits + String(repeating: "0", count: pointPosition - digits.count)
        case 1...21:
            return sign + digits.prefix(pointPosition) + "." + digits.dropFirst(pointPosition)
        case -5...0:
            return sign + "0." + String(repeating: "0", count: -pointPosition) + digits
        default:
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            return sign + digits.prefix(1) + fraction + "e" + (pointPosition > 0 ? "+" : "-") + String(abs(pointPosition - 1))
        }
    }
}
