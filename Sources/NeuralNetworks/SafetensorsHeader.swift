/// The header of a safetensors file: which tensors lie where in the bytes after it, and free text about them.
///
/// The format (github.com/huggingface/safetensors): 8 bytes little-endian header length, that many bytes of JSON, then the tensors'
/// bytes, which cover the rest of the file without gap or overlap.
public struct SafetensorsHeader: Hashable, Sendable {
    public struct Tensor: Hashable, Sendable {
        /// "F32" and so on.
        public var type: String
        public var shape: [Int]
        /// Bytes, counted from the end of the header.
        public var range: Range<Int>
    }

    public var tensors: [String: Tensor] = [:]
    public var metadata: [String: String] = [:]

    /// The format's own bound on the length of the JSON.
    public static let maximumLength = 100_000_000

    struct Malformed: Error { var reason: String }

    /// Bytes per element of the types that the format names.
    private static let sizes = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4,
        "F64": 8, "I64": 8, "U64": 8,
    ]

    /// Reads and checks a header against the number of bytes that follow it.
    init(parsing bytes: [UInt8], dataBytes: Int) throws(Malformed) {
        var scanner = Scanner(bytes: bytes)
        try scanner.object { name, scanner throws(Malformed) in
            if name == "__metadata__" {
                try scanner.object { key, scanner throws(Malformed) in
                    let value = try scanner.string()
                    guard metadata.updateValue(value, forKey: key) == nil else {
                        throw Malformed(reason: "metadata \"\(key)\" appears twice")
                    }
                }
                return
            }
            let tensor = try SafetensorsHeader.tensor(name, &scanner)
            guard tensors.updateValue(tensor, forKey: name) == nil else { throw Malformed(reason: "tensor \"\(name)\" appears twice") }
        }
        try scanner.end()

        var end = 0
        for (name, tensor) in tensors.sorted(by: {
            ($0.value.range.lowerBound, $0.value.range.upperBound) < ($1.value.range.lowerBound, $1.value.range.upperBound)
        }) {
            guard tensor.range.lowerBound == end else {
                throw Malformed(
                    reason: "tensor \"\(name)\" starts at byte \(tensor.range.lowerBound) of the data, but what precedes it ends at \(end)")
            }
            end = tensor.range.upperBound
        }
        guard end == dataBytes else { throw Malformed(reason: "its tensors need \(end) bytes of data, it has \(dataBytes)") }
    }

    init() {}

    private static func tensor(_ name: String, _ scanner: inout Scanner) throws(Malformed) -> Tensor {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { key, scanner throws(Malformed) in
            switch key {
            case "dtype" where type == nil: type = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers(atMost: 16)
            case "data_offsets" where offsets == nil: offsets = try scanner.integers(atMost: 2)
            default: throw Malformed(reason: "tensor \"\(name)\" has an unknown or repeated field \"\(key)\"")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw Malformed(reason: "tensor \"\(name)\" lacks dtype, shape or two data_offsets")
        }
        guard let size = sizes[type] else { throw Malformed(reason: "tensor \"\(name)\" has the unknown dtype \"\(type)\"") }
        guard offsets[0] <= offsets[1] else { throw Malformed(reason: "tensor \"\(name)\" ends before it starts") }
        var bytes = size
        for dimension in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw Malformed(reason: "tensor \"\(name)\" has a shape that no file can hold") }
            bytes = product
        }
        guard bytes == offsets[1] - offsets[0] else {
            throw Malformed(
                reason: "tensor \"\(name)\" needs \(bytes) bytes by its shape, its data_offsets give \(offsets[1] - offsets[0])")
        }
        return Tensor(type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    /// The JSON, names in order of their UTF-8, padded with spaces so that the tensors start at a multiple of 8 bytes.
    func serialised() -> [UInt8] {
        func inOrder(_ names: some Sequence<String>) -> [String] { names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = inOrder(metadata.keys).map { "\(SafetensorsHeader.quoted($0)):\(SafetensorsHeader.quoted(metadata[$0] ?? ""))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for name in inOrder(tensors.keys) {
            guard let tensor = tensors[name] else { continue }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(SafetensorsHeader.quoted(name)):{\"dtype\":\"\(tensor.type)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(tensor.range.lowerBound),\(tensor.range.upperBound)]}")
        }
        var bytes = Array("{\(entries.joined(separator: ","))}".utf8)
        while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
        return bytes
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Reads the four forms of JSON that a header uses; everything else is refused where it stands. Nothing recurses deeper
    /// than a header does.
    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private func refuse(_ expected: String) -> Malformed { Malformed(reason: "its header has no \(expected) at byte \(position)") }

        private mutating func skipSpace() {
            while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
            position += 1
            return true
        }

        mutating func end() throws(Malformed) {
            skipSpace()
            guard position == bytes.count else { throw refuse("end") }
        }

        mutating func object(_ member: (String, inout Scanner) throws(Malformed) -> Void) throws(Malformed) {
            guard take("{") else { throw refuse("object") }
            if take("}") { return }
            repeat {
                let key = try string()
                guard take(":") else { throw refuse("colon") }
                try member(key, &self)
            } while take(",")
            guard take("}") else { throw refuse("comma or closing brace") }
        }

        mutating func integers(atMost limit: Int) throws(Malformed) -> [Int] {
            guard take("[") else { throw refuse("list of whole numbers") }
            if take("]") { return [] }
            var values: [Int] = []
            repeat {
                guard values.count < limit else {
                    throw Malformed(reason: "its header has a list longer than \(limit) at byte \(position)")
                }
                values.append(try integer())
            } while take(",")
            guard take("]") else { throw refuse("comma or closing bracket") }
            return values
        }

        /// Digits without a leading zero, below 2^53.
        private mutating func integer() throws(Malformed) -> Int {
            skipSpace()
            let start = position
            var value = 0
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
                value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
                position += 1
                guard value < 1 << 53 else { throw Malformed(reason: "its header has a number beyond 2^53 at byte \(start)") }
            }
            guard position > start, bytes[start] != UInt8(ascii: "0") || position == start + 1 else { throw refuse("whole number") }
            return value
        }

        mutating func string() throws(Malformed) -> String {
            guard take("\"") else { throw refuse("string") }
            var text: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let string = String(validating: text, as: UTF8.self) else {
                        throw Malformed(reason: "its header has a string that is not UTF-8, ending at byte \(position)")
                    }
                    return string
                case UInt8(ascii: "\\"): text += try escape()
                case 0..<0x20: throw refuse("printable character")
                default: text.append(byte)
                }
            }
            throw refuse("closing quotation mark")
        }

        private mutating func escape() throws(Malformed) -> [UInt8] {
            guard position < bytes.count else { throw refuse("escape") }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
            case UInt8(ascii: "b"): return [0x08]
            case UInt8(ascii: "f"): return [0x0C]
            case UInt8(ascii: "n"): return [0x0A]
            case UInt8(ascii: "r"): return [0x0D]
            case UInt8(ascii: "t"): return [0x09]
            case UInt8(ascii: "u"):
                var value = try hexadecimal()
                if (0xD800...0xDBFF).contains(value), bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
                    position += 2
                    let low = try hexadecimal()
                    guard (0xDC00...0xDFFF).contains(low) else { throw refuse("second half of a surrogate pair") }
                    value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
                }
                guard let scalar = Unicode.Scalar(value) else { throw refuse("character") }
                return Array(String(scalar).utf8)
            default: throw refuse("escape")
            }
        }

        private mutating func hexadecimal() throws(Malformed) -> UInt32 {
            guard position + 4 <= bytes.count else { throw refuse("four hexadecimal digits") }
            var value: UInt32 = 0
            for byte in bytes[position..<position + 4] {
                guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw refuse("four hexadecimal digits") }
                value = value << 4 | UInt32(digit)
            }
            position += 4
            return value
        }
    }
}
