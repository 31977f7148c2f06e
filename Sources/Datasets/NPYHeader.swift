/// The dictionary at the start of an NPY file: a Python literal with exactly the keys `descr`, `fortran_order` and `shape`.
///
/// Only the literals that NumPy itself writes for plain element types are read: quoted strings without escapes, `True` and `False`, and a
/// tuple of decimal numbers.
struct NPYHeader {
    private(set) var descr = ""
    private(set) var fortranOrder = false
    private(set) var shape: [Int] = []

    init(parsing text: ArraySlice<UInt8>, name: String) throws(DatasetError) {
        var scanner = Scanner(rest: text, name: name)
        var seen: Set<String> = []
        try scanner.expect("{")
        while !scanner.skip("}") {
            let key = try scanner.string()
            try scanner.expect(":")
            guard seen.insert(key).inserted else { throw scanner.failure("key \(key) twice") }
            switch key {
            case "descr":
                // A structured type is a list here.
                guard !scanner.skip("[") else { throw .unsupported(path: name, reason: "structured element types are not read") }
                descr = try scanner.string()
            case "fortran_order": fortranOrder = try scanner.truthValue()
            case "shape": shape = try scanner.tuple()
            default: throw scanner.failure("unknown key \(key)")
            }
            guard scanner.skip(",") else {
                try scanner.expect("}")
                break
            }
        }
        guard scanner.atEnd else { throw scanner.failure("text after the dictionary") }
        guard seen.count == 3 else { throw scanner.failure("descr, fortran_order or shape is missing") }
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>
        let name: String

        func failure(_ reason: String) -> DatasetError { .malformed(path: name, reason: "in its NPY header: \(reason)") }

        var atEnd: Bool {
            mutating get {
                skipSpace()
                return rest.isEmpty
            }
        }

        mutating func skipSpace() {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        }

        mutating func skip(_ token: String) -> Bool {
            skipSpace()
            guard rest.starts(with: token.utf8) else { return false }
            rest = rest.dropFirst(token.utf8.count)
            return true
        }

        mutating func expect(_ token: String) throws(DatasetError) {
            guard skip(token) else { throw failure("expected \(token)") }
        }

        mutating func string() throws(DatasetError) -> String {
            skipSpace()
            guard let quote = rest.first, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(quote) else {
                throw failure("expected a string")
            }
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: quote) else { throw failure("a string does not end") }
            let content = rest[rest.startIndex..<end]
            guard content.count <= 64, content.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") }) else {
                throw failure("a string is too long or not plain text")
            }
            rest = rest[(end + 1)...]
            return String(decoding: content, as: UTF8.self)
        }

        mutating func truthValue() throws(DatasetError) -> Bool {
            if skip("True") { return true }
            try expect("False")
            return false
        }

        mutating func tuple() throws(DatasetError) -> [Int] {
            var axes: [Int] = []
            try expect("(")
            while !skip(")") {
                guard axes.count < 32 else { throw failure("more than 32 axes") }
                axes.append(try number())
                guard skip(",") else {
                    try expect(")")
                    // In Python (5) is a number, (5,) a tuple.
                    guard axes.count > 1 else { throw failure("shape is not a tuple") }
                    return axes
                }
            }
            return axes
        }

        mutating func number() throws(DatasetError) -> Int {
            skipSpace()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)) else { throw failure("an axis is not a number") }
            rest = rest.dropFirst(digits.count)
            // Python 2 wrote its long integers so; NumPy reads them still.
            if rest.first == UInt8(ascii: "L") { rest = rest.dropFirst() }
            return value
        }
    }
}
