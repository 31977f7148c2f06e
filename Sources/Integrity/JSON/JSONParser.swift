extension JSONValue {
    /// Reads one JSON value that fills the whole text.
    ///
    /// Refused, each with its place: anything outside RFC 8259's grammar, a byte order mark, invalid UTF-8, lone surrogates, a key given twice
    /// (also when the two differ only in Unicode normalisation), a number too large for a double, text beyond the limits.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw JSONError(line: 1, column: 1, reason: "the text has \(bytes.count) bytes; at most \(limits.bytes) are read")
        }
        var parser = JSONParser(bytes: bytes, depthLimit: limits.depth)
        return try parser.document()
    }

    /// Reads one JSON value that fills the whole text; see ``parse(_:limits:)-([UInt8],_)``.
    public static func parse(_ text: String, limits: JSONLimits = .init()) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }
}

/// Recursive descent over bytes, one method for each production of RFC 8259.
private struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    var position = 0
    var depth = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure("a byte order mark; save the file as UTF-8 without one") }
        skipWhitespace()
        let value = try value()
        skipWhitespace()
        guard position == bytes.count else { throw failure("text after the end of the JSON value") }
        return value
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard let byte = next else { throw failure("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw failure("\(shown()) where a value is expected")
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let isThere = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard isThere else { throw failure("\(shown()) where \(word) is expected") }
        position += word.utf8CodeUnitCount
        return value
    }

    // MARK: Arrays and objects

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if try !closes(with: UInt8(ascii: "]")) {
            repeat {
                skipWhitespace()
                elements.append(try value())
            } while try continues(closing: UInt8(ascii: "]"))
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        var members: [String: JSONValue] = [:]
        if try !closes(with: UInt8(ascii: "}")) {
            repeat {
                skipWhitespace()
                guard next == UInt8(ascii: "\"") else { throw failure("\(shown()) where a key in double quotes is expected") }
                let start = position
                let key = try string()
                guard members[key] == nil else { throw failure("the key \"\(key)\" is given twice", at: start) }
                skipWhitespace()
                guard next == UInt8(ascii: ":") else { throw failure("\(shown()) where ':' is expected") }
                position += 1
                skipWhitespace()
                members[key] = try value()
            } while try continues(closing: UInt8(ascii: "}"))
        }
        depth -= 1
        return .object(members)
    }

    private mutating func enter() throws(JSONError) {
        guard depth < depthLimit else { throw failure("nested deeper than \(depthLimit) levels") }
        depth += 1
        position += 1
    }

    /// Whether the array or object just opened is empty; then its end is taken.
    private mutating func closes(with end: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard next == end else { return false }
        position += 1
        return true
    }

    /// Takes the comma before another element, or the end.
    private mutating func continues(closing end: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        switch next {
        case UInt8(ascii: ","):
            position += 1
            return true
        case end:
            position += 1
            return false
        default:
            throw failure("\(shown()) where ',' or '\(Character(Unicode.Scalar(end)))' is expected")
        }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("the string that starts here is not valid UTF-8", at: opening)
                }
                return string
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            case 0..<0x20:
                throw failure("a bare control character in a string; write it as \\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw failure("the string that starts here has no end", at: opening)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let letter = next else { throw failure("the text ends inside an escape", at: start) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal(escapeAt: start)
            if code >= 0xD800 && code <= 0xDBFF, next == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexadecimal(escapeAt: start)
                guard low >= 0xDC00 && low <= 0xDFFF else { throw failure("a lone surrogate", at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("a lone surrogate", at: start) }
            text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default:
            throw failure("an unknown escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX", at: start)
        }
    }

    /// Four hexadecimal digits.
    private mutating func hexadecimal(escapeAt start: Int) throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("\\u needs four hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> Double {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let integerStart = position
        try digits()
        if bytes[integerStart] == UInt8(ascii: "0") && position > integerStart + 1 {
            throw failure("a number with a leading zero", at: start)
        }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite else {
            throw failure("a number beyond the range of a double", at: start)
        }
        return number
    }

    /// One digit or more.
    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw failure("\(shown()) where a digit is expected") }
    }

    // MARK: Failures

    /// The byte ahead, in words fit for a message.
    private func shown() -> String {
        switch next {
        case nil: "the end of the text"
        case let byte? where byte > 0x20 && byte < 0x7F: "'\(Character(Unicode.Scalar(byte)))'"
        case let byte?: "the byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
        }
    }

    private func failure(_ reason: String, at offset: Int? = nil) -> JSONError {
        let before = bytes[..<(offset ?? position)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Continuation bytes of UTF-8 are not characters of their own.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return JSONError(line: line, column: column, reason: reason)
    }
}
